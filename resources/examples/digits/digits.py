"""Which small model reads handwritten digits best? Trained and compared in parallel, cross-validated."""

from pathlib import Path
from typing import Dict, List

import weir

import data
import models
import picture


@weir.task(cache=True, retries=1)
def score(model: str, fold: int, folds: int, samples: int) -> float:
    """How many of the pictures of one fold a model reads right, after it has learned the others.

    Args:
        model: Name of the model.
        fold: Which fold is asked, from 0.
        folds: Into how many the pictures are split.
        samples: How many pictures of the data set are used.
    """
    learned, asked = data.split(data.read(samples), fold, folds)
    answers = models.make(model).fit(learned).predict(asked.pictures)
    right = sum(answer == label for answer, label in zip(answers, asked.labels))
    weir.log.info("fold done", model=model, fold=fold, right=right, asked=len(asked))
    return right / len(asked)


@weir.task
def finish(model: str, samples: int) -> weir.Asset:
    """Trains the best model on four fifths of the pictures and draws what it says of the rest.

    Args:
        model: Name of the model.
        samples: How many pictures of the data set are used.
    """
    learned, asked = data.split(data.read(samples), 0, 5)
    trained = models.make(model).fit(learned)
    answers = trained.predict(asked.pictures)
    models.save(trained, model, samples)
    matrix = picture.confusion(asked.labels, answers)
    Path("confusion.svg").write_text(picture.draw(matrix, f"{model}: {len(asked)} pictures"), encoding="utf-8")
    return weir.asset("model.pickle", "model.json", "confusion.svg", name="best")


@weir.workflow
def digits(folds: int = 5, samples: int = 1000) -> Dict[str, object]:
    """Compares small models on handwritten digits by cross-validation.

    Args:
        folds: Into how many parts the pictures are split; each is asked once.
        samples: How many pictures are used, at most 1797.
    """
    if folds < 2 or not 10 * folds <= samples <= 1797:
        raise ValueError("take at least 2 folds, and from 10 pictures a fold to 1797 pictures in all")
    names = models.candidates()
    scores: Dict[str, List[weir.Handle[float]]] = {}
    for name in names:
        with weir.group(name):
            scores[name] = [score.submit(name, fold, folds, samples) for fold in range(folds)]
    table = {name: sum(weir.gather(handles)) / folds for name, handles in scores.items()}
    for position, name in enumerate(names):
        weir.metric("accuracy", table[name], x=position)
    best = max(names, key=lambda name: table[name])
    return {"best": best, "accuracy": {name: round(value, 4) for name, value in table.items()}, "model": finish(best, samples)}
