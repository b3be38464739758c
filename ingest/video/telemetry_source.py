"""Where a video's telemetry is: beside it, inside it, or in a log of the whole flight."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import av

from ingest.errors import TelemetryError, VideoError
from ingest.frame import Note
from ingest.telemetry.blocks import Block
from ingest.telemetry.flight_log import FlightLog
from ingest.telemetry.reading import read_telemetry, telemetry_of_blocks
from ingest.telemetry.record import Telemetry
from ingest.video.container import VideoFacts, opened

_TAG = re.compile(r"<[^<>]*>")
_MOST_BLOCKS = 1_000_000
_DJI_DATA = frozenset({"djmd", "dbgi"})


@dataclass(frozen=True)
class FoundTelemetry:
    """Telemetry of a video, in its own time, and what was tried in vain before."""

    telemetry: Telemetry
    notes: tuple[Note, ...]


def sidecar_of(video: Path) -> Path | None:
    """The SRT file of a video's name, in any case of letters, in the same folder."""
    try:
        beside = sorted(video.parent.iterdir())
    except OSError:
        return None
    for path in beside:
        same = path.stem.casefold() == video.stem.casefold()
        if same and path.suffix.casefold() == ".srt" and path.is_file():
            return path
    return None


def own_telemetry(facts: VideoFacts) -> tuple[FoundTelemetry | None, tuple[Note, ...]]:
    """The telemetry beside or inside a video that tells places; with why another was not used."""
    notes: list[Note] = []
    beside = sidecar_of(facts.path)
    for inside in (False, True):
        try:
            telemetry = _track(facts) if inside else read_telemetry(beside) if beside else None
        except TelemetryError as error:
            notes.append(Note("telemetry_unreadable", f"its telemetry cannot be read: {error}"))
            continue
        if telemetry is None:
            continue
        if any(record.position is not None for record in telemetry.records):
            return FoundTelemetry(telemetry, tuple(notes)), ()
        notes.append(
            Note(
                "telemetry_placeless",
                f"its telemetry ({telemetry.dialect}) tells no place: the drone had no GPS lock, "
                "or writes none",
            )
        )
    return None, tuple(notes)


def log_for(
    logs: Sequence[FlightLog], began: Sequence[datetime], duration_s: float
) -> tuple[FlightLog, datetime] | None:
    """The flight log that was running during a video, and when the video began by it.

    `began` are the readings of the video's own clock, likeliest first. Where a log tells when the
    camera recorded, a recording as long as the video within the hour decides the moment.
    """
    lasted = timedelta(seconds=duration_s)
    for start in began:
        for log in logs:
            overlap = min(log.last_utc, start + lasted) - max(log.first_utc, start)
            if overlap >= lasted / 2:
                return log, _recorded(log, start, duration_s) or start
    return None


def without_telemetry(facts: VideoFacts, notes: Sequence[Note]) -> VideoError:
    """Why a video without telemetry is refused, and what its file holds instead."""
    inside = ""
    if _DJI_DATA & set(facts.tracks):
        inside = (
            "; it holds DJI's own data track (djmd), whose coding is not published and differs by "
            "model, and which is not read"
        )
    tried = "".join(f"; {note.text}" for note in notes)
    return VideoError(
        "no_telemetry",
        f"nothing tells where the drone was: there is no {facts.path.stem}.SRT beside the video, "
        f"no subtitle track inside, and no flight log of its time{inside}{tried}",
    )


def _recorded(log: FlightLog, start: datetime, duration_s: float) -> datetime | None:
    near = [
        first
        for first, last in log.recordings
        if abs((last - first).total_seconds() - duration_s) <= 3.0
        and abs(first - start) <= timedelta(minutes=2)
    ]
    return min(near, key=lambda first: abs(first - start), default=None)


def _track(facts: VideoFacts) -> Telemetry | None:
    """Subtitles inside the file, which DJI's drones write in the words of its SRT files."""
    if not any(name in ("mov_text", "subrip", "text") for name in facts.tracks):
        return None
    with opened(facts.path) as container:
        return telemetry_of_blocks(_blocks(container))


def _blocks(container: av.container.InputContainer) -> Iterator[Block]:
    stream = container.streams.subtitles[0]
    tick_s = float(stream.time_base or 1)
    packed = stream.codec_context.name == "mov_text"
    number = 0
    for packet in container.demux(stream):
        data = bytes(packet)
        if packed:  # 3GPP TS 26.245: two bytes of length, the text, then styles
            data = data[2 : 2 + int.from_bytes(data[:2], "big")]
        if packet.pts is None or not data.strip() or number >= _MOST_BLOCKS:
            continue
        number += 1
        start_s = packet.pts * tick_s
        text = _TAG.sub("", data.decode(errors="replace"))
        yield Block(number, number, (start_s, start_s + (packet.duration or 0) * tick_s), text)
