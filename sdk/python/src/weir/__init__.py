"""Write workflows for Weir as Python functions.

    import weir

    @weir.task(retries=3)
    def score(x: int) -> int:
        return x * x

    @weir.workflow
    def total(n: int = 10) -> int:
        return sum(weir.gather(score.submit(i) for i in range(n)))

`python -m weir worker start flow.py` connects the module to an engine; `weir.testing.run(total, 3)` runs it without one;
`weir.Client().submit(total, n=3).result()` starts it from a script.
"""

from .api import (
    asset,
    blob,
    context,
    input,
    input_handle,
    log,
    metric,
    progress,
    run_workflow,
    secret,
    submit_workflow,
)
from .calls import group
from .client import Client, Run
from .codec import codec
from .errors import (
    ArgumentError,
    Cancelled,
    CodecError,
    EngineUnreachable,
    RefusedError,
    RemoteStack,
    StepCancelled,
    StepError,
    Suspended,
    WeirError,
)
from .handles import Handle, gather, gather_async, ref, select, select_async, suspend, suspense
from .options import Cache, Concurrency, Defer, Retries
from .runtime import Context
from .targets import RemoteTarget, Target, target, task, workflow
from .values import Asset, AssetFile, Blob, Record, StepRef
from .version import __version__

__all__ = [
    "ArgumentError",
    "Asset",
    "AssetFile",
    "Blob",
    "Cache",
    "Cancelled",
    "Client",
    "CodecError",
    "Concurrency",
    "Context",
    "Defer",
    "EngineUnreachable",
    "Handle",
    "Record",
    "RefusedError",
    "RemoteStack",
    "RemoteTarget",
    "Retries",
    "Run",
    "StepCancelled",
    "StepError",
    "StepRef",
    "Suspended",
    "Target",
    "WeirError",
    "__version__",
    "asset",
    "blob",
    "codec",
    "context",
    "gather",
    "gather_async",
    "group",
    "input",
    "input_handle",
    "log",
    "metric",
    "progress",
    "ref",
    "run_workflow",
    "secret",
    "select",
    "select_async",
    "submit_workflow",
    "suspend",
    "suspense",
    "target",
    "task",
    "workflow",
]


def __getattr__(name: str) -> object:
    if name == "testing":  # loaded at first use: workers do not need it
        import importlib

        return importlib.import_module("weir.testing")
    raise AttributeError(f"module 'weir' has no attribute {name!r}")
