"""Says much while the connection breaks."""

import time

import weir


@weir.task
def tells(rounds: int) -> int:
    for n in range(rounds):
        print(f"out {n} größe")
        weir.log.info(f"said {n}", n=n)
        weir.metric("loss", n, n)
        if n % 50 == 0:
            time.sleep(0.05)
    return rounds


@weir.task(isolation="shared")
def hints(n: int) -> int:
    """Says something, and computes."""
    print(f"hint {n}")
    weir.log.info(f"said {n}")
    weir.metric("hint", n)
    return n


@weir.workflow
def tell(rounds: int) -> int:
    return tells(rounds)


@weir.workflow
def hint(count: int) -> int:
    return sum(weir.gather(hints.submit(n) for n in range(count)))
