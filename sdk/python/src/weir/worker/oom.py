"""Whether a process was ended because memory ran out."""

from __future__ import annotations

import signal
from pathlib import Path
from typing import Optional

#: A process that was killed and had used this share of its limit most probably hit it.
SHARE = 0.8


class _Seen:
    """Kills by the kernel that were counted before."""

    count: Optional[int] = None


def kills_so_far() -> Optional[int]:
    """How many processes the kernel has killed for want of memory, here and in this control group; None when it does not say."""
    found = [_number_in(Path("/proc/vmstat"), "oom_kill")]
    group = _own_group()
    if group is not None:
        found.append(_number_in(group / "memory.events", "oom_kill"))
    known = [count for count in found if count is not None]
    return sum(known) if known else None


def watch() -> None:
    """Takes the count of now as the one from which kills are new."""
    _Seen.count = kills_so_far()


def was_out_of_memory(status: Optional[int], peak: int) -> bool:
    """Whether a process that ended was killed for want of memory.

    Args:
        status: Its wait status; None when nobody knows it.
        peak: Its highest resident memory in bytes; 0 when nobody knows it.
    """
    if status is None or status & 0x7F != getattr(signal, "SIGKILL", 9):
        return False
    before, now = _Seen.count, kills_so_far()
    _Seen.count = now
    if before is not None and now is not None and now > before:
        return True
    limit = memory_limit()
    return limit is not None and peak >= SHARE * limit


def memory_limit() -> Optional[int]:
    """Bytes that processes here may use: of the control group, else of the machine."""
    group = _own_group()
    if group is not None:
        try:
            text = (group / "memory.max").read_text("ascii").strip()
            if text != "max":
                return int(text)
        except (OSError, ValueError):
            pass  # the machine's is the next best
    total = _number_in(Path("/proc/meminfo"), "MemTotal:")
    return None if total is None else total * 1024


def _own_group() -> Optional[Path]:
    try:
        for line in Path("/proc/self/cgroup").read_text("ascii").splitlines():
            if line.startswith("0::"):
                return Path("/sys/fs/cgroup", line[3:].lstrip("/"))
    except OSError:
        return None  # not Linux
    return None


def _number_in(path: Path, name: str) -> Optional[int]:
    try:
        for line in path.read_text("ascii").splitlines():
            parts = line.split()
            if parts and parts[0] == name:
                return int(parts[1])
    except (OSError, ValueError, IndexError):
        return None  # not there, or not readable
    return None
