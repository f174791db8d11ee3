"""What comes of an engine that did not understand this worker."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..large import dump

if TYPE_CHECKING:
    from .worker import Worker

_FIX = "If the code gives nothing odd to the SDK, install the SDK that came with the engine."


def give_up_unanswered(worker: "Worker", reason: str) -> None:
    """One of the things that have no answer was at fault, and nobody knows which: they fail, and are not said again.

    Args:
        worker: Whose connection was closed.
        reason: Of the close.
    """
    message = f"The engine did not understand the worker: {reason}"
    refused = {"type": "refused", "problem": {"code": "request_malformed", "message": message, "fix": _FIX}}
    requests, worker.requests = worker.requests, {}
    for request in requests.values():
        child = request.execution.child
        for number in [number for number, _ in request.calls] or [request.number]:
            if child is not None:
                child.answer(number, refused)
    facts = {"type": "weir.RefusedError", "message": f"{message}. {_FIX}", "retry": False}
    for token, text in list(worker.endings.items()):
        failure = dump({"type": "error", "token": token, "error": facts})
        if text == failure:  # nor was this understood
            worker.options.say(f"An execution has ended, and the engine does not understand how: {reason}")
            worker.endings.pop(token)
        else:
            worker.endings[token] = failure
    worker.tails.clear()
