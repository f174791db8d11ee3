"""`python -m weir worker start …`"""

from __future__ import annotations

import sys


def worker() -> None:
    """Entry of the command `weir-worker`: `weir-worker start …`."""
    from .worker.cli import main

    sys.exit(main(["worker", *sys.argv[1:]]))


if __name__ == "__main__":
    from .worker.cli import main

    sys.exit(main())
