"""The blocks of a subtitle file, whatever drone wrote them and however they were damaged.

A block is a number, a cue ("00:00:00,000 --> 00:00:01,000") and lines of text up to an empty line.
Real files leave out each of these: some have no cues at all, and the Matrice 300 with an H20T
camera writes an empty line and a lone "0" in the middle of a block.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain, pairwise

from ingest.telemetry.values import clock

_BLOCK_NUMBER = re.compile(r"\d{1,9}", re.ASCII)
# A Matrice 300 writes "00:00:59,000 --> 00:00:60,000", so seconds are not held below 60.
_TIME = r"(\d{1,3}):(\d\d):(\d\d)[,.](\d{3})"
_CUE = re.compile(rf"{_TIME}\s*-->\s*{_TIME}", re.ASCII)
_TAG = re.compile(r"<[^<>]*>")
_MAX_LINES = 40  # of text in a block; the longest real one has 9


@dataclass(frozen=True)
class Block:
    """One block as found: `line` is 1-based, `span_s` its cue in seconds, `text` has no tags."""

    line: int
    number: int | None
    span_s: tuple[float, float] | None
    text: str

    @property
    def taken_at_local(self) -> datetime | None:
        """The drone's clock, naive; all dialects that have one write it alike."""
        return clock(self.text)


@dataclass
class _OpenBlock:
    line: int
    number: int | None
    span_s: tuple[float, float] | None = None
    lines: list[str] = field(default_factory=list)

    def closed(self) -> Block:
        return Block(self.line, self.number, self.span_s, _TAG.sub("", "\n".join(self.lines)))


def read_blocks(lines: Iterable[tuple[int, str]]) -> Iterator[Block]:
    """Group numbered lines into blocks; text before the first block makes one of its own."""
    current: _OpenBlock | None = None
    last_number: int | None = None
    cues_seen = False
    for (line_number, line), (_, next_line) in pairwise(chain(lines, [(0, "")])):
        cue = _CUE.fullmatch(line)
        is_number = _BLOCK_NUMBER.fullmatch(line) is not None and (
            _CUE.fullmatch(next_line) is not None
            or not cues_seen
            or (last_number is not None and int(line) == last_number + 1)
        )
        if is_number or (cue and (current is None or current.span_s or current.lines)):
            if current is not None:
                yield current.closed()
            current = _OpenBlock(line_number, int(line) if is_number else None)
            last_number = current.number
        if is_number or not line:
            continue
        current = current or _OpenBlock(line_number, None)
        if cue:
            current.span_s = _span_s(cue)
            cues_seen = True
        elif len(current.lines) < _MAX_LINES:
            current.lines.append(line)
    if current is not None:
        yield current.closed()


def _span_s(cue: re.Match[str]) -> tuple[float, float]:
    hours, minutes, seconds, milliseconds, *end = map(int, cue.groups())
    return (
        hours * 3600 + minutes * 60 + seconds + milliseconds / 1000,
        end[0] * 3600 + end[1] * 60 + end[2] + end[3] / 1000,
    )
