"""The digest of code: what changes it, and what does not."""

from __future__ import annotations

import importlib
import subprocess
import sys
from pathlib import Path
from typing import Dict, Optional

import pytest

from weir.digest import CodeDigest, code_digest
from weir.source import Project

BASE: Dict[str, str] = {
    "main_flow.py": '''
import weir
import tools
import pack.inner
from pack import helper as h, LIMIT
from pack.inner import Base
import json

TABLE = {"a": 1}
TABLE["b"] = 2

@weir.task(retries=3)
def target(x: int) -> int:
    """Documented."""
    # a comment
    data = [used(i) + LIMIT for i in range(x)]
    return h(sum(data)) + tools.scale(x) + TABLE["a"] + len(json.dumps(data)) + Derived().value() + pack.inner.deep(1)

def used(i):
    return f"{i}" and i

def unused(i):
    return i

class Derived(Base):
    def value(self):
        return super().value() + CONSTANT

CONSTANT = 4
''',
    "tools.py": "def scale(x):\n    return x * FACTOR\nFACTOR = 2\ndef other(x):\n    return x\n",
    "pack/__init__.py": "from .inner import helper\nfrom .conf import *\n",
    "pack/inner.py": "class Base:\n    def value(self):\n        return 1\ndef helper(x):\n    return x\ndef deep(x):\n    return x\n",
    "pack/conf.py": "LIMIT = 10\nUNUSED = 1\n",
}


def digest(folder: Path, changes: Optional[Dict[str, "tuple[str, str]"]] = None) -> CodeDigest:
    for name, text in BASE.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if changes and name in changes:
            before, after = changes[name]
            assert before in text
            text = text.replace(before, after)
        path.write_text(text)
    for name in ("main_flow", "tools", "pack", "pack.inner", "pack.conf"):
        sys.modules.pop(name, None)
    importlib.invalidate_caches()
    module = importlib.import_module("main_flow")
    return code_digest(module.target.function, Project(folder))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    return tmp_path


@pytest.mark.parametrize(
    ("file", "before", "after"),
    [
        ("main_flow.py", '"""Documented."""', '"""Otherwise."""'),
        ("main_flow.py", "# a comment", "# another\n    # comment"),
        ("main_flow.py", "retries=3", "retries=4, timeout=1"),
        ("main_flow.py", "def unused(i):\n    return i", "def unused(i):\n    return i + 1"),
        ("main_flow.py", "import json", "import json\n\n\nNEW = 1"),
        ("tools.py", "def other(x):\n    return x", "def other(x):\n    return 7"),
        ("pack/conf.py", "UNUSED = 1", "UNUSED = 2"),
    ],
)
def test_does_not_count(folder: Path, file: str, before: str, after: str) -> None:
    assert digest(folder).digest is not None
    assert digest(folder) == digest(folder, {file: (before, after)})


@pytest.mark.parametrize(
    ("file", "before", "after"),
    [
        ("main_flow.py", "for i in range(x)", "for i in range(x + 1)"),
        ("main_flow.py", "(x: int)", "(x: float)"),
        ("main_flow.py", 'f"{i}" and i', 'f"{i}!" and i'),
        ("main_flow.py", "CONSTANT = 4", "CONSTANT = 5"),
        ("main_flow.py", 'TABLE["b"] = 2', 'TABLE["b"] = 3'),
        ("tools.py", "x * FACTOR", "x / FACTOR"),
        ("tools.py", "FACTOR = 2", "FACTOR = 3"),
        ("pack/inner.py", "return 1", "return 2"),
        ("pack/inner.py", "def helper(x):\n    return x", "def helper(x):\n    return -x"),
        ("pack/inner.py", "def deep(x):\n    return x", "def deep(x):\n    return -x"),
        ("pack/conf.py", "LIMIT = 10", "LIMIT = 11"),
    ],
)
def test_counts(folder: Path, file: str, before: str, after: str) -> None:
    assert digest(folder).digest != digest(folder, {file: (before, after)}).digest


def test_cannot_be_told(folder: Path) -> None:
    hidden = digest(folder, {"main_flow.py": ("return i\n\nclass", 'return eval("i")\n\nclass')})
    assert hidden.digest is not None  # it is in `unused`
    hidden = digest(folder, {"main_flow.py": ('f"{i}" and i', 'eval("i")')})
    assert hidden.digest is None and "eval" in str(hidden.reason)
    scope: Dict[str, object] = {"__name__": "nowhere"}
    exec("def f():\n    return 1", scope)
    assert "not in the project" in str(code_digest(scope["f"], Project(folder)).reason)


def test_imports_inside_of_functions(folder: Path) -> None:
    inside = ("return f\"{i}\" and i", "from tools import other\n    import tools as t\n    return other(i) + t.scale(i)")
    first = digest(folder, {"main_flow.py": inside})
    assert first.digest != digest(folder, {"main_flow.py": inside, "tools.py": ("    return x\n", "    return 7\n")}).digest


OTHERS = [path for path in Path("/root/.pyenv/versions").glob("3.*/bin/python") if path.exists()]


def test_is_the_same_in_every_version_of_python(folder: Path) -> None:
    import shutil

    here = digest(folder)
    (folder / "say.py").write_text(
        "import sys\nfrom pathlib import Path\nimport main_flow\nfrom weir.digest import code_digest\n"
        "from weir.source import Project\nprint(code_digest(main_flow.target.function, Project(Path(sys.argv[1]))).digest)\n"
    )
    seen = 0
    for name in ("python3.9", "python3.10", "python3.11", "python3.12", "python3.13", "python3"):
        program = shutil.which(name)
        if program is None:
            continue
        source = str(Path(__file__).parent.parent / "src")
        import websockets

        packages = str(Path(websockets.__file__).parent.parent)
        environment = {"PYTHONPATH": f"{folder}:{source}:{packages}", "PYTHONDONTWRITEBYTECODE": "1", "PATH": "/usr/bin:/bin"}
        made = subprocess.run([program, str(folder / "say.py"), str(folder)], env=environment, capture_output=True, text=True)
        if made.returncode == 0:
            seen += 1
            assert made.stdout.strip() == here.digest, name
    assert seen > 0
