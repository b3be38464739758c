"""A file that tells where a drone was, of whichever kind: subtitles, a flight log, or a video."""

from collections.abc import Iterable
from pathlib import Path

from ingest.errors import TelemetryError, VideoError
from ingest.sent_files import each_once
from ingest.telemetry.flight_log import is_broken_log, is_flight_log, read_flight_log
from ingest.telemetry.reading import read_telemetry
from ingest.telemetry.record import Telemetry
from ingest.video.container import is_video, read_facts
from ingest.video.telemetry_source import telemetry_inside

_TABLE = ".csv"
_SUBTITLES = ".srt"


def telemetry_paths(paths: Iterable[Path]) -> tuple[Path, ...]:
    """Return the files to try, each once: as given, and in folders those that may tell places.

    These are subtitles, flight logs also where they cannot be read, and videos; a video with
    subtitles of its name beside it is passed over, since those would be taken in its place.
    """
    found = each_once(paths, _may_tell_places)
    named = set(paths)
    subtitled = {(path.parent, path.stem.casefold()) for path in found if _is_subtitles(path)}
    return tuple(
        path
        for path in found
        if path in named
        or _is_subtitles(path)
        or (path.parent, path.stem.casefold()) not in subtitled
        or not is_video(path)
    )


def _may_tell_places(path: Path) -> bool:
    return _is_subtitles(path) or is_flight_log(path) or is_broken_log(path) or is_video(path)


def _is_subtitles(path: Path) -> bool:
    return path.suffix.casefold() == _SUBTITLES


def read_telemetry_file(path: Path) -> Telemetry:
    """Read an SRT file, a flight log (GPX, CSV of Airdata or Litchi), or what a video holds inside.

    The kind is told by the content, of logs by the name's ending, too. Raises TelemetryError, with
    the codes of those readers, and `no_telemetry` for a video with none inside.
    """
    if is_video(path):
        return _inside(path)
    if is_flight_log(path) or path.suffix.casefold() == _TABLE:
        log = read_flight_log(path)
        return Telemetry(log.kind, log.records, log.notes)
    return read_telemetry(path)


def _inside(path: Path) -> Telemetry:
    try:
        found = telemetry_inside(read_facts(path))
    except VideoError as error:
        raise TelemetryError(error.code, str(error)) from error
    if found is None:
        raise TelemetryError(
            "no_telemetry",
            "the video holds no telemetry inside; name the .SRT file beside it or the flight log",
        )
    return found
