"""Runs workflows in this process, without an engine: for unit tests.

    import weir.testing
    from flow import total

    def test_total():
        assert weir.testing.run(total, 3) == 5

Everything happens at once and in order: a call runs when it is submitted, retries and delays do not wait, deferred calls run
each. Values travel as they do between processes, so that what cannot be passed on shows here.
"""

from .records import LogRecord, StepRecord
from .session import Session, run

__all__ = ["LogRecord", "Session", "StepRecord", "run"]
