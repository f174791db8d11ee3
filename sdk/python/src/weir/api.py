"""What a workflow or task says and asks while it runs: logs, metrics, assets, questions, secrets."""

from __future__ import annotations

import math
import mimetypes
import os
import stat
from pathlib import Path
from typing import Any, Dict, Mapping, Optional, Union

from . import calls
from .checks import check_text, shown
from .codec import Encoder, encode_asset
from .coerce import converter
from .errors import WeirError
from .files import PathLike, check_file, find_files, in_words
from .handles import Handle
from .large import pack
from .limits import clipped
from .options import encode_options
from .runtime import Context, blobs, current
from .schema import schema_of
from .values import Asset, AssetFile, Blob


class Log:
    """Structured log lines: `weir.log.info("fold done", fold=3, score=0.93)`. Fields are plain values."""

    def debug(self, text: str, **fields: Any) -> None:
        """What helps to find a fault."""
        self._write("debug", text, fields)

    def info(self, text: str, **fields: Any) -> None:
        """What happened."""
        self._write("info", text, fields)

    def warning(self, text: str, **fields: Any) -> None:
        """What may be wrong."""
        self._write("warning", text, fields)

    def error(self, text: str, **fields: Any) -> None:
        """What is wrong."""
        self._write("error", text, fields)

    def _write(self, level: str, text: str, fields: Dict[str, Any]) -> None:
        current(f"weir.log.{level}").log(level, str(text), fields or None)


log = Log()


def metric(name: str, value: float, x: Optional[float] = None) -> None:
    """A point of a metric, e.g. `weir.metric("loss", 0.03, x=epoch)`.

    Args:
        name: At most 200 characters.
        value: A finite number.
        x: Position on the x axis; the time when None.

    Raises:
        WeirError: One of the numbers is none, or not finite.
    """
    number, position = _finite(value, f"The metric {name}"), None if x is None else _finite(x, f"The place of the metric {name}")
    current("weir.metric").metric(clipped(str(name), "metric"), number, position)


def progress(done: float, total: Optional[float] = None, text: Optional[str] = None) -> None:
    """How far this execution is.

    Args:
        done: How much is done, in whatever unit.
        total: How much there is to do, in the same unit; None when nobody knows.
        text: What it does now, at most 500 characters.

    Raises:
        WeirError: One of the numbers is none, or not finite.
    """
    runtime = current("weir.progress")
    whole = None if total is None else _finite(total, "The total of the progress")
    runtime.progress(_finite(done, "The progress"), whole, None if text is None else clipped(str(text), "progressText"))


def _finite(value: Any, name: str) -> float:
    """As a float; what numpy and others have for numbers is welcome. Raises WeirError when it is none, or not finite."""
    try:
        number = value if isinstance(value, str) else float(value)
    except OverflowError:
        number = math.inf
    except (TypeError, ValueError):
        number = value
    if not isinstance(number, float) or not math.isfinite(number):
        raise WeirError(f"{name} is {shown(value)}.", "It is a finite number.")
    return number


def context() -> Context:
    """Which execution this is. Raises WeirError outside of any."""
    return current("weir.context").facts


def secret(name: str) -> str:
    """The value of a secret. It is masked in logs and errors; do not return it.

    Raises:
        RefusedError: There is no secret of this name, or this workspace may not read it.
    """
    runtime = current("weir.secret")
    return runtime.wait(runtime.secret(check_text(name, "The name of a secret", "secret")))


def blob(content: Union[bytes, bytearray, memoryview, PathLike], media_type: Optional[str] = None) -> Blob:
    """Stores bytes, or a file of any size; the blob can be an argument or a result.

    Args:
        content: Bytes, or the path of a file. A file is read as a stream.
        media_type: e.g. `image/png`; guessed from the path when None.
    """
    store = blobs()
    if isinstance(content, (bytes, bytearray, memoryview)):
        data = bytes(content)
        return Blob(store.put(data), len(data), media_type)
    path = Path(content)
    check_file(path)
    with in_words(path):
        digest, size = store.put_file(path)
    return Blob(digest, size, media_type or mimetypes.guess_type(path.name)[0])


def asset(*paths: PathLike, name: str = "files") -> Asset:
    """Stores files as an asset of this execution.

    Args:
        paths: Files, folders and patterns such as `plots/*.png`. One folder alone: its files by their paths in it.
            Otherwise files by their paths below the working folder, or by name when they are elsewhere.
        name: Under which the asset is shown, at most 200 characters.

    Raises:
        WeirError: A path names nothing, or what is neither file nor folder; a link inside of a folder leads out of it; or two
            files would have the same path.
    """
    runtime = current("weir.asset")
    files = []
    taken: Dict[str, Path] = {}
    for inside, path in find_files(paths):
        if inside in taken:
            both = f"{taken[inside]} and {path} would both be {inside} in the asset {name}."
            raise WeirError(both, "Rename one of them.")
        taken[inside] = path
        is_program = bool(check_file(path).st_mode & stat.S_IXUSR) and os.name != "nt"
        with in_words(path):
            digest, size = runtime.blobs.put_file(path)
        files.append(AssetFile(inside, digest, size, is_program))
    made = Asset(name, tuple(files))
    runtime.asset(name[:200], encode_asset(made))
    return made


def input_handle(message: str, schema: Any = str, *, key: Optional[str] = None) -> Handle[Any]:
    """`input` without waiting."""
    runtime = current("weir.input")
    is_schema = isinstance(schema, Mapping)
    call: Dict[str, Any] = {
        "input": check_text(message, "The question", "question"),
        "schema": dict(schema) if is_schema else schema_of(schema),
    }
    if key is not None:
        call["key"] = check_text(key, "The key of the question", "questionKey")
    return Handle(runtime, calls.send(runtime, call), None if is_schema else converter(schema))


def input(message: str, schema: Any = str, *, key: Optional[str] = None) -> Any:
    """Asks a person, and waits for the answer.

    Args:
        message: The question.
        schema: Type of the answer (a dataclass becomes a form), or a JSON Schema.
        key: The same key in the same run is asked once; question and schema are the key when None.

    Returns:
        The answer: of the type, or plain JSON for a schema.
    """
    return input_handle(message, schema, key=key).result()


def submit_workflow(name: str, /, *, weir_priority: Optional[int] = None, **params: Any) -> Handle[Any]:
    """Starts a workflow by name, drawn or of code, as a run of its own; a step in this run waits for it.

    Args:
        name: Of the workflow.
        weir_priority: -100 to 100, added to that of this run.
        params: Its parameters.
    """
    runtime = current("weir.run_workflow")
    call: Dict[str, Any] = {
        "workflow": check_text(name, "The name of a workflow", "workflow"),
        "params": {
            key: pack(Encoder(runtime.blobs).encode(value, f"{name}: {key}"), runtime.blobs) for key, value in params.items()
        },
    }
    if weir_priority is not None:
        call["options"] = encode_options({"priority": weir_priority})
    return Handle(runtime, calls.send(runtime, call), None)


def run_workflow(name: str, /, **params: Any) -> Any:
    """`submit_workflow`, and waits for the result."""
    return submit_workflow(name, **params).result()
