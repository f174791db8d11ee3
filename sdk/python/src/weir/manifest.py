"""What a module offers, as a worker declares it."""

from __future__ import annotations

import inspect
import re
import sys
from pathlib import Path
from types import ModuleType
from typing import Any, Dict, List, Tuple

from .digest import code_digest, source_place
from .docstrings import parse_docstring
from .errors import WeirError
from .schema import plain_json, schema_of
from .source import Project
from .targets import Target

MAX_DESCRIPTION_CHARS = 20_000
MAX_PARAMETER_CHARS = 2_000
_MODULE_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*(\.[A-Za-z_][A-Za-z0-9_-]*)*\Z")
_TARGET_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,62}\Z")

Manifest = Dict[str, Any]


def targets_of(module: ModuleType) -> Dict[str, "Target[..., Any, Any]"]:
    """Targets that are defined in a module, by name; not those that it imports."""
    found = {}
    for name, value in vars(module).items():
        if isinstance(value, Target) and value.module == module.__name__ and value.name == name:
            found[name] = value
    return found


def manifest_of(module: ModuleType, project: Project) -> Tuple[Manifest, List[str]]:
    """The manifest of a module, and what its author should know (code that cannot be told).

    Raises:
        WeirError: Its name, or the name of a target, cannot be one.
    """
    if _MODULE_NAME.match(module.__name__) is None:
        raise WeirError(f"The module {module.__name__} cannot be hosted.", "Its name needs letters, digits, _ and dots.")
    notes: List[str] = []
    described = [
        describe_target(target, project, notes)
        for target in sorted(targets_of(module).values(), key=lambda t: t.function.__code__.co_firstlineno)
    ]
    manifest: Manifest = {"module": module.__name__, "language": "python", "targets": described}
    text, _ = parse_docstring(module.__doc__)
    if text:
        manifest["description"] = text[:MAX_DESCRIPTION_CHARS]
    return manifest, notes


def describe_target(target: "Target[..., Any, Any]", project: Project, notes: List[str]) -> Dict[str, Any]:
    """A target as the protocol has it."""
    if _TARGET_NAME.match(target.name) is None:
        raise WeirError(f"{target.path} cannot be a target.", "Its name begins with a letter and has at most 63 characters.")
    text, descriptions = parse_docstring(target.function.__doc__)
    hints = target.signature.hints
    code = code_digest(target.function, project)
    if code.reason is not None and "cache" in target.settings:
        notes.append(f"{target.path}: an edit of its code does not invalidate its cache, because {code.reason}.")
    out: Dict[str, Any] = {
        "name": target.name,
        "kind": target.kind,
        "parameters": [_parameter(p, hints, descriptions) for p in target.signature.ordered],
        "code": code.digest,
        "options": target.settings,
    }
    if text:
        out["description"] = text[:MAX_DESCRIPTION_CHARS]
    if "return" in hints:
        out["result"] = schema_of(hints["return"])
    place = source_place(target.function, project)
    if place is not None:
        out["source"] = place
    return out


def _parameter(parameter: inspect.Parameter, hints: Dict[str, Any], descriptions: Dict[str, str]) -> Dict[str, Any]:
    kinds: Dict[Any, str] = {inspect.Parameter.VAR_POSITIONAL: "variadic", inspect.Parameter.VAR_KEYWORD: "named"}
    out: Dict[str, Any] = {
        "name": parameter.name,
        "kind": kinds.get(parameter.kind, "positional"),
        "schema": schema_of(hints[parameter.name]) if parameter.name in hints else {},
        "required": parameter.default is inspect.Parameter.empty and parameter.kind not in kinds,
    }
    text = descriptions.get(parameter.name) or out["schema"].pop("description", None)
    if text:
        out["description"] = text[:MAX_PARAMETER_CHARS]
    if parameter.default is not inspect.Parameter.empty:
        shown, plain = plain_json(parameter.default)
        if shown:
            out["default"] = plain
    return out


def hosted_modules(named: List[str], project: Project) -> List[ModuleType]:
    """The named modules, and those of the project that were imported with them and have targets of their own."""
    found = {name: sys.modules[name] for name in named}
    for name, module in list(sys.modules.items()):
        file = getattr(module, "__file__", None)
        if name in found or name == "__main__" or not file or not file.endswith(".py"):
            continue
        if project.owns(Path(file)) and targets_of(module):
            found[name] = module
    return list(found.values())
