"""Finds and imports the modules that a worker hosts."""

from __future__ import annotations

import importlib
import os
import sys
import traceback
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Dict, List, Sequence

from ..errors import WeirError
from ..manifest import hosted_modules, manifest_of
from ..source import Project

MAX_FAULT_CHARS = 10_000


@dataclass(frozen=True)
class Hosting:
    """Which modules, from where.

    Attributes:
        root: Folder of the project.
        paths: Folders that modules are imported from.
        modules: Their dotted names.
    """

    root: str
    paths: List[str]
    modules: List[str]


@dataclass
class Loaded:
    """What loading came to.

    Attributes:
        manifests: Of the modules that could be loaded.
        faults: `{module, message}` of those that could not.
        notes: What authors should know.
        files: The project's own files that were imported.
    """

    manifests: List[Dict[str, Any]] = field(default_factory=list)
    faults: List[Dict[str, str]] = field(default_factory=list)
    notes: List[str] = field(default_factory=list)
    files: List[str] = field(default_factory=list)


def find_modules(named: Sequence[str], folder: Path) -> Hosting:
    """What the names on the command line mean: dotted names, files, or folders with files.

    Raises:
        WeirError: One of them names nothing.
    """
    paths: List[Path] = []
    modules: List[str] = []
    for name in named:
        path = Path(folder, name)
        if path.is_dir() and (os.sep in name or not name.isidentifier() or not (path / "__init__.py").is_file()):
            files = sorted(file for file in path.glob("*.py") if not file.name.startswith(("_", "test_", "conftest")))
            if not files:
                raise WeirError(f"The folder {path} holds no Python files.")
            paths.append(path.resolve())
            modules += [file.stem for file in files]
        elif name.endswith(".py") or os.sep in name:
            if not path.is_file():
                raise WeirError(f"There is no file {path}.", "Name a module (flows.digits), a file or a folder.")
            _file(path.resolve(), paths, modules)
        else:
            paths.append(folder.resolve())
            modules.append(name)
    _refuse_twins(paths, modules)
    roots = [str(path) for path in dict.fromkeys(paths)]
    return Hosting(os.path.commonpath(roots), roots, list(dict.fromkeys(modules)))


def _refuse_twins(paths: Sequence[Path], modules: Sequence[str]) -> None:
    seen: Dict[str, str] = {}
    places = [str(path) for path in paths] if len(paths) == len(modules) else []
    for place, module in zip(places, modules):
        if seen.setdefault(module, place) != place:
            raise WeirError(f"{seen[module]} and {place} both have a module {module}.", "Rename one of them.")


def _file(path: Path, paths: List[Path], modules: List[str]) -> None:
    """A file is imported from its own folder, as `python file.py` does; one of a package from the folder above the package.
    So it has the same name from every working folder."""
    parts = [] if path.stem == "__init__" else [path.stem]
    root = path.parent
    while (root / "__init__.py").is_file() and root.name.isidentifier():
        parts.insert(0, root.name)
        root = root.parent
    paths.append(root)
    modules.append(".".join(parts))


def load(hosting: Hosting) -> Loaded:
    """Imports the modules and describes them; a module that cannot be loaded is a fault, and the others go on."""
    sys.path[:0] = [path for path in hosting.paths if path not in sys.path]
    importlib.invalidate_caches()
    project = Project(Path(hosting.root))
    loaded = Loaded()
    good: List[str] = []
    for name in hosting.modules:
        try:
            importlib.import_module(name)
            good.append(name)
        except BaseException as error:  # also sys.exit() at the top of a module
            if isinstance(error, KeyboardInterrupt):
                raise
            loaded.faults.append({"module": name, "message": fault_text(error, project)[:MAX_FAULT_CHARS]})
    for module in hosted_modules(good, project):
        try:
            manifest, notes = manifest_of(module, project)
        except WeirError as error:
            loaded.faults.append({"module": module.__name__, "message": str(error)})
            continue
        loaded.manifests.append(manifest)
        loaded.notes += notes
    loaded.files = project_files(project, hosting)
    return loaded


def fault_text(error: BaseException, project: Project) -> str:
    """Why a module could not be loaded: file, line and reason, then the author's own part of the stack."""
    if isinstance(error, SyntaxError) and error.filename:
        source = (error.text or "").strip()
        return f"{_shown(error.filename, project)}:{error.lineno}: {error.msg}" + (f"\n    {source}" if source else "")
    frames = [f for f in traceback.extract_tb(error.__traceback__) if project.owns(Path(f.filename))]
    reason = f"{type(error).__name__}: {error}"
    if not frames:
        return reason
    last = frames[-1]
    return f"{_shown(last.filename, project)}:{last.lineno}: {reason}\n" + "".join(traceback.format_list(frames)).rstrip()


def _shown(file: str, project: Project) -> str:
    try:
        return Path(file).resolve().relative_to(project.root).as_posix()
    except ValueError:
        return file


def project_files(project: Project, hosting: Hosting) -> List[str]:
    """The project's own files that were imported, and those of the modules that could not be."""
    files = set()
    for module in list(sys.modules.values()):
        file = getattr(module, "__file__", None)
        if file and file.endswith(".py") and project.owns(Path(file)):
            files.add(file)
    for name in hosting.modules:
        for path in hosting.paths:
            base = Path(path, *name.split("."))
            for file in (base.with_suffix(".py"), base / "__init__.py"):
                if file.is_file():
                    files.add(str(file))
    return sorted(files)
