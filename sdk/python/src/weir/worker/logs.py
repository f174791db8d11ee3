"""Log lines on their way to the engine: a window of what may be under way, and secrets masked."""

from __future__ import annotations

import codecs
import time
from collections import deque
from typing import Any, Deque, Iterable, List, Optional, Set, Tuple

Line = Tuple[int, str, str, Optional[Any]]

#: Log text of an execution that may be under way without the engine's `logged`.
WINDOW_BYTES = 1024 * 1024
#: Lines of one message.
MAX_LINES = 5000
#: Text of one message.
MESSAGE_BYTES = 256 * 1024
MASK = "***"


class LogWindow:
    """Lines of one execution: those that wait, and those that the engine has not confirmed.

    What was not confirmed when a connection broke is sent again.
    """

    def __init__(self) -> None:
        self._waiting: Deque[Tuple[Line, int]] = deque()
        self._sent: Deque[Tuple[Line, int]] = deque()
        self._sent_bytes = 0
        self._confirmed = 0
        self._secrets: Set[str] = set()

    def hide(self, secret: str) -> None:
        """Masks a text in all lines from now on."""
        if len(secret) >= 4:  # shorter ones stand in every other word
            self._secrets.add(secret)

    def masked(self, text: str) -> str:
        """A text without secrets."""
        for secret in self._secrets:
            if secret in text:
                text = text.replace(secret, MASK)
        return text

    @property
    def has_secrets(self) -> bool:
        """Whether lines are to be looked at as a whole."""
        return bool(self._secrets)

    def add(self, lines: Iterable[Line]) -> None:
        """Takes lines."""
        for at, stream, text, fields in lines:
            shown = self.masked(text) if self._secrets else text
            size = len(shown) if shown.isascii() else len(shown.encode("utf-8", "replace"))
            self._waiting.append(((at, stream, shown, fields), size))

    def take(self) -> List[Line]:
        """Lines that may be sent now in one message; none when the window is full or nothing waits."""
        out: List[Line] = []
        size = 0
        while self._waiting and len(out) < MAX_LINES and size < MESSAGE_BYTES:
            line, length = self._waiting[0]
            if self._sent_bytes > 0 and self._sent_bytes + length > WINDOW_BYTES:
                break
            self._waiting.popleft()
            self._sent.append((line, length))
            self._sent_bytes += length
            size += length
            out.append(line)
        return out

    def confirm(self, size: int) -> None:
        """The engine has taken so many bytes."""
        self._confirmed += size
        while self._sent and self._sent[0][1] <= self._confirmed:
            _, length = self._sent.popleft()
            self._confirmed -= length
            self._sent_bytes -= length
        if not self._sent:
            self._confirmed = 0

    def rewind(self) -> None:
        """The connection broke: what was not confirmed waits again."""
        self._waiting.extendleft(reversed(self._sent))
        self._sent.clear()
        self._sent_bytes = self._confirmed = 0

    @property
    def is_full(self) -> bool:
        """Whether lines wait for room: the process is not read from meanwhile, and blocks when it writes on."""
        return bool(self._waiting)


class OutputText:
    """Bytes of one stream as text; characters that come in two pieces are put together."""

    def __init__(self, stream: str) -> None:
        self.stream = stream
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._held = ""

    def lines(self, data: bytes, by_line: bool, is_last: bool = False) -> List[Line]:
        """Log lines for what came.

        Args:
            data: Bytes of the stream.
            by_line: Whether the beginning of a line is held back until its end is there, so that secrets in it are seen.
            is_last: Whether nothing follows.
        """
        text = self._held + self._decoder.decode(data, is_last)
        self._held = ""
        if by_line and not is_last:
            text, end, rest = text.rpartition("\n")
            text += end
            self._held = rest
        return [(time.time_ns() // 1_000_000, self.stream, text, None)] if text else []
