"""Modules of a project as syntax trees: which name stands for what, without running anything."""

from __future__ import annotations

import ast
import functools
import sys
from pathlib import Path
from typing import Any, Dict, Iterator, List, Optional, Tuple

#: Folders below a project that hold code of others.
_FOREIGN = frozenset({"site-packages", "dist-packages", ".venv", "venv", "node_modules", "__pycache__", ".tox", ".weir"})

_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


class Module:
    """A source file of the project."""

    def __init__(self, name: str, path: Path, is_package: bool) -> None:
        self.name = name
        self.path = path
        self.text = path.read_text("utf-8")
        self.tree = ast.parse(self.text, str(path))
        self.package = name if is_package else name.rpartition(".")[0]
        self.bindings = _bindings(self.tree.body)

    def absolute(self, level: int, module: Optional[str]) -> str:
        """Name of the module that an import statement means, with its dots resolved."""
        if level == 0:
            return module or ""
        base = self.package.split(".") if self.package else []
        base = base[: len(base) - (level - 1)]
        return ".".join([*base, *([module] if module else [])])

    def definition(self, qualname: str, line: Optional[int] = None) -> Optional[ast.AST]:
        """The function or class of a qualified name; of several, the one at the line, else the last."""
        found: List[ast.AST] = [self.tree]
        for part in qualname.replace(".<locals>", "").split("."):
            found = [node for parent in found for node in _definitions(parent) if node.name == part]
        for node in found:
            if line is not None and _first_line(node) <= line <= (getattr(node, "end_lineno", None) or 0):
                return node
        return found[-1] if found else None


class Project:
    """The folder whose code belongs together.

    Args:
        root: Folder from which its modules are imported.
    """

    def __init__(self, root: Path) -> None:
        self.root = root.resolve()
        self._modules: Dict[str, Optional[Module]] = {}

    def module(self, name: str) -> Optional[Module]:
        """A module of the project by its dotted name; None when it belongs to somebody else, or is not Python."""
        if name not in self._modules:
            self._modules[name] = self._load(name)
        return self._modules[name]

    def _load(self, name: str) -> Optional[Module]:
        if not name or not all(part.isidentifier() for part in name.split(".")):
            return None
        base = self.root.joinpath(*name.split("."))
        for path, is_package in ((base.with_suffix(".py"), False), (base / "__init__.py", True)):
            if path.is_file() and self.owns(path):
                return Module(name, path, is_package)
        loaded = sys.modules.get(name)
        file = getattr(loaded, "__file__", None)
        if file and file.endswith(".py") and self.owns(Path(file)):  # imported from a folder of its own on sys.path
            return Module(name, Path(file), hasattr(loaded, "__path__"))
        return None

    def owns(self, path: Path) -> bool:
        """Whether a file is the project's own."""
        try:
            inside = path.resolve().relative_to(self.root)
        except ValueError:
            return False
        return not any(part in _FOREIGN for part in inside.parts)


def _definitions(node: ast.AST) -> Iterator[Any]:
    """Functions and classes right inside a node, also those in its `if` and `try`."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, _SCOPES):
            yield child
        elif isinstance(child, (ast.stmt, ast.ExceptHandler)):
            yield from _definitions(child)


def _first_line(node: Any) -> int:
    lines = [node.lineno, *(decorator.lineno for decorator in getattr(node, "decorator_list", ()))]
    return int(min(lines))


def _bindings(body: List[ast.stmt]) -> Dict[str, List[ast.stmt]]:
    """Top-level statements by the names that they bind."""
    found: Dict[str, List[ast.stmt]] = {}
    for statement in _flat(body):
        for name in _bound(statement):
            found.setdefault(name, []).append(statement)
    return found


def _flat(body: List[ast.stmt]) -> Iterator[ast.stmt]:
    """Statements of a module; definitions and imports inside `if` and `try` count as its own."""
    for statement in body:
        if isinstance(statement, (ast.If, ast.Try)):
            inner = [*statement.body, *statement.orelse]
            if isinstance(statement, ast.Try):
                inner += [*statement.finalbody, *(one for handler in statement.handlers for one in handler.body)]
            yield from _flat(inner)
        else:
            yield statement


def _bound(statement: ast.stmt) -> Iterator[str]:
    if isinstance(statement, _SCOPES):
        yield statement.name
        return
    if isinstance(statement, (ast.Import, ast.ImportFrom)):
        for alias in statement.names:
            yield alias.asname or (alias.name.split(".")[0] if isinstance(statement, ast.Import) else alias.name)
        return
    for node in ast.walk(statement):
        if isinstance(node, ast.Name) and isinstance(node.ctx, (ast.Store, ast.Del)):
            yield node.id
    root = _changed_root(statement)
    if root is not None:
        yield root


def _changed_root(statement: ast.stmt) -> Optional[str]:
    """`TABLE` of `TABLE["a"] = 1`, `TABLE.update(…)` and `TABLE.x = 1`: statements that change what a name holds."""
    targets: List[ast.expr] = []
    if isinstance(statement, ast.Assign):
        targets = statement.targets
    elif isinstance(statement, (ast.AugAssign, ast.AnnAssign)):
        targets = [statement.target]
    elif isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
        targets = [statement.value.func]
    for target in targets:
        node: ast.expr = target
        while isinstance(node, (ast.Attribute, ast.Subscript)):
            node = node.value
        if isinstance(node, ast.Name) and node is not target:
            return node.id
    return None


def dump(node: ast.AST) -> str:
    """A node as text that is the same in every version of Python: without places, docstrings and what newer ones added."""
    return "".join(_dumped(node))


_IGNORED = frozenset({"ctx", "type_comment", "kind", "lineno", "col_offset", "end_lineno", "end_col_offset"})


def _dumped(node: Any) -> Iterator[str]:
    if isinstance(node, ast.AST):
        yield f"({type(node).__name__}"
        for name in sorted(node._fields):
            value = getattr(node, name, None)
            if name in _IGNORED or value is None or value == []:
                continue
            if name == "body" and isinstance(node, (*_SCOPES, ast.Module)):
                value = _without_docstring(value)
            yield f" {name}="
            yield from _dumped(_joined(value) if isinstance(node, ast.JoinedStr) else value)
        yield ")"
    elif isinstance(node, list):
        yield "["
        for item in node:
            yield from _dumped(item)
            yield ","
        yield "]"
    else:
        yield f"{type(node).__name__}:{node!r}"


def _without_docstring(body: List[ast.stmt]) -> List[ast.stmt]:
    first = body[0] if body else None
    is_text = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str)
    return body[1:] if is_text else body


def _joined(values: Any) -> Any:
    """Parts of an f-string; texts beside each other are one, however this version of Python splits them."""
    out: List[ast.expr] = []
    for value in values:
        last = out[-1] if out else None
        if isinstance(value, ast.Constant) and isinstance(last, ast.Constant):
            out[-1] = ast.Constant(str(last.value) + str(value.value))
        else:
            out.append(value)
    return out


@functools.lru_cache(maxsize=None)
def builtin_names() -> "frozenset[str]":
    """Names that need no definition."""
    import builtins

    return frozenset(dir(builtins))


Reference = Tuple[str, Tuple[str, ...]]
