"""Which process this is, for an engine that sees the same processes: it knows then when the worker has ended."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Dict, Optional

#: Behind the name of the program in `/proc/self/stat`.
START_FIELD = 19


def own_process() -> Optional[Dict[str, str]]:
    """`space` (start of the machine, namespace of processes) and `start` of this process; None where the system does not tell."""
    if sys.platform != "linux":
        return None
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        # The program's name, in parentheses, may hold anything, so the fields are counted behind the last one.
        fields = Path("/proc/self/stat").read_text(encoding="latin-1").rpartition(") ")[2].split(" ")
        return {"space": f"{boot} {os.readlink('/proc/self/ns/pid')}", "start": fields[START_FIELD]}
    except OSError:
        return None  # no /proc here
