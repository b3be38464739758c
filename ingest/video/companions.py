"""Which files of a flight are videos, and which only tell where videos were taken."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ingest.errors import TelemetryError
from ingest.telemetry.flight_log import (
    FlightLog,
    is_broken_log,
    is_flight_log,
    read_flight_log,
)
from ingest.video.container import is_video

_MOST_LOGS = 100  # of one folder; reading thousands of tables would take longer than the videos


@dataclass(frozen=True)
class VideoFiles:
    """The videos among a flight's files, the flight logs for them, and telemetry without one.

    `broken` are the flight logs that cannot be read, with why.
    """

    paths: frozenset[Path] = frozenset()
    logs: tuple[FlightLog, ...] = ()
    lonely: frozenset[Path] = frozenset()
    broken: Mapping[Path, TelemetryError] = field(default_factory=dict)


def companions(files: Sequence[Path]) -> tuple[VideoFiles, frozenset[Path]]:
    """Tell videos and what belongs to them from the other files, which are returned beside.

    Flight logs count when they are among the files, or lie in a folder of a video.
    """
    videos = frozenset(path for path in files if is_video(path))
    subtitles = {path for path in files if path.suffix.casefold() == ".srt"}
    stems = {(path.parent, path.stem.casefold()) for path in videos}
    lonely = frozenset(p for p in subtitles if (p.parent, p.stem.casefold()) not in stems)
    tracks = {path for path in files if is_flight_log(path)}
    beside = _beside(videos) if videos else []
    logs, broken = _read_logs([*sorted(tracks), *beside] if videos else [])
    others = frozenset(path for path in files if path not in videos | subtitles | tracks)
    return VideoFiles(videos, logs, lonely, broken), others


def _beside(videos: Iterable[Path]) -> list[Path]:
    found: list[Path] = []
    for folder in sorted({path.parent for path in videos}):
        try:
            beside = sorted(path for path in folder.iterdir() if path.is_file())
        except OSError:  # a folder that may not be listed holds no logs for us; its videos remain
            continue
        found += [path for path in beside if is_flight_log(path) or is_broken_log(path)]
    return found


def _read_logs(
    paths: Iterable[Path],
) -> tuple[tuple[FlightLog, ...], dict[Path, TelemetryError]]:
    logs: list[FlightLog] = []
    broken: dict[Path, TelemetryError] = {}
    for path in dict.fromkeys(paths):
        if len(logs) >= _MOST_LOGS:
            broken[path] = TelemetryError(
                "too_many", f"only {_MOST_LOGS} flight logs of one flight are read"
            )
            continue
        try:
            logs.append(read_flight_log(path))
        except TelemetryError as error:
            broken[path] = error
    return tuple(logs), broken
