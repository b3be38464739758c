"""A video becomes Frames: sampled by what is seen, each with its place, time and camera."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from ingest.camera import CameraIntrinsics
from ingest.errors import PhotoError, VideoError
from ingest.frame import Frame, Note, VideoMoment
from ingest.photo import sha256_of, with_pose
from ingest.pose import CameraPose
from ingest.projection import SeaView
from ingest.site_reference import SiteReference
from ingest.telemetry.flight_log import FlightLog
from ingest.telemetry.record import TelemetryRecord
from ingest.tide_height import at_tide
from ingest.video.clock import resolve_start
from ingest.video.container import VideoFacts, read_facts
from ingest.video.flight_path import FlightPath
from ingest.video.pose import camera_at, pose_at
from ingest.video.sampling import Sight, plan_samples
from ingest.video.stills import Still, take_stills
from ingest.video.telemetry_source import log_for, own_telemetry, without_telemetry
from ingest.video.time_base import TimeMap, clock_of, video_time_of_cues

_SIGHTS_PER_S = 5
_MOST_SIGHTS = 60_000  # over three hours; a broken duration asks for more
# What the detector still looks at; ground farther out is no reason to look again.
_COARSEST_GSD_CM = 10.0
# Cues and pictures of one recorder are a block apart at most; a log and a file's creation time,
# two.
_CUE_SIGMA_S, _LOG_SIGMA_S = 0.1, 1.0

_HORIZON_NOTE = Note(
    "looks_at_horizon",
    "the middle of the picture is at or above the horizon; only what is below it can be placed",
)


@dataclass(frozen=True)
class _Flown:
    """A video's way in seconds of the video, and its clock."""

    path: FlightPath
    dialect: str
    time_sigma_s: float
    utc: Callable[[float], datetime]
    notes: tuple[Note, ...]


def read_video(
    path: Path,
    site: SiteReference,
    work_folder: Path,
    *,
    logs: Sequence[FlightLog] = (),
    sha256: str | None = None,
    on_progress: Callable[[int, int], None] | None = None,
) -> tuple[Frame, ...]:
    """Sample a video into Frames, whose pictures are written as JPEG into `work_folder`.

    The telemetry is that of the SRT file beside it, else of a subtitle track inside, else of the
    flight log of its time. What a user should know of the video as a whole stands on the first
    frame. Raises VideoError, whose code says what is wrong, or PhotoError; see
    `ingest.refusal.REMEDIES`. `on_progress` is told (stills taken, stills in all).
    """
    facts = read_facts(path)
    video_sha256 = sha256 or sha256_of(path)
    flown = _flown(facts, site, logs)
    sights = list(_sights(facts, flown, site))
    moments = plan_samples(sights)
    if not moments:
        raise VideoError(
            "no_place",
            "no moment of the video has a place, a height above the sea and the sea in view",
        )
    stills = take_stills(facts, video_sha256, moments, work_folder, on_progress)
    frames = tuple(
        frame
        for still in stills
        if (frame := _frame(still, facts, flown, site, video_sha256)) is not None
    )
    if not frames:
        raise VideoError("video_damaged", "no picture of the video can be decoded")
    lost = len(moments) - len(frames)
    missing = (
        (Note("stills_missing", f"{lost} of {len(moments)} pictures could not be decoded"),)
        if lost > max(1, len(moments) // 10)
        else ()
    )
    told = replace(frames[0], warnings=frames[0].warnings + flown.notes + missing)
    return told, *frames[1:]


def _flown(facts: VideoFacts, site: SiteReference, logs: Sequence[FlightLog]) -> _Flown:
    found, tried = own_telemetry(facts)
    if found is None:
        return _flown_by_log(facts, site, logs, tried)
    records = found.telemetry.records
    cue_s, cue_notes = video_time_of_cues(records, facts)
    path = FlightPath(records, lambda record: cue_s(record.start_s))
    clock = clock_of(records, cue_s)
    at_first = None
    if clock is not None:
        at_first = datetime(1970, 1, 1) + timedelta(seconds=clock[0](0.0))  # noqa: DTZ001 - naive
    start = resolve_start(
        at_first, clock[1] if clock else 0.0, facts.created, facts.duration_s,
        site.timezone, path.first_position,
    )  # fmt: skip
    return _Flown(
        path,
        found.telemetry.dialect,
        _CUE_SIGMA_S,
        _utc_map(start.utc, None if clock is None else clock[0]),
        found.notes + found.telemetry.warnings + cue_notes + start.notes + _path_notes(path),
    )


def _flown_by_log(
    facts: VideoFacts, site: SiteReference, logs: Sequence[FlightLog], tried: tuple[Note, ...]
) -> _Flown:
    found = log_for(logs, facts.created, site.timezone, facts.duration_s)
    if found is None:
        raise without_telemetry(facts, tried)
    log, began = found.log, found.began

    def video_s(record: TelemetryRecord) -> float:
        return log.first_utc.timestamp() + record.start_s - began.timestamp()

    path = FlightPath(log.records, video_s)
    note = Note(
        "placed_by_log",
        f"placed by the flight log {log.path.name} ({log.kind}), by time; the video's clock is "
        f"good to about {_LOG_SIGMA_S:g} s",
    )
    return _Flown(
        path,
        log.kind,
        _LOG_SIGMA_S,
        _utc_map(began - found.ahead, None),
        (*tried, note, *found.notes, *_path_notes(path)),
    )


def _utc_map(start: datetime, clock_s: TimeMap | None) -> Callable[[float], datetime]:
    """UTC of a second of the video; with a clock, as that runs and leaps."""

    def utc(time_s: float) -> datetime:
        since_s = time_s if clock_s is None else clock_s(time_s) - clock_s(0.0)
        return (start + timedelta(seconds=since_s)).astimezone(UTC)

    return utc


def _path_notes(path: FlightPath) -> tuple[Note, ...]:
    if not path.false_fixes:
        return ()
    text = f"{path.false_fixes} positions too far off to be reached were left out"
    return (Note("false_positions", text),)


def _sights(facts: VideoFacts, flown: _Flown, site: SiteReference) -> Iterator[Sight]:
    """What is in view, five times a second, where the way is known."""
    count = min(int(facts.duration_s * _SIGHTS_PER_S) + 1, _MOST_SIGHTS)
    for number in range(count):
        time_s = number / _SIGHTS_PER_S
        if time_s > facts.duration_s - 0.5 / facts.frame_rate:
            return
        known = _camera_and_pose(time_s, facts, flown, site)
        if known is not None:
            view = SeaView(known[0], known[1])
            footprint = view.footprint(coarsest_gsd_cm=_COARSEST_GSD_CM) or view.footprint()
            yield Sight(time_s, footprint)


def _camera_and_pose(
    time_s: float, facts: VideoFacts, flown: _Flown, site: SiteReference
) -> tuple[CameraIntrinsics, CameraPose, tuple[Note, ...]] | None:
    """Lens and pose at a second of the video; None where the way or the height is not known."""
    moment = flown.path.at(time_s)
    if moment is None:
        return None
    try:
        posed = pose_at(moment, site, time_sigma_s=flown.time_sigma_s)
    except (VideoError, PhotoError):
        return None
    camera, notes = camera_at(moment, facts, flown.dialect)
    pose, tide_notes = at_tide(posed.pose, flown.utc(time_s), site)
    return camera, pose, (*posed.notes, *notes, *tide_notes)


def _frame(
    still: Still, facts: VideoFacts, flown: _Flown, site: SiteReference, video_sha256: str
) -> Frame | None:
    turned = replace(facts, width_px=still.width_px, height_px=still.height_px)
    known = _camera_and_pose(still.offset_s, turned, flown, site)
    if known is None:
        return None
    camera, pose, notes = known
    frame = Frame(
        path=still.path,
        sha256=still.sha256,
        width_px=still.width_px,
        height_px=still.height_px,
        taken_at_utc=flown.utc(still.offset_s),
        camera=camera,
        pose=pose,
        gsd_cm=None,
        footprint=None,
        error_m=None,
        warnings=notes,
        video=VideoMoment(facts.path, video_sha256, still.offset_s),
    )
    frame = with_pose(frame, pose)
    if frame.gsd_cm is None:
        return replace(frame, warnings=(*notes, _HORIZON_NOTE))
    return frame
