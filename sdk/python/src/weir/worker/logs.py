"""Log lines on their way to the engine: a window of what may be under way, and secrets masked."""

from __future__ import annotations

import codecs
import time
from collections import deque
from typing import Any, Deque, Iterable, Iterator, List, Optional, Set, Tuple

from ..large import dump, quoted

Line = Tuple[int, str, str, Optional[Any]]
#: Moment in ms, name, value, x
Value = List[Any]

#: Log text of an execution that may be under way without the engine's `logged`.
WINDOW_BYTES = 1024 * 1024
#: Measured values that may be under way.
WINDOW_VALUES = 20_000
#: Lines or values of one message.
MAX_LINES = 5000
#: Text of one message.
MESSAGE_BYTES = 256 * 1024
MASK = "***"
_OUTPUT = ("stdout", "stderr")


class LogWindow:
    """Lines and measured values of one execution: those that wait, and those that the engine has not confirmed.

    What was not confirmed when a connection broke is sent again. Each message says how far all had come before it, so that the
    engine leaves out what it has. When the window is full, the process has to wait: nothing is ever dropped.
    """

    def __init__(self, token: str) -> None:
        self._head = f'"token":{quoted(token)}'
        self._lines: Deque[Tuple[Line, int]] = deque()
        #: Messages that are under way: lines with their bytes, bytes of all
        self._sent: Deque[Tuple[List[Tuple[Line, int]], int]] = deque()
        self._sent_bytes = 0
        self._confirmed = 0
        self._values: Deque[Value] = deque()
        self._sent_values: Deque[Value] = deque()
        #: How far lines and values that were sent have come
        self._place = self._values_place = 0
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
            self._lines.append(((at, stream, shown, fields), size))

    def add_values(self, values: Iterable[Value]) -> None:
        """Takes measured values."""
        self._values.extend(values)

    def messages(self) -> Iterator[str]:
        """Messages, as JSON, that may be sent now; none when the window is full or nothing waits."""
        while True:
            place, lines = self._place, self._take()
            if not lines:
                break
            yield f'{{"type":"log",{self._head},"from":{place},"lines":{dump(lines)}}}'
        while self._values and len(self._sent_values) < WINDOW_VALUES:
            count = min(len(self._values), MAX_LINES, WINDOW_VALUES - len(self._sent_values))
            values = [self._values.popleft() for _ in range(count)]
            self._sent_values.extend(values)
            yield f'{{"type":"metric",{self._head},"from":{self._values_place},"values":{dump(values)}}}'
            self._values_place += count

    def _take(self) -> List[Line]:
        out: List[Tuple[Line, int]] = []
        size = 0
        while self._lines and len(out) < MAX_LINES and size < MESSAGE_BYTES:
            _, length = self._lines[0]
            if self._sent_bytes > 0 and self._sent_bytes + length > WINDOW_BYTES:
                break
            out.append(self._lines.popleft())
            self._sent_bytes += length
            self._place += _length(out[-1])
            size += length
        if out:
            self._sent.append((out, size))
        return [line for line, _ in out]

    def confirm(self, size: int, values: int = 0) -> None:
        """The engine has written so many bytes of lines, and so many values."""
        for _ in range(min(values, len(self._sent_values))):
            self._sent_values.popleft()
        if values:
            return
        self._confirmed += size
        # A message without text is confirmed by an answer of its own.
        while self._sent and self._sent[0][1] <= self._confirmed and (self._confirmed > 0 or size == 0):
            _, length = self._sent.popleft()
            self._confirmed -= length
            self._sent_bytes -= length
            if length == 0:
                break
        if not self._sent:
            self._confirmed = 0

    def rewind(self) -> None:
        """The connection broke: what was not confirmed waits again."""
        for lines, _ in reversed(self._sent):
            self._lines.extendleft(reversed(lines))
            self._place -= sum(_length(line) for line in lines)
        self._values_place -= len(self._sent_values)
        self._values.extendleft(reversed(self._sent_values))
        self._sent.clear()
        self._sent_values.clear()
        self._sent_bytes = self._confirmed = 0

    @property
    def is_full(self) -> bool:
        """Whether something waits for room: the process is not read from meanwhile, and blocks when it writes on."""
        return bool(self._lines or self._values)

    @property
    def is_confirmed(self) -> bool:
        """Whether the engine has written all that was sent."""
        return not self._sent and not self._sent_values


def _length(sized: Tuple[Line, int]) -> int:
    """How far a line leads: the bytes of output, 1 for a line with fields."""
    (_, stream, _, _), size = sized
    return size if stream in _OUTPUT else 1


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


class Tail:
    """Lines, values and files of an execution that has ended."""

    has_window = True

    def __init__(self, window: LogWindow, assets: List[str]) -> None:
        self.window = window
        self._assets = assets

    def texts(self) -> Iterator[str]:
        """What is to be said again."""
        yield from self._assets
        yield from self.window.messages()
