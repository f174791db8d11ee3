"""Smoothing of readings."""

from typing import List

import weir


@weir.task(cache=True)
def smooth(values: List[float], window: int = 5) -> List[float]:
    """The moving mean of a list; at its edges over what is there.

    Args:
        values: Readings, in any unit.
        window: Over how many of them the mean goes.
    """
    half = max(0, window // 2)
    smoothed = []
    for index in range(len(values)):
        part = values[max(0, index - half) : index + half + 1]
        smoothed.append(round(sum(part) / len(part), 4))
    return smoothed
