"""Entry of an executor that was started as a fresh interpreter; see `spawned`."""

from __future__ import annotations

import json
import marshal
import os
import socket
import sys
from pathlib import Path
from typing import Dict

from ..engine import EnginePlace
from ..http import Http, HttpBlobs
from ..targets import AnyTarget
from . import framing
from .channel import Channel
from .executor import open_output, run_one
from .loading import Hosting, load


def main() -> None:
    """Loads the modules, says what they are, and runs one execution."""
    facts = json.loads(sys.stdin.buffer.read())
    open_output()
    connection = socket.create_connection(("127.0.0.1", facts["port"]))
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    connection.sendall(bytes.fromhex(facts["secret"]))
    loaded = load(Hosting(facts["root"], facts["paths"], facts["modules"]))
    channel = Channel(connection)
    channel.send(framing.LOADED, marshal.dumps((loaded.manifests, loaded.faults, loaded.notes, loaded.files)))
    folder = Path(facts["folder"])
    os.chdir(folder)
    blobs = HttpBlobs(Http(EnginePlace(*facts["engine"])), facts["project"], patient=True)
    targets: Dict[str, AnyTarget] = {}
    run_one(channel, facts["project"], blobs, folder, targets)
    os._exit(0)  # threads and handlers of user code do not hold it up


if __name__ == "__main__":
    main()
