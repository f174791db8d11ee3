"""The handwritten digits: 1,797 pictures of 8 by 8 points, each 0 to 16 dark, with the digit that it shows.

They are a part of the "Optical Recognition of Handwritten Digits" data set of E. Alpaydin and C. Kaynak (UCI Machine Learning
Repository, 1998, CC BY 4.0), in the form in which scikit-learn ships it.
"""

import csv
import gzip
from dataclasses import dataclass
from pathlib import Path
from typing import List, Tuple

FILE = Path(__file__).with_name("digits.csv.gz")


@dataclass
class Digits:
    """Pictures as rows of 64 numbers, and the digit of each."""

    pictures: List[List[float]]
    labels: List[int]

    def __len__(self) -> int:
        return len(self.labels)

    def pick(self, rows: List[int]) -> "Digits":
        return Digits([self.pictures[row] for row in rows], [self.labels[row] for row in rows])


def read(samples: int) -> Digits:
    """The first samples of the data set; they are in no order."""
    with gzip.open(FILE, "rt", newline="") as lines:
        rows = [row for _, row in zip(range(samples), csv.reader(lines))]
    return Digits([[float(value) for value in row[:64]] for row in rows], [int(float(row[64])) for row in rows])


def split(digits: Digits, fold: int, folds: int) -> Tuple[Digits, Digits]:
    """What is learned from and what is asked, for one fold of a cross-validation: every folds-th picture is asked."""
    rows = range(len(digits))
    return (
        digits.pick([row for row in rows if row % folds != fold]),
        digits.pick([row for row in rows if row % folds == fold]),
    )
