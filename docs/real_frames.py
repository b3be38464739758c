"""Show what the detector finds in real frames: annotated pictures and a page about them.

    LIBONG_FIELD_DATA=/path/to/data python docs/real_frames.py

Searches the photographs of LIBONG_FIELD_DATA with the committed model, or that of LIBONG_MODEL, and
writes docs/real_frames.md and the pictures beside it. Run it anew with each model.
"""

import os
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from detection.detector import Detector, Picture
from detection.precision import Precision
from detection.types import Detection, ObjectClass
from ingest.flight import read_flight
from ingest.frame import Frame
from ingest.pixels import decode_bgr
from libong.open_models import open_detector
from libong.settings import read_settings
from libong.sites import open_site

HERE = Path(__file__).parent
WIDTH_PX = 1200
COLOURS_BGR = {
    ObjectClass.DUGONG: (40, 40, 230),
    ObjectClass.BOAT: (0, 200, 255),
    ObjectClass.FISHING_GEAR: (220, 60, 220),
}
# Below the operating threshold: shown thin, as what the detector almost reported.
ALMOST = 0.6


@dataclass(frozen=True)
class Folder:
    """Real frames of one source and what is known to be in them."""

    name: str
    source: str
    holds: str
    shown: tuple[str, ...]


FOLDERS = (
    Folder(
        "brighton_beach",
        "pierotofy/drone_dataset_brighton_beach, BSD-2-Clause",
        "a wooded beach park with roads, cars and people. No dugong, boat or fishing gear is known "
        "in it. Never used in training.",
        ("DJI_0018.JPG", "DJI_0021.JPG", "DJI_0025.JPG"),
    ),
    Folder(
        "sea",
        "MartinW-S2M/weitsicht, Apache-2.0",
        "open sea and a reef, without animals, boats or gear. Parts of both served as backgrounds "
        "in training.",
        ("DJI_20240213141303_0001.JPG", "DSC00316.jpg"),
    ),
)


@dataclass(frozen=True)
class Seen:
    """What is reported of a frame, what fell short of it, and what is without its metadata."""

    reported: tuple[Detection, ...]
    fell_short: tuple[Detection, ...]
    as_plain_picture: tuple[Detection, ...]


def look_at(frame: Frame, detector: Detector, milder: Detector) -> Seen:
    """Search a frame as it is, with lower thresholds, and as a picture without place or scale."""
    least = detector.manifest.reported_thresholds
    plain = Picture(frame.path, frame.sha256, frame.width_px, frame.height_px)
    return Seen(
        detector.detect(frame),
        tuple(d for d in milder.detect(frame) if d.score < least[d.object_class]),
        detector.detect_unlocated(plain),
    )


def counted(found: tuple[Detection, ...]) -> str:
    """Cells of a table: how many of each class."""
    return " | ".join(str(sum(d.object_class is c for d in found)) for c in ObjectClass)


def annotated(frame: Frame, seen: Seen) -> np.ndarray:
    """The frame at WIDTH_PX with a thick box for each find and a thin one for each almost-find."""
    pixels = decode_bgr(frame.path, scale_denominator=1)
    scale = WIDTH_PX / pixels.shape[1]
    picture = cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    for d in (*seen.fell_short, *seen.reported):
        left, top, right, bottom = (round(v * scale) for v in d.xyxy_px)
        reported = d in seen.reported
        colour = COLOURS_BGR[d.object_class]
        cv2.rectangle(picture, (left, top), (right, bottom), colour, 3 if reported else 1)
        words = f"{d.object_class.value} {d.score:.2f}"
        cv2.putText(picture, words, (left, max(14, top - 6)), 0, 0.5, colour, 2 if reported else 1)
    return picture


def main() -> None:
    """Write the page and its pictures."""
    field_data = os.environ.get("LIBONG_FIELD_DATA")
    if not field_data:
        raise SystemExit("set LIBONG_FIELD_DATA to the folder of real photographs")
    settings = read_settings(precision=Precision.F32)
    detector = open_detector(settings)
    manifest = detector.manifest
    lowest = min(manifest.thresholds.values()) * ALMOST
    milder = open_detector(settings, min_score=lowest)
    (HERE / "real_frames").mkdir(exist_ok=True)
    lines = [
        "# What the detector finds in real frames",
        "",
        f"Made by `python docs/real_frames.py` with `{manifest.file}`. Thick boxes are reported, "
        + "at the operating thresholds of the network's scores ("
        + ", ".join(f"{c.value} {t:g}" for c, t in manifest.thresholds.items())
        + f"), computed in 32 bits; thin ones fell short, down to {lowest:.2f}. The numbers beside "
        "the boxes are calibrated, on rendered flights, to the chance that a find is right. None "
        "of these photographs shows a dugong, a boat or fishing gear as far as we can tell, so "
        "every thick box is a false alarm. The columns under *plain* are of the same photographs "
        "searched as pictures without place and scale. Nothing here says how many real animals "
        "would be found.",
    ]
    for folder in FOLDERS:
        lines += ["", f"## {folder.name}", "", f"Source: {folder.source}. It shows {folder.holds}"]
        lines += [
            "",
            "| frame | dugong | boat | gear | fell short | plain: dugong | boat | gear |",
            "|---|---|---|---|---|---|---|---|",
        ]
        path = Path(field_data) / "photos" / folder.name
        for frame in read_flight([path], open_site(settings.site).reference).frames:
            seen = look_at(frame, detector, milder)
            lines.append(
                f"| {frame.path.name} | {counted(seen.reported)} | {len(seen.fell_short)} "
                f"| {counted(seen.as_plain_picture)} |"
            )
            if frame.path.name in folder.shown:
                target = HERE / "real_frames" / f"{folder.name}_{frame.path.stem}.jpg"
                cv2.imwrite(str(target), annotated(frame, seen), [1, 72])
        for name in folder.shown:
            picture = f"real_frames/{folder.name}_{Path(name).stem}.jpg"
            lines += ["", f"![{name} with what was found]({picture})"]
    (HERE / "real_frames.md").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
