"""A telemetry file becomes Telemetry, or is refused."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path

from ingest.errors import TelemetryError
from ingest.frame import Note
from ingest.telemetry.autel import AUTEL
from ingest.telemetry.barometer import MATRICE_300, MAVIC_PRO, OLD_FIRMWARE
from ingest.telemetry.blocks import Block, read_blocks
from ingest.telemetry.bracketed import AIR_2, MAVIC_2, MAVIC_3, MAVIC_AIR
from ingest.telemetry.camera_line import MAVIC_MINI, PHANTOM_4_RTK
from ingest.telemetry.continuity import continuity_notes
from ingest.telemetry.dialect import Dialect
from ingest.telemetry.lines import telemetry_lines
from ingest.telemetry.record import Moment, Telemetry, TelemetryRecord

DIALECTS: tuple[Dialect, ...] = (
    OLD_FIRMWARE,
    MAVIC_PRO,
    MATRICE_300,
    MAVIC_MINI,
    PHANTOM_4_RTK,
    MAVIC_AIR,
    MAVIC_2,
    AIR_2,
    MAVIC_3,
    AUTEL,
)
# Blocks tried before a file is given up as written by something else: a few may be damaged.
_BLOCKS_TO_RECOGNISE = 50


def read_telemetry(path: Path) -> Telemetry:
    """Read a telemetry subtitle file (SRT) of any dialect in DIALECTS.

    The dialect is told by the first block that carries a signature, never by the file's name; where
    two videos' files were joined, each part is read in its own. A damaged block costs that block at
    most, and a warning counts it. Raises TelemetryError, with the line that decided, when nothing
    is usable: codes of `telemetry_lines`, `no_block`, `unknown_dialect`, `nothing_usable`.
    """
    return telemetry_of_blocks(read_blocks(telemetry_lines(path)))


def telemetry_of_blocks(blocks: Iterable[Block]) -> Telemetry:
    """Read blocks, wherever they lay; raises TelemetryError as `read_telemetry`."""
    reader = _Reader()
    for block in blocks:
        reader.take(block)
    return reader.telemetry()


class _Reader:
    """Collects the records of one file, block by block."""

    def __init__(self) -> None:
        self._dialect: Dialect | None = None
        self._first_dialect: Dialect | None = None
        self._first_joint: Note | None = None
        self._unrecognised: list[Block] = []
        self._damaged_lines: list[int] = []
        self._first_clock: datetime | None = None
        self._has_cues = False
        self._records: list[TelemetryRecord] = []
        self._blocks = 0

    def take(self, block: Block) -> None:
        """Read one block; raises TelemetryError once the file is plainly no telemetry."""
        self._blocks += 1
        self._has_cues = self._has_cues or block.span_s is not None
        self._choose_dialect(block)
        if self._dialect is None:
            self._unrecognised.append(block)
            if len(self._unrecognised) == _BLOCKS_TO_RECOGNISE:
                raise self._refusal()
            return
        moment = self._moment(block)
        record = None if moment is None else self._dialect.read(moment, block.text)
        if record is None or record.is_blank:
            self._damaged_lines.append(block.line)
        else:
            self._records.append(record)

    def telemetry(self) -> Telemetry:
        """What was collected; raises TelemetryError when that is nothing."""
        if self._first_dialect is None or not self._records:
            raise self._refusal()
        records = tuple(self._records)
        return Telemetry(
            dialect=self._first_dialect.name,
            records=records,
            warnings=(*self._reading_notes(), *continuity_notes(records)),
        )

    def _choose_dialect(self, block: Block) -> None:
        """Keep to the dialect at hand unless the block carries the signature of another."""
        if self._dialect is not None and self._dialect.claims(block.text):
            return
        claimed = next((d for d in DIALECTS if d.claims(block.text)), None)
        if claimed is None:
            return
        if self._dialect is not None and self._first_joint is None:
            self._first_joint = Note(
                "mixed_dialects",
                f"from line {block.line} on the file is written in {claimed.name}, not "
                f"{self._dialect.name}: files of several videos were joined",
            )
        self._dialect = claimed
        self._first_dialect = self._first_dialect or claimed

    def _moment(self, block: Block) -> Moment | None:
        """When a block is; None where its cue was lost. Without any cues the clock tells."""
        taken = block.taken_at_local
        if block.span_s is not None:
            return Moment(block.line, block.number, *block.span_s, taken)
        if self._has_cues or taken is None:
            return None
        self._first_clock = self._first_clock or taken
        start_s = (taken - self._first_clock).total_seconds()
        return Moment(block.line, block.number, start_s, start_s, taken)

    def _reading_notes(self) -> Iterator[Note]:
        if self._first_joint is not None:
            yield self._first_joint
        lost = sorted([block.line for block in self._unrecognised] + self._damaged_lines)
        if lost:
            yield Note(
                "damaged_block",
                f"{len(lost)} of {self._blocks} blocks were damaged and left out "
                f"(first: line {lost[0]})",
            )
        if not self._has_cues:
            yield Note(
                "no_video_times",
                "blocks tell no video times; seconds are counted from the first block's clock",
            )

    def _refusal(self) -> TelemetryError:
        if self._dialect is not None:
            return TelemetryError(
                "nothing_usable",
                f"written as {self._dialect.name}, but none of {self._blocks} blocks has both a "
                "video time (00:00:00,000 --> 00:00:01,000) and readable values; copy the file "
                "from the drone's card again",
                line=self._damaged_lines[0],
            )
        text = next((block for block in self._unrecognised if block.text.strip()), None)
        if text is None:
            return TelemetryError(
                "no_block",
                "expected blocks of a number, a video time (00:00:00,000 --> 00:00:01,000) and a "
                "line of telemetry, but no telemetry follows; copy the file from the drone's card "
                "again",
                line=self._unrecognised[0].line if self._unrecognised else 1,
            )
        beginning = text.text.strip().splitlines()[0][:60]
        return TelemetryError(
            "unknown_dialect",
            "expected telemetry of a DJI or Autel drone, such as "
            '"GPS(99.4012,7.2534,15) BAROMETER:40.1" '
            f'or "[latitude: 7.253400] [longitude: 99.401200]"; got {beginning!r}: send the .SRT '
            "file that lies beside the video on the drone's card",
            line=text.line,
        )
