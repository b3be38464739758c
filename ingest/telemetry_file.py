"""A file that tells where a drone was, of whichever kind: subtitles, a flight log, or a video."""

from pathlib import Path

from ingest.errors import TelemetryError, VideoError
from ingest.telemetry.flight_log import is_flight_log, read_flight_log
from ingest.telemetry.reading import read_telemetry
from ingest.telemetry.record import Telemetry
from ingest.video.container import is_video, read_facts
from ingest.video.telemetry_source import telemetry_inside

_TABLE = ".csv"


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
