"""Small models for the digits. scikit-learn's when it is installed, otherwise the nearest neighbours in plain Python."""

import heapq
import json
import pickle
from collections import Counter
from typing import Any, List

from data import Digits

# At the top: each fold runs in a process that has this module loaded already.
try:
    from sklearn.linear_model import LogisticRegression
    from sklearn.neighbors import KNeighborsClassifier
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler
    from sklearn.svm import SVC

    HAS_SKLEARN = True
except ImportError:
    HAS_SKLEARN = False


class Neighbours:
    """Says of a picture what most of the k pictures say that are nearest to it."""

    def __init__(self, k: int) -> None:
        self.k = k
        self.known = Digits([], [])

    def fit(self, digits: Digits) -> "Neighbours":
        self.known = digits
        return self

    def predict(self, pictures: List[List[float]]) -> List[int]:
        return [self._predict(picture) for picture in pictures]

    def _predict(self, picture: List[float]) -> int:
        distances = (
            (sum((a - b) * (a - b) for a, b in zip(picture, other)), label)
            for other, label in zip(self.known.pictures, self.known.labels)
        )
        nearest = heapq.nsmallest(self.k, distances)
        votes = Counter(label for _, label in nearest)
        # Of digits with as many votes, the one whose picture is nearest.
        most = max(votes.values())
        return next(label for _, label in nearest if votes[label] == most)


class Learned:
    """A model of scikit-learn behind the same two methods."""

    def __init__(self, estimator: Any) -> None:
        self.estimator = estimator

    def fit(self, digits: Digits) -> "Learned":
        self.estimator.fit(digits.pictures, digits.labels)
        return self

    def predict(self, pictures: List[List[float]]) -> List[int]:
        return [int(label) for label in self.estimator.predict(pictures)]


def candidates() -> List[str]:
    """Names of the models that are compared."""
    if not HAS_SKLEARN:
        return ["1 neighbour", "3 neighbours", "5 neighbours"]
    return ["1 neighbour", "3 neighbours", "logistic regression", "support vectors"]


def make(name: str) -> Any:
    """An untrained model by its name."""
    if name.endswith(("neighbour", "neighbours")):
        k = int(name.split()[0])
        return Learned(KNeighborsClassifier(n_neighbors=k)) if HAS_SKLEARN else Neighbours(k)
    if name == "logistic regression":
        return Learned(make_pipeline(StandardScaler(), LogisticRegression(max_iter=200)))
    if name == "support vectors":
        return Learned(SVC(gamma=0.001))
    raise ValueError(f"there is no model named {name!r}; there are {', '.join(candidates())}")


def save(model: Any, name: str, samples: int) -> None:
    """Writes model.pickle, the trained model, and model.json, which says what it is.

    A pickle is code: open only those that you trust, with the library that wrote it, and with this file in the path.
    """
    with open("model.pickle", "wb") as file:
        pickle.dump(model, file)
    description = {"model": name, "samples": samples, "library": "scikit-learn" if HAS_SKLEARN else "plain Python"}
    with open("model.json", "w", encoding="utf-8") as text:
        json.dump(description, text, indent=2)
        text.write("\n")
