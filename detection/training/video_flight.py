"""A rendered flight as a video, with the telemetry subtitles a drone writes, and its truth."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, timedelta
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt

from detection.training.flight import plain_tags, render_shot
from detection.training.flight_plan import FlightPlan, place
from detection.training.flight_truth import frame_truths
from detection.training.frame_metadata import ShotTags
from detection.training.scene import Box
from detection.training.world import SceneObject

VIDEO_NAME, SUBTITLE_NAME = "LIBONG_0001.MP4", "LIBONG_0001.SRT"
# x264's constant quality: fine ripples are what costs, and a model sees boats without them.
_QUALITY = 23
_NATIVE_ASPECT = 4 / 3
# Of the errors of tags only this part changes from picture to picture; the rest a flight shares.
_UNSTEADY_SHARE = 0.1

Rendered = tuple[npt.NDArray[np.uint8], tuple[Box, ...]]


def render_video_flight(plan: FlightPlan, folder: Path) -> Path:
    """Write the flight's video, its SRT file and `truth.json` into a folder.

    A shot of the plan is a picture of the video. Returns the truth's path. The same plan writes the
    same pictures and subtitles.
    """
    return write_video_flight(plan, (render_shot(plan, shot) for shot in plan.shots), folder)


def write_video_flight(plan: FlightPlan, pictures: Iterable[Rendered], folder: Path) -> Path:
    """Write a flight whose pictures were rendered before, one for each shot of the plan."""
    folder.mkdir(parents=True, exist_ok=True)
    documents: list[dict[str, object]] = []
    _write_video(plan, _told(plan, pictures, documents), folder / VIDEO_NAME)
    (folder / SUBTITLE_NAME).write_text(_subtitles(plan), encoding="utf-8")
    path = folder / "truth.json"
    path.write_text(json.dumps(_truth(plan, documents), indent=1, ensure_ascii=False) + "\n")
    return path


def picture_rate(plan: FlightPlan) -> int:
    """Pictures a second."""
    return round(1 / (plan.shots[1].time_s - plan.shots[0].time_s))


def _told(
    plan: FlightPlan, pictures: Iterable[Rendered], documents: list[dict[str, object]]
) -> Iterator[npt.NDArray[np.uint8]]:
    """The pictures; the truth of each is entered on the way."""
    for number, (shot, (rgb, boxes)) in enumerate(zip(plan.shots, pictures, strict=True)):
        documents += [
            {
                "object_id": truth.object_id,
                "time_s": round(shot.time_s, 3),
                "xyxy_px": truth.xyxy_px,
                "lon": truth.lon,
                "lat": truth.lat,
                "fair": truth.fair,
            }
            for truth in frame_truths(plan, shot, VIDEO_NAME, boxes)
        ]
        noise = np.random.default_rng([plan.seed, 91, number]).normal(0, 1.0, (*rgb.shape[:2], 1))
        yield np.clip(rgb + noise, 0, 255).astype(np.uint8)


def _write_video(plan: FlightPlan, pictures: Iterable[npt.NDArray[np.uint8]], path: Path) -> None:
    rate = picture_rate(plan)
    with av.open(str(path), "w", format="mp4", options={"movflags": "+faststart"}) as container:
        container.metadata["creation_time"] = plan.start.astimezone(UTC).isoformat()
        container.metadata["comment"] = f"synthetic video, no real place or boat: {plan.title}"
        # one thread: more would divide the pictures by the machine's cores
        options = {"crf": str(_QUALITY), "preset": "slow", "g": str(rate), "threads": "1"}
        stream = container.add_stream("libx264", rate=rate, options=options)
        stream.width, stream.height = plan.camera.width_px, plan.camera.height_px
        stream.pix_fmt = "yuv420p"
        stream.time_base = Fraction(1, rate)
        for rgb in pictures:
            container.mux(stream.encode(av.VideoFrame.from_ndarray(rgb, format="rgb24")))
        container.mux(stream.encode())


def _subtitles(plan: FlightPlan) -> str:
    """A block for each picture, as a DJI drone with gimbal angles writes it."""
    errors, rate = plan.tag_errors, picture_rate(plan)
    rng = np.random.default_rng([plan.seed, 90])
    shared = rng.normal(0, 1, 5)
    blocks = []
    for number, shot in enumerate(plan.shots, start=1):
        east, north, height, yaw, tilt = shared + rng.normal(0, _UNSTEADY_SHARE, 5)
        moved = replace(
            shot,
            east_m=shot.east_m + float(east) * errors.shared_position_m,
            north_m=shot.north_m + float(north) * errors.shared_position_m,
            height_above_sea_m=shot.height_above_sea_m + float(height) * errors.height_m,
            yaw_deg=shot.yaw_deg + float(yaw) * errors.yaw_deg,
            pitch_deg=max(-90.0, shot.pitch_deg + float(tilt) * errors.tilt_deg),
        )
        blocks.append(_block(plan, number, rate, plain_tags(plan, moved)))
    return "\n".join(blocks)


def _block(plan: FlightPlan, number: int, rate: int, tags: ShotTags) -> str:
    begin, end = ((number - 1) * 1000 // rate, number * 1000 // rate)
    assert tags.position is not None  # noqa: S101 - plain tags always have one
    lon, lat = tags.position
    clock = tags.taken_at.strftime("%Y-%m-%d %H:%M:%S.%f")[:-3]
    return (
        f"{number}\n{_cue(begin)} --> {_cue(end)}\n"
        f'<font size="28">FrameCnt: {number}, DiffTime: {end - begin}ms\n{clock}\n'
        f"[iso: 100] [shutter: 1/500.0] [fnum: 2.8] [ev: 0] "
        f"[focal_len: {_focal_35mm(plan):.2f}] [dzoom_ratio: 1.00] "
        f"[latitude: {lat:.6f}] [longitude: {lon:.6f}] "
        f"[rel_alt: {tags.relative_altitude_m:.3f} abs_alt: {tags.relative_altitude_m:.3f}] "
        f"[gb_yaw: {tags.yaw_deg:.1f} gb_pitch: {tags.pitch_deg:.1f} "
        f"gb_roll: {tags.roll_deg:.1f}] </font>\n"
    )


def _focal_35mm(plan: FlightPlan) -> float:
    """As makers tell it of a film: by the diagonal of the whole sensor, the film's width at 4:3."""
    camera = plan.camera
    own = np.hypot(camera.width_px, camera.height_px)
    return float(
        camera.focal_35mm * own / np.hypot(camera.width_px, camera.width_px / _NATIVE_ASPECT)
    )


def _cue(milliseconds: int) -> str:
    seconds, milliseconds = divmod(milliseconds, 1000)
    return str(timedelta(seconds=seconds)).zfill(8) + f",{milliseconds:03d}"


def _truth(plan: FlightPlan, documents: Sequence[dict[str, object]]) -> dict[str, object]:
    last = plan.shots[-1]
    things = [thing for thing in plan.world.objects if thing.object_class is not None]
    return {
        "synthetic": True,
        "title": plan.title,
        "seed": plan.seed,
        "video": VIDEO_NAME,
        "pictures_a_second": picture_rate(plan),
        "expected_incidents": [
            {"rule": i.rule, "zone": i.zone_id, "object_id": i.object_id}
            for i in plan.expected_incidents
        ],
        "tracks": [
            {
                "object_id": thing.object_id,
                "class": str(thing.object_class),
                "kind": thing.kind.value,
                "length_m": round(thing.length_m, 2),
                "speed_m_s": round(thing.speed_m_s, 2),
                "course_deg": thing.heading_deg if thing.speed_m_s else None,
                "first_place": _place_of(plan, thing.at(plan.shots[0].time_s)),
                "last_place": _place_of(plan, thing.at(last.time_s)),
                "seen": [
                    {key: value for key, value in document.items() if key != "object_id"}
                    for document in documents
                    if document["object_id"] == thing.object_id
                ],
            }
            for thing in things
        ],
    }


def _place_of(plan: FlightPlan, thing: SceneObject) -> tuple[float, float]:
    lon, lat = place(plan.origin, thing.east_m, thing.north_m)
    return round(lon, 7), round(lat, 7)
