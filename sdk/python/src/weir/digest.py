"""Digest of a target's code: of the function and of all that it uses inside its project.

It is made from syntax trees. Comments, docstrings, blanks and the order of definitions do not count; neither do options of the
decorator, nor code of other packages.
"""

from __future__ import annotations

import ast
import copy
import hashlib
import inspect
import symtable
from dataclasses import dataclass
from typing import Any, Dict, Iterator, List, Optional, Sequence, Set, Tuple

from .source import Module, Project, builtin_names, dump

#: Calls that hide what code uses.
_OPAQUE = frozenset({"eval", "exec", "globals", "__import__", "compile", "import_module"})
_WHOLE = "*"


@dataclass(frozen=True)
class CodeDigest:
    """A digest, or why there is none.

    Attributes:
        digest: SHA-256, 64 hexadecimal digits; None when it cannot be told.
        reason: Why not, in words; None when there is a digest.
    """

    digest: Optional[str]
    reason: Optional[str] = None


class _Unknown(Exception):
    """The code cannot be told."""


def code_digest(function: Any, project: Project) -> CodeDigest:
    """The digest of a function and all that it uses inside its project."""
    try:
        module = project.module(function.__module__)
        if module is None:
            raise _Unknown(f"the source of {function.__module__} is not in the project's folder")
        node = module.definition(function.__qualname__, function.__code__.co_firstlineno)
        if node is None:
            raise _Unknown(f"{function.__qualname__} is not in the source of {function.__module__}")
        return CodeDigest(_Walk(project).run(module, function.__name__, node))
    except _Unknown as unknown:
        return CodeDigest(None, str(unknown))
    except (OSError, SyntaxError, UnicodeDecodeError) as error:
        return CodeDigest(None, f"the source cannot be read: {error}")


class _Walk:
    """Follows names from a function through the modules of a project."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.parts: Dict[Tuple[str, str], str] = {}
        self.queue: List[Tuple[str, str]] = []
        self.seen: Set[Tuple[str, str]] = set()

    def run(self, module: Module, name: str, node: ast.AST) -> str:
        self.seen.add((module.name, name))
        self.take(module, name, [node])
        while self.queue:
            self.follow(*self.queue.pop())
        whole = hashlib.sha256()
        for key in sorted(self.parts):
            whole.update(f"{key[0]}\0{key[1]}\0{self.parts[key]}\0".encode("utf-8", "surrogatepass"))
        return whole.hexdigest()

    def want(self, module: str, name: str) -> None:
        if (module, name) not in self.seen:
            self.seen.add((module, name))
            self.queue.append((module, name))

    def follow(self, module_name: str, name: str) -> None:
        module = self.project.module(module_name)
        if module is None:
            return
        if name == _WHOLE:
            self.take(module, name, list(module.tree.body))
            return
        statements = module.bindings.get(name)
        if statements is None:
            if self.project.module(f"{module_name}.{name}") is not None:
                return  # a module inside of this package: its parts are followed by themselves
            self.stars(module, name)
            return
        plain = []
        for statement in statements:
            if isinstance(statement, (ast.Import, ast.ImportFrom)):
                self.imported(module, statement, name)
            else:
                plain.append(statement)
        if plain:
            self.take(module, name, plain)

    def stars(self, module: Module, name: str) -> None:
        """A name that no statement binds may come from an import of everything."""
        for statement in module.bindings.get("*", ()):
            if isinstance(statement, ast.ImportFrom):
                source = self.project.module(module.absolute(statement.level, statement.module))
                if source is not None and (name in source.bindings or "*" in source.bindings):
                    self.want(source.name, name)

    def imported(self, module: Module, statement: ast.stmt, name: str) -> None:
        for alias in getattr(statement, "names", ()):
            if (alias.asname or alias.name.split(".")[0]) != name and alias.name != name:
                continue
            if isinstance(statement, ast.ImportFrom):
                source = module.absolute(statement.level, statement.module)
                if self.project.module(source) is not None:
                    self.want(source, alias.name)

    def take(self, module: Module, name: str, nodes: Sequence[ast.AST]) -> None:
        """Puts nodes into the digest, and follows the names that they use."""
        texts = []
        for node in nodes:
            shown = _without_target_decorators(module, node)
            texts.append(dump(shown))
            self.names_in(module, shown)
        self.parts[(module.name, name)] = "\n".join(texts)

    def names_in(self, module: Module, node: ast.AST) -> None:
        local_modules = self.local_imports(module, node)
        used = _global_names(node)
        for name in sorted(used | set(local_modules)):
            if name in _OPAQUE and name not in module.bindings:
                raise _Unknown(f"it uses {name}(), which hides what it uses")
            target = local_modules.get(name) or self.module_behind(module, name)
            if target is None:
                if name in module.bindings or name not in builtin_names():
                    self.want(module.name, name)
                continue
            self.attributes(target, name, node)

    def local_imports(self, module: Module, node: ast.AST) -> Dict[str, str]:
        """Imports inside of a function: modules by the name that they have there. Functions among them are followed."""
        found: Dict[str, str] = {}
        for statement in ast.walk(node):
            if isinstance(statement, ast.ImportFrom):
                source = module.absolute(statement.level, statement.module)
                for alias in statement.names:
                    inner = f"{source}.{alias.name}"
                    if self.project.module(source) is not None and self.project.module(inner) is None:
                        self.want(source, _WHOLE if alias.name == "*" else alias.name)
                    elif self.project.module(inner) is not None:
                        found[alias.asname or alias.name] = inner
            elif isinstance(statement, ast.Import):
                found.update(self.plain_imports(statement))
        return found

    def plain_imports(self, statement: ast.Import) -> Dict[str, str]:
        found = {}
        for alias in statement.names:
            shown = alias.asname or alias.name.split(".")[0]
            real = alias.name if alias.asname else alias.name.split(".")[0]
            if self.project.module(real) is not None or self.project.module(alias.name) is not None:
                found[shown] = real
        return found

    def module_behind(self, module: Module, name: str) -> Optional[str]:
        """The module of the project that a global name stands for, or None."""
        for statement in module.bindings.get(name, ()):
            if isinstance(statement, ast.Import):
                found = self.plain_imports(statement).get(name)
                if found is not None:
                    return found
            elif isinstance(statement, ast.ImportFrom):
                for alias in statement.names:
                    inner = f"{module.absolute(statement.level, statement.module)}.{alias.name}"
                    if (alias.asname or alias.name) == name and self.project.module(inner) is not None:
                        return inner
        return None

    def attributes(self, target: str, name: str, node: ast.AST) -> None:
        """Follows `helpers.scale` and `package.helpers.scale`; a module that is handed on counts as a whole."""
        for chain in _chains(node, name):
            module, rest = target, list(chain)
            while rest and self.project.module(f"{module}.{rest[0]}") is not None:
                module = f"{module}.{rest.pop(0)}"
            if self.project.module(module) is not None:
                self.want(module, rest[0] if rest else _WHOLE)


def _chains(node: ast.AST, name: str) -> Iterator[Tuple[str, ...]]:
    """What is asked of a name: `("scale",)` for `helpers.scale`; `()` when it is used by itself."""
    inner: Set[int] = set()
    for found in ast.walk(node):
        if isinstance(found, ast.Attribute) and id(found) not in inner:
            chain: List[str] = []
            base: ast.expr = found
            while isinstance(base, ast.Attribute):
                inner.add(id(base))
                chain.insert(0, base.attr)
                base = base.value
            if isinstance(base, ast.Name) and base.id == name:
                inner.add(id(base))
                yield tuple(chain)
        elif isinstance(found, ast.Name) and found.id == name and id(found) not in inner:
            if isinstance(found.ctx, ast.Load):
                yield ()


def _without_target_decorators(module: Module, node: ast.AST) -> ast.AST:
    """The function without `@weir.task(…)`: how it runs is not what it does."""
    if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return node
    kept = [decorator for decorator in node.decorator_list if not _is_target_decorator(module, decorator)]
    if len(kept) == len(node.decorator_list):
        return node
    shown = copy.copy(node)
    shown.decorator_list = kept
    return shown


def _is_target_decorator(module: Module, decorator: ast.expr) -> bool:
    base = decorator.func if isinstance(decorator, ast.Call) else decorator
    attribute = None
    if isinstance(base, ast.Attribute):
        attribute, base = base.attr, base.value
    if not isinstance(base, ast.Name):
        return False
    for statement in module.bindings.get(base.id, ()):
        for alias in getattr(statement, "names", ()):
            if isinstance(statement, ast.Import) and alias.name == "weir" and attribute in ("task", "workflow"):
                return True
            if isinstance(statement, ast.ImportFrom) and statement.module == "weir" and alias.name in ("task", "workflow"):
                return attribute is None
    return False


def _global_names(node: ast.AST) -> Set[str]:
    """Names that a statement reads from its module, by the rules of Python's scopes, with those in annotations."""
    text = ast.unparse(node)
    table = symtable.symtable(text, "<digest>", "exec")
    top = {symbol.get_name() for symbol in table.get_symbols() if symbol.is_referenced()}
    names = top | {name for child in table.get_children() for name in _globals_of(child)}
    return names | _annotation_names(node)


def _globals_of(table: symtable.SymbolTable) -> Iterator[str]:
    for symbol in table.get_symbols():
        if symbol.is_global() or (table.get_type() == "class" and symbol.is_referenced() and not symbol.is_assigned()):
            yield symbol.get_name()
    for child in table.get_children():
        yield from _globals_of(child)


def _annotation_names(node: ast.AST) -> Set[str]:
    """Names in annotations: they say what arguments become. Annotations may be texts."""
    names: Set[str] = set()
    for found in ast.walk(node):
        annotations = [getattr(found, field, None) for field in ("annotation", "returns")]
        for annotation in annotations:
            for part in ast.walk(annotation) if isinstance(annotation, ast.AST) else ():
                if isinstance(part, ast.Name):
                    names.add(part.id)
                elif isinstance(part, ast.Constant) and isinstance(part.value, str):
                    names |= _names_in_text(part.value)
    return names


def _names_in_text(text: str) -> Set[str]:
    try:
        tree = ast.parse(text, mode="eval")
    except SyntaxError:
        return set()  # a text that is no type
    return {part.id for part in ast.walk(tree) if isinstance(part, ast.Name)}


def source_place(function: Any, project: Project) -> Optional[Dict[str, Any]]:
    """File below the project's folder and line of a function; None when it has no source."""
    path = inspect.getsourcefile(function)
    if path is None:
        return None
    from pathlib import Path

    try:
        shown = Path(path).resolve().relative_to(project.root).as_posix()
    except ValueError:
        shown = Path(path).name
    return {"file": shown[-500:], "line": function.__code__.co_firstlineno}
