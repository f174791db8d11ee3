"""What is logged and measured comes once, whatever breaks on the way."""

import json
from pathlib import Path
from typing import Any, Dict, List

from weir.worker.logs import WINDOW_BYTES, WINDOW_VALUES, LogWindow


VECTORS = json.loads((Path(__file__).parents[2] / "vectors/logs.json").read_text("utf-8"))


def sent(window: LogWindow) -> List[Dict[str, Any]]:
    return [json.loads(text) for text in window.messages()]


def places(window: LogWindow) -> List[Any]:
    return [(message["from"], [line[2] for line in message["lines"]]) for message in sent(window)]


def test_lines_lead_as_far_as_the_vectors_say() -> None:
    window = LogWindow("t1")
    place = 0
    for vector in VECTORS["lines"]:
        window.add([tuple(vector["line"])])
        assert [message["from"] for message in sent(window)] == [place]
        place += vector["length"]


def test_what_has_no_answer_is_sent_again_from_where_the_answers_ended() -> None:
    window = LogWindow("t1")
    for line in ((1, "stdout", "größe\n", None), (2, "info", "", {"n": 1}), (3, "stdout", "b", None)):
        window.add([line])
        assert len(places(window)) == 1
    window.confirm(8)
    window.rewind()
    assert places(window) == [(8, ["", "b"])]
    window.confirm(0)  # of a message before the break: it says nothing about this one
    window.rewind()
    assert places(window) == [(8, ["", "b"])]
    assert not window.is_confirmed
    window.confirm(1)
    assert window.is_confirmed
    window.add([(4, "stderr", "c", None)])
    assert places(window) == [(10, ["c"])]


def test_values_are_numbered() -> None:
    window = LogWindow("t1")
    window.add_values([[1, "loss", 0.5, x] for x in range(3)])
    assert [message["from"] for message in sent(window)] == [0]
    window.confirm(0, 2)
    window.rewind()
    (again,) = sent(window)
    assert (again["from"], [value[3] for value in again["values"]]) == (2, [2])


def test_nothing_is_dropped_when_the_window_is_full() -> None:
    window = LogWindow("t1")
    window.add([(1, "stdout", "x" * 100_000, None)] * 30)
    window.add_values([[1, "loss", 0.5, None]] * (2 * WINDOW_VALUES))
    first = sent(window)
    assert sum(len(line[2]) for message in first for line in message.get("lines", [])) <= WINDOW_BYTES
    assert sum(len(message.get("values", [])) for message in first) == WINDOW_VALUES
    assert window.is_full
    lines, values = 10, WINDOW_VALUES
    while window.is_full:
        window.confirm(100_000)
        window.confirm(0, 1000)
        for message in sent(window):
            lines += len(message.get("lines", []))
            values += len(message.get("values", []))
    assert (lines, values) == (30, 2 * WINDOW_VALUES)
