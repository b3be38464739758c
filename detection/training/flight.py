"""Whole flights rendered with known truth: JPEG frames with a drone's metadata, `truth.json`."""

import json
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from math import radians, sin
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image

from detection.training.camera_effects import in_flat_profile, taken_by_camera
from detection.training.flight_plan import FlightPlan, RenderCamera, Shot, place
from detection.training.flight_truth import FrameTruth, frame_truths, truth_document
from detection.training.frame_metadata import ShotTags, exif_of, xmp_of
from detection.training.noise import Grid
from detection.training.scene import Box, clip_outlines, render_ortho
from detection.training.sun_glint import Eye
from ingest.pose import CameraPose, HeightSource
from ingest.projection import SeaView

_FAR_ASLANT_DEG = -59.9  # pitch


def _view(plan: FlightPlan, shot: Shot) -> SeaView:
    pose = CameraPose(
        place(plan.origin, shot.east_m, shot.north_m),
        shot.height_above_sea_m, HeightSource.RELATIVE,
        shot.yaw_deg, shot.pitch_deg, shot.roll_deg, 0.0, 0.0, 0.0, 0.0,
    )  # fmt: skip
    return SeaView(plan.camera.intrinsics(), pose)


def render_shot(plan: FlightPlan, shot: Shot) -> tuple[npt.NDArray[np.uint8], tuple[Box, ...]]:
    """One frame, height x width x 3 RGB, and the boxes in its pixels.

    The ground under the frame is rendered from straight above at the frame's own resolution (far
    aslant, at that of its middle) and warped by the camera's homography, so that geometry is
    exactly the one ingest inverts.
    """
    camera, homography = plan.camera, _view(plan, shot).homography_from_enu()
    corners = np.array(
        [
            [0, 0, 1],
            [camera.width_px, 0, 1],
            [camera.width_px, camera.height_px, 1],
            [0, camera.height_px, 1],
        ]
    )
    ground = corners @ np.linalg.inv(homography).T
    ground = ground[:, :2] / ground[:, 2:]
    gsd_m = shot.height_above_sea_m / camera.intrinsics().focal_px
    if shot.pitch_deg > _FAR_ASLANT_DEG:  # the ground in sight is wide, and most of it far away
        gsd_m /= sin(radians(-shot.pitch_deg))
    low, high = ground.min(axis=0) - 2, ground.max(axis=0) + 2
    width, height = np.ceil((high - low) / gsd_m).astype(int)
    grid = Grid(shot.east_m + low[0], shot.north_m + high[1], int(width), int(height), gsd_m)
    eye = Eye(shot.east_m, shot.north_m, shot.height_above_sea_m)
    render = render_ortho(plan.world, grid, time_s=shot.time_s, eye=eye)
    # pixel from straight above -> metres from the point under the camera -> pixel of the frame
    to_enu = np.array([[gsd_m, 0, low[0]], [0, -gsd_m, high[1]], [0, 0, 1]])
    warp = homography @ to_enu
    half = np.array([[1, 0, 0.5], [0, 1, 0.5], [0, 0, 1]])  # OpenCV counts from pixel centres
    frame = cv2.warpPerspective(
        render.rgb, np.linalg.inv(half) @ warp @ half, (camera.width_px, camera.height_px),
        flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE,
    )  # fmt: skip
    boxes = (_seen_through(box, warp, camera) for box in render.boxes)
    return np.asarray(frame, dtype=np.uint8), tuple(box for box in boxes if box is not None)


def _seen_through(box: Box, warp: npt.NDArray[np.float64], camera: RenderCamera) -> Box | None:
    outlines = []
    for outline in box.outlines_px:
        points = np.column_stack([outline, np.ones(len(outline))]) @ warp.T
        outlines.append(points[:, :2] / points[:, 2:])
    shown = clip_outlines(outlines, camera.width_px, camera.height_px)
    if shown is None:
        return None
    return replace(box, xyxy_px=shown[0], inside_share=shown[1], outlines_px=tuple(outlines))


def render_flight(plan: FlightPlan, folder: Path) -> Path:
    """Write the flight's JPEG frames and `truth.json` into a folder; returns the truth's path.

    The tags carry errors of the plan's sizes; the truth does not. The same plan writes the same
    pixels and tags.
    """
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng([plan.seed, 90])
    shared_m = rng.normal(0, plan.tag_errors.shared_position_m, 2)
    truths: list[FrameTruth] = []
    for number, shot in enumerate(plan.shots, start=1):
        name = f"LIBONG_{number:04d}.JPG"
        rgb, boxes = render_shot(plan, shot)
        of_frame = np.random.default_rng([plan.seed, 91, number])
        if plan.rough_camera:
            rgb = taken_by_camera(rgb, of_frame)
        else:
            noise = of_frame.normal(0, 2.0, (*rgb.shape[:2], 1))
            rgb = np.clip(rgb + noise, 0, 255).astype(np.uint8)
        if plan.flat_profile:
            rgb = in_flat_profile(rgb)
        tags = _tags(plan, shot, shared_m, rng)
        (folder / name).write_bytes(jpeg_bytes(rgb, tags, plan.jpeg_quality))
        truths += frame_truths(plan, shot, name, boxes)
    path = folder / "truth.json"
    path.write_text(json.dumps(truth_document(plan, truths), indent=1, ensure_ascii=False) + "\n")
    return path


def jpeg_bytes(rgb: npt.NDArray[np.uint8], tags: ShotTags, quality: int) -> bytes:
    """A JPEG file with Exif and XMP."""
    file = BytesIO()
    Image.fromarray(rgb).save(file, "JPEG", quality=quality, exif=exif_of(tags), xmp=xmp_of(tags))
    return file.getvalue()


def plain_tags(plan: FlightPlan, shot: Shot) -> ShotTags:
    """The tags of a shot without errors."""
    return ShotTags(
        taken_at=plan.start + timedelta(seconds=shot.time_s),
        position=place(plan.origin, shot.east_m, shot.north_m),
        relative_altitude_m=shot.height_above_sea_m - plan.launch_height_m,
        yaw_deg=shot.yaw_deg,
        pitch_deg=shot.pitch_deg,
        roll_deg=shot.roll_deg,
        focal_35mm=plan.camera.focal_35mm,
        title=plan.title,
    )


def _tags(
    plan: FlightPlan, shot: Shot, shared_m: npt.NDArray[np.float64], rng: np.random.Generator
) -> ShotTags:
    """The tags of a shot with the errors of a GPS, a barometer, a compass and a gimbal."""
    errors = plan.tag_errors
    east_m, north_m = shared_m + rng.normal(0, errors.position_m, 2)
    moved = replace(
        shot,
        east_m=shot.east_m + float(east_m),
        north_m=shot.north_m + float(north_m),
        height_above_sea_m=shot.height_above_sea_m + float(rng.normal(0, errors.height_m)),
        yaw_deg=shot.yaw_deg + float(rng.normal(0, errors.yaw_deg)),
        pitch_deg=max(-90.0, shot.pitch_deg + float(rng.normal(0, errors.tilt_deg))),
    )
    return plain_tags(plan, moved)
