"""What the engine accepts of what code gives: docs/worker-protocol.md, "Errors"."""

from __future__ import annotations

from typing import Dict

#: As in sdk/vectors/limits.json, which a test holds against the engine's contract. Texts in UTF-16 units, as the engine counts.
LIMITS: Dict[str, int] = {
    "target": 200,
    "tag": 100,
    "tags": 50,
    "parameter": 100,
    "parameters": 100,
    "cacheNamespace": 200,
    "cacheVersion": 100,
    "concurrencyKey": 200,
    "workflow": 63,
    "question": 10_000,
    "questionKey": 200,
    "group": 100,
    "secret": 100,
    "asset": 200,
    "metric": 200,
    "progressText": 500,
    "errorType": 300,
    "errorMessage": 100_000,
    "errorStack": 1_000_000,
    "priority": 100,
    "whole": 2**53 - 1,
}


def units(text: str) -> int:
    """Length of a text as the engine counts it."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def clipped(text: str, limit: str) -> str:
    """A text without what is beyond its limit."""
    most = LIMITS[limit]
    if units(text) <= most:
        return text
    return text.encode("utf-16-le", "surrogatepass")[: 2 * most].decode("utf-16-le", "ignore")
