"""The same calls through Dask.distributed, which keeps nothing on disk: a scheduler and two worker processes on this machine."""

import json
import sys
import time

from distributed import Client, LocalCluster


def noop(x):
    return x


def main():
    sizes = [int(size) for size in sys.argv[1:]]
    with LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None) as cluster:
        with Client(cluster) as client:
            client.gather(client.map(noop, range(100), pure=False))
            found = {"chain": [], **{str(size): [] for size in sizes}}
            for _ in range(3):
                start = time.perf_counter()
                for x in range(10):
                    client.submit(noop, x, pure=False).result()
                found["chain"].append((time.perf_counter() - start) * 1000)
                for size in sizes:
                    start = time.perf_counter()
                    client.gather(client.map(noop, range(size), pure=False))
                    found[str(size)].append((time.perf_counter() - start) * 1000)
    print(json.dumps(found))


if __name__ == "__main__":
    main()
