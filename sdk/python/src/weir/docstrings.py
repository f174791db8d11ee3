"""What a docstring says of a function and of its parameters, in the styles of Google, NumPy and Sphinx."""

from __future__ import annotations

import inspect
import re
from typing import Dict, List, Optional, Tuple

_GOOGLE_PARAMETERS = ("args", "arguments", "parameters", "params", "keyword args", "keyword arguments", "other parameters")
_GOOGLE_SECTION = re.compile(
    r"(args|arguments|parameters|params|keyword args|keyword arguments|other parameters|returns?|yields?|raises|attributes"
    r"|examples?|notes?|warnings?|see also|references|todo):\s*\Z",
    re.IGNORECASE,
)
_GOOGLE_ENTRY = re.compile(r"\*{0,2}(\w+)\s*(?:\([^)]*\))?\s*:\s*(.*)\Z")
_NUMPY_ENTRY = re.compile(r"\*{0,2}(\w+(?:\s*,\s*\*{0,2}\w+)*)\s*(?::.*)?\Z")
_SPHINX_ENTRY = re.compile(r":(param|parameter|arg|argument|key|keyword)\s+(?:[^:]*\s)?\*{0,2}(\w+)\s*:\s*(.*)\Z")
_SPHINX_FIELD = re.compile(r":(\w+)[^:]*:")


def parse_docstring(doc: Optional[str]) -> Tuple[str, Dict[str, str]]:
    """The description without sections about parameters, and a description for each parameter.

    Args:
        doc: A docstring as it stands in the source, or None.
    """
    if not doc:
        return "", {}
    lines = inspect.cleandoc(doc).splitlines()
    parameters: Dict[str, str] = {}
    kept: List[str] = []
    index = 0
    while index < len(lines):
        taken = _google(lines, index, parameters) or _numpy(lines, index, parameters) or _sphinx(lines, index, parameters)
        if taken == 0:
            kept.append(lines[index])
            taken = 1
        index += taken
    text = re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip()
    return text, parameters


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _block(lines: List[str], start: int, least: int) -> int:
    """Where a block of lines ends that are indented by `least` at least; empty lines inside belong to it."""
    end = start
    for index in range(start, len(lines)):
        if not lines[index].strip():
            continue
        if _indent(lines[index]) < least:
            break
        end = index + 1
    return end


def _google(lines: List[str], start: int, parameters: Dict[str, str]) -> int:
    match = _GOOGLE_SECTION.match(lines[start].strip())
    if match is None or _indent(lines[start]) > 0:
        return 0
    end = _block(lines, start + 1, 1)
    if end == start + 1:
        return 0
    if match.group(1).lower() not in _GOOGLE_PARAMETERS:
        return end - start if match.group(1).lower() in ("raises", "returns", "return") and parameters else 0
    body = [line for line in lines[start + 1 : end]]
    margin = min(_indent(line) for line in body if line.strip())
    _entries(body, margin, _GOOGLE_ENTRY, parameters)
    return end - start


def _entries(body: List[str], margin: int, pattern: "re.Pattern[str]", parameters: Dict[str, str]) -> None:
    names: List[str] = []
    for line in body:
        match = pattern.match(line.strip()) if line.strip() and _indent(line) == margin else None
        if match is not None:
            names = [name.strip(" *") for name in match.group(1).split(",")]
            text = match.group(2) if pattern is _GOOGLE_ENTRY else ""
        else:
            text = line.strip()
        for name in names:
            parameters[name] = " ".join(part for part in (parameters.get(name) if match is None else "", text) if part)


def _numpy(lines: List[str], start: int, parameters: Dict[str, str]) -> int:
    title = lines[start].strip().lower()
    underline = lines[start + 1].strip() if start + 1 < len(lines) else ""
    if not title or len(underline) < 3 or set(underline) != {"-"}:
        return 0
    end = start + 2
    while end < len(lines):
        following = lines[end + 1].strip() if end + 1 < len(lines) else ""
        if lines[end].strip() and len(following) >= 3 and set(following) == {"-"}:
            break
        end += 1
    if title in ("parameters", "other parameters"):
        _entries(lines[start + 2 : end], _indent(lines[start]), _NUMPY_ENTRY, parameters)
    elif title not in ("returns", "raises", "yields"):
        return 0
    return end - start


def _sphinx(lines: List[str], start: int, parameters: Dict[str, str]) -> int:
    line = lines[start].strip()
    match = _SPHINX_ENTRY.match(line)
    if match is None and _SPHINX_FIELD.match(line) is None:
        return 0
    end = start + 1
    while end < len(lines) and lines[end].strip() and _indent(lines[end]) > _indent(lines[start]):
        end += 1
    if match is not None:
        more = [text.strip() for text in lines[start + 1 : end]]
        parameters[match.group(2)] = " ".join(part for part in [match.group(3), *more] if part)
    return end - start
