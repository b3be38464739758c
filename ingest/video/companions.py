"""Which files of a flight are videos, and which only tell where videos were taken."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from ingest.errors import TelemetryError
from ingest.telemetry.flight_log import FlightLog, is_flight_log, read_flight_log
from ingest.video.container import is_video

_MOST_LOGS = 100  # of one folder; reading thousands of tables would take longer than the videos


@dataclass(frozen=True)
class VideoFiles:
    """The videos among a flight's files, the flight logs for them, and telemetry without one."""

    paths: frozenset[Path] = frozenset()
    logs: tuple[FlightLog, ...] = ()
    lonely: frozenset[Path] = frozenset()


def companions(files: Sequence[Path]) -> tuple[VideoFiles, frozenset[Path]]:
    """Tell videos and what belongs to them from the other files, which are returned beside.

    Flight logs count when they are among the files, or lie in a folder of a video.
    """
    videos = frozenset(path for path in files if is_video(path))
    subtitles = {path for path in files if path.suffix.casefold() == ".srt"}
    stems = {(path.parent, path.stem.casefold()) for path in videos}
    lonely = frozenset(p for p in subtitles if (p.parent, p.stem.casefold()) not in stems)
    tracks = {path for path in files if is_flight_log(path)}
    logs = _read_logs([*tracks, *_beside(videos)]) if videos else ()
    others = frozenset(path for path in files if path not in videos | subtitles | tracks)
    return VideoFiles(videos, logs, lonely), others


def _beside(videos: Iterable[Path]) -> list[Path]:
    found: list[Path] = []
    for folder in sorted({path.parent for path in videos}):
        try:
            found += [path for path in sorted(folder.iterdir()) if is_flight_log(path)]
        except OSError:  # a folder that may not be listed holds no logs for us; its videos remain
            continue
    return found


def _read_logs(paths: Iterable[Path]) -> tuple[FlightLog, ...]:
    logs = []
    for path in list(dict.fromkeys(paths))[:_MOST_LOGS]:
        try:
            logs.append(read_flight_log(path))
        except TelemetryError:  # a video without any other is refused, and says what was missing
            continue
    return tuple(logs)
