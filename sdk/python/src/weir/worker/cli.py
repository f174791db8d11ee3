"""`python -m weir worker start`"""

from __future__ import annotations

import argparse
import asyncio
import os
import re
import signal
import socket
import sys
import time
from pathlib import Path
from typing import List, Optional, Sequence

from ..engine import find_engine
from ..errors import WeirError
from ..version import __version__
from .loading import find_modules
from .options import Options
from .watch import watch
from .worker import Worker, default_concurrency

USAGE_ERROR, FAILED = 2, 1
_TAG = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*(=[A-Za-z0-9._:/-]+)?\Z")


def parser() -> argparse.ArgumentParser:
    """The command line."""
    top = argparse.ArgumentParser(prog="python -m weir", description="Weir's SDK for Python.")
    top.add_argument("--version", action="version", version=f"weir-sdk {__version__}")
    areas = top.add_subparsers(dest="area", required=True, metavar="AREA")
    worker = areas.add_parser("worker", help="processes that run code for an engine")
    actions = worker.add_subparsers(dest="action", required=True, metavar="ACTION")
    start = actions.add_parser(
        "start",
        help="connect modules to an engine and run them",
        description="Connects modules of code to an engine and runs their workflows and tasks until it is told to stop.",
    )
    start.add_argument("modules", nargs="+", metavar="MODULE", help="a module (flows.digits), a file or a folder of files")
    start.add_argument("--engine", metavar="ADDRESS", help="http://host:port or unix:/path; WEIR_ENGINE, or the local engine")
    start.add_argument("--data", metavar="FOLDER", help="data folder of the local engine; WEIR_DATA")
    start.add_argument("--project", default=os.environ.get("WEIR_PROJECT") or "default", help="default: %(default)s")
    workspace = os.environ.get("WEIR_WORKSPACE") or "main"
    start.add_argument("-W", "--workspace", default=workspace, help="default: %(default)s")
    how = start.add_mutually_exclusive_group()
    how.add_argument("--register", action="store_true", help="release the modules as they are now")
    how.add_argument("--dev", action="store_true", help="load and register the modules anew at every save")
    start.add_argument("--concurrency", type=int, metavar="N", help="executions in processes at once; the processors")
    start.add_argument("--tag", action="append", default=[], metavar="TAG", help="what it offers, e.g. gpu or region=eu")
    start.add_argument("--name", help="shown to people; the name of this machine")
    start.add_argument("--pool", default=os.environ.get("WEIR_POOL"), help=argparse.SUPPRESS)
    start.add_argument(
        "--start-method",
        choices=("fork", "spawn"),
        default="fork" if sys.platform == "linux" else "spawn",
        help="how executors are made; default here: %(default)s",
    )
    return top


def main(arguments: Optional[Sequence[str]] = None) -> int:
    """Runs a command; answers the exit code."""
    given = parser().parse_args(arguments)
    try:
        return asyncio.run(_serve(_options(given)))
    except WeirError as error:
        print(f"weir: {error}", file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        return 130


def _options(given: argparse.Namespace) -> Options:
    if given.engine and given.data:
        raise WeirError("--engine and --data both name an engine.", "Give one of them.")
    environ = {**os.environ, **({"WEIR_DATA": given.data, "WEIR_ENGINE": ""} if given.data else {})}
    concurrency = given.concurrency if given.concurrency is not None else default_concurrency()
    if concurrency < 1:
        raise WeirError(f"--concurrency is {concurrency}.", "It is a whole number from 1.")
    for tag in given.tag:
        if _TAG.match(tag) is None:
            raise WeirError(f"{tag!r} is no tag.", "A tag looks like gpu or region=eu.")
    if given.start_method == "fork" and sys.platform != "linux":
        raise WeirError("Executors are forked on Linux only.", "Use --start-method spawn.")
    return Options(
        place=find_engine(given.engine, environ),
        project=given.project,
        workspace=given.workspace,
        hosting=find_modules(given.modules, Path.cwd()),
        register="always" if given.dev else "once" if given.register else "never",
        concurrency=concurrency,
        tags=given.tag,
        name=(given.name or socket.gethostname())[:100],
        pool=given.pool or None,
        start_method=given.start_method,
        say=say,
    )


def say(text: str) -> None:
    """A line for the person at the terminal."""
    print(f"{time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)


async def _serve(options: Options) -> int:
    worker = Worker(options)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        try:
            loop.add_signal_handler(number, worker.drain)
        except NotImplementedError:  # Windows
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(worker.drain))
    if options.register == "always":
        worker.spawn(_develop(worker, time.time_ns()))
    return await worker.run()


async def _develop(worker: Worker, since: int) -> None:
    files: List[str] = []

    def watched() -> List[str]:
        generation = worker.code.generation
        if generation is not None:
            files[:] = sorted({*files, *generation.loaded.files})
        return files

    async def changed(file: Path) -> None:
        worker.options.say(f"{file.name} has changed: loads it.")
        loaded = await worker.code.reload()
        files[:] = sorted({*files, *loaded.files})
        for fault in loaded.faults:
            worker.options.say(f"{fault['module']} cannot be loaded; the last good version goes on.\n{fault['message']}")

    await watch(watched, changed, since)
