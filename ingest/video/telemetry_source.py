"""Where a video's telemetry is: beside it, inside it, or in a log of the whole flight."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import av
from av.stream import Discard

from ingest.errors import TelemetryError, VideoError
from ingest.frame import Note
from ingest.telemetry.blocks import Block
from ingest.telemetry.dji_track import Sample, telemetry_of_samples
from ingest.telemetry.flight_log import FlightLog
from ingest.telemetry.reading import read_telemetry, telemetry_of_blocks
from ingest.telemetry.record import Telemetry
from ingest.video.clock import local_reading
from ingest.video.container import VideoFacts, opened

_TAG = re.compile(r"<[^<>]*>")
_MOST_BLOCKS = 1_000_000
_DJI_DATA, _SCHEMA_START, _SCHEMA_WITHIN = "djmd", b"dvtm_", 256
# Recordings of a log's rows, ten a second or one, begin and end by a second or so elsewhere; short
# ones are all alike.
_AS_LONG_S, _SHORTEST_TOLD_APART_S = 3.0, 8.0
_CLOCK_NEVER_SET = timedelta(days=60)
_TEXT_OR_DATA = ("data", "subtitle")


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
    for read in (_beside, _subtitles, _dji_track):
        try:
            telemetry = read(facts)
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


def telemetry_inside(facts: VideoFacts) -> Telemetry | None:
    """The telemetry inside a video, None where there is none; raises TelemetryError."""
    return _subtitles(facts) or _dji_track(facts)


@dataclass(frozen=True)
class MatchedLog:
    """The flight log that was running during a video: when the video began by the log's clock.

    `ahead` is how much that clock is ahead of UTC; `notes` say by what else than time it was found.
    """

    log: FlightLog
    began: datetime
    ahead: timedelta = timedelta()
    notes: tuple[Note, ...] = ()


def log_for(
    logs: Sequence[FlightLog], created: datetime | None, zone: ZoneInfo, duration_s: float
) -> MatchedLog | None:
    """Find the flight log that was running during a video.

    By the video's creation time first: as UTC, which it should be, or the site's local time written
    as UTC; or a tracker may have written local time into the log. Where a log tells when the camera
    recorded, a recording as long as the video, within two minutes, decides the moment. Where the
    video tells no time, or one months away from the logs, as clocks do that were never set, the
    only recording as long as the video is it; a few days away it is another flight's video.
    """
    if created is not None:
        local = local_reading(created, zone)
        offset = created - local
        for start, ahead in (
            (created, timedelta()),
            (local, timedelta()),
            (created + offset, offset),
        ):
            log = next((log for log in logs if _ran_during(log, start, duration_s)), None)
            if log is not None:
                began = _recorded(log, start, duration_s) or start
                return MatchedLog(log, began, ahead, (_LOCAL_LOG,) if ahead else ())
    astray = [
        log for log in logs if created is None or abs(created - log.first_utc) > _CLOCK_NEVER_SET
    ]
    return _only_recording(astray, duration_s)


_LOCAL_LOG = Note(
    "log_local", "the flight log's times are the site's local time, called UTC; they were put right"
)


def _ran_during(log: FlightLog, start: datetime, duration_s: float) -> bool:
    lasted = timedelta(seconds=duration_s)
    return min(log.last_utc, start + lasted) - max(log.first_utc, start) >= lasted / 2


def _only_recording(logs: Sequence[FlightLog], duration_s: float) -> MatchedLog | None:
    if duration_s < _SHORTEST_TOLD_APART_S:
        return None
    alike = [
        (log, first)
        for log in logs
        for first, last in log.recordings
        if abs((last - first).total_seconds() - duration_s) <= _AS_LONG_S
    ]
    if len(alike) != 1:
        return None
    log, first = alike[0]
    text = (
        f"the video's clock fits no flight log; {log.path.name} has one recording as long, at "
        f"{first:%H:%M:%S} UTC, and the video was taken for that"
    )
    return MatchedLog(log, first, notes=(Note("clock_from_recording", text),))


def without_telemetry(facts: VideoFacts, notes: Sequence[Note]) -> VideoError:
    """Why a video without telemetry is refused, and what its file holds instead."""
    tried = "".join(f"; {note.text}" for note in notes)
    return VideoError(
        "no_telemetry",
        f"nothing tells where the drone was: there is no {facts.path.stem}.SRT beside the video, "
        f"no subtitle track inside, and no flight log of its time{tried}",
    )


def _recorded(log: FlightLog, start: datetime, duration_s: float) -> datetime | None:
    near = [
        first
        for first, last in log.recordings
        if abs((last - first).total_seconds() - duration_s) <= _AS_LONG_S
        and abs(first - start) <= timedelta(minutes=2)
    ]
    return min(near, key=lambda first: abs(first - start), default=None)


def _beside(facts: VideoFacts) -> Telemetry | None:
    path = sidecar_of(facts.path)
    return read_telemetry(path) if path else None


def _dji_track(facts: VideoFacts) -> Telemetry | None:
    """The data track in which DJI's newer drones write for themselves."""
    if _DJI_DATA not in facts.tracks:
        return None
    with opened(facts.path) as container:
        return telemetry_of_samples(_samples(container))


def _samples(container: av.container.InputContainer) -> Iterator[Sample]:
    """The samples of the track that names a schema of DJI's; of none where none does."""
    wanted: int | None = None
    passed = set[int]()
    for packet in _packets(container, [s for s in container.streams if s.type in _TEXT_OR_DATA]):
        data, index = bytes(packet), packet.stream.index
        if packet.pts is None or not data or index in passed:
            continue
        if wanted is None and _SCHEMA_START in data[:_SCHEMA_WITHIN]:
            wanted = index
        if index != wanted:
            passed.add(index)
            continue
        tick_s = float(packet.time_base or 1)
        yield packet.pts * tick_s, (packet.duration or 0) * tick_s, data


def _subtitles(facts: VideoFacts) -> Telemetry | None:
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
    for packet in _packets(container, [stream]):
        data = bytes(packet)
        if packed:  # 3GPP TS 26.245: two bytes of length, the text, then styles
            data = data[2 : 2 + int.from_bytes(data[:2], "big")]
        if packet.pts is None or not data.strip() or number >= _MOST_BLOCKS:
            continue
        number += 1
        start_s = packet.pts * tick_s
        text = _TAG.sub("", data.decode(errors="replace"))
        yield Block(number, number, (start_s, start_s + (packet.duration or 0) * tick_s), text)


def _packets(
    container: av.container.InputContainer, wanted: Sequence[av.stream.Stream]
) -> Iterator["av.Packet[av.stream.Stream]"]:
    """The packets of some streams; those of the others, gigabytes of pictures, are not read."""
    for stream in container.streams:
        stream.discard = Discard.default if stream in wanted else Discard.all
    yield from container.demux(list(wanted))
