"""Labelled flights as a folder: a folder each, with pictures, boxes and what is known of them.

`FLIGHT/images/SHA256-TIME.jpg` are the originals (TIME is that of the export),
`FLIGHT/frames.json` says when, from where, at which scale and by which model, and carries every
label as it stands (`detection.labels.flight_document`). Beside it lie the boxes for labelling
tools: `FLIGHT/labels/SHA256-TIME.txt` (YOLO, with `data.yaml`) or `FLIGHT/annotations.json` (COCO).
`negatives.csv` lists what a person looked at and found to be nothing.
"""

import csv
from collections.abc import Callable, Iterable, Sequence
from enum import StrEnum
from io import StringIO
from pathlib import Path

from detection.labels.coco import coco_json
from detection.labels.errors import LabelError
from detection.labels.flight_document import flight_document, read_flight_document
from detection.labels.label import LabelledFlight, LabelledFrame
from detection.labels.picture_name import PictureName
from detection.labels.tool_box import CLASSES, ToolBox
from detection.labels.yolo import yolo_line

FRAMES_FILE = "frames.json"
COCO_FILE = "annotations.json"
NEGATIVES_FILE = "negatives.csv"
DATA_FILE = "data.yaml"

_NEGATIVE_COLUMNS = (
    "flight", "picture", "taken_for", "left_px", "top_px", "right_px", "bottom_px",
    "model_sha256", "role", "decided_at_utc",
)  # fmt: skip


class LabelFormat(StrEnum):
    """How boxes are written for labelling tools."""

    YOLO = "yolo"
    COCO = "coco"


def picture_name(frame: LabelledFrame) -> str:
    """Return the picture's file name, by which a tool's labels find it again."""
    return f"{_stem(frame)}{Path(frame.file_name).suffix.lower() or '.jpg'}"


def _stem(frame: LabelledFrame) -> str:
    return PictureName(frame.sha256, frame.exported_at_utc).stem


def write_labels(
    flights: Sequence[LabelledFlight],
    folder: Path,
    picture: Callable[[str], bytes],
    label_format: LabelFormat,
) -> None:
    """Write flights into an empty or new folder; `picture(sha256)` gives the bytes of an original.

    Raises LabelError when there is something in the folder.
    """
    if folder.exists() and any(folder.iterdir()):
        raise LabelError(f"labels go into an empty folder; {folder} is not: name a new one")
    folder.mkdir(parents=True, exist_ok=True)
    for flight in flights:
        _write_flight(flight, folder / flight.flight_id, picture, label_format)
    (folder / NEGATIVES_FILE).write_text(_negatives(flights), encoding="utf-8")
    if label_format is LabelFormat.YOLO:
        (folder / DATA_FILE).write_text(_data_yaml(flights), encoding="utf-8")


def _write_flight(
    flight: LabelledFlight,
    folder: Path,
    picture: Callable[[str], bytes],
    label_format: LabelFormat,
) -> None:
    (folder / "images").mkdir(parents=True)
    names = {frame.sha256: picture_name(frame) for frame in flight.frames}
    for frame in flight.frames:
        (folder / "images" / names[frame.sha256]).write_bytes(picture(frame.sha256))
    if label_format is LabelFormat.COCO:
        (folder / COCO_FILE).write_text(coco_json(flight, names) + "\n", encoding="utf-8")
    else:
        (folder / "labels").mkdir()
        for frame in flight.frames:
            (folder / "labels" / f"{_stem(frame)}.txt").write_text(_yolo(frame), encoding="ascii")
    # last, so that a folder with it is whole
    (folder / FRAMES_FILE).write_bytes(flight_document(flight))


def _yolo(frame: LabelledFrame) -> str:
    boxes = (ToolBox(label.object_class, label.xyxy_px) for label in frame.objects)
    return "".join(f"{yolo_line(box, frame.width_px, frame.height_px)}\n" for box in boxes)


def _data_yaml(flights: Sequence[LabelledFlight]) -> str:
    names = "".join(f"  {number}: {name.value}\n" for number, name in enumerate(CLASSES))
    images = "".join(f"  - {flight.flight_id}/images\n" for flight in flights)
    return f"path: .\ntrain:\n{images}val:\n{images}names:\n{names}"


def _negatives(flights: Sequence[LabelledFlight]) -> str:
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(_NEGATIVE_COLUMNS)
    for flight in flights:
        for frame in flight.frames:
            for label in frame.false_alarms:
                writer.writerow(
                    (
                        flight.flight_id, picture_name(frame), label.object_class.value,
                        *label.xyxy_px, label.model_sha256, label.role, label.at_utc.isoformat(),
                    )
                )  # fmt: skip
    return text.getvalue()


def read_labels(folder: Path) -> tuple[LabelledFlight, ...]:
    """Return the flights of a folder that `write_labels` wrote, by flight id.

    Raises LabelError when there is none, a flight is damaged or a picture is missing.
    """
    files = sorted(folder.glob(f"*/{FRAMES_FILE}"))
    if not files:
        raise LabelError(
            f"{folder} holds no exported labels (FLIGHT/{FRAMES_FILE}); write some with: "
            f"libong labels export --to {folder}"
        )
    return tuple(_read_flight(file) for file in files)


def _read_flight(file: Path) -> LabelledFlight:
    flight = read_flight_document(file.read_bytes(), file)
    for frame in flight.frames:
        if not picture_path(file.parent, frame).is_file():
            raise LabelError(
                f"{picture_path(file.parent, frame)} is missing; export the labels anew"
            )
    return flight


def exported_frames(pictures: Iterable[Path]) -> dict[Path, LabelledFrame]:
    """Return the frames that pictures in exported folders are of, of those that are in such.

    Raises LabelError when a flight's document is damaged.
    """
    found: dict[Path, LabelledFrame] = {}
    for folder in {p.parent.parent for p in pictures if p.parent.name == "images"}:
        file = folder / FRAMES_FILE
        if file.is_file():
            flight = read_flight_document(file.read_bytes(), file)
            found |= {picture_path(folder, frame): frame for frame in flight.frames}
    return found


def picture_path(flight_folder: Path, frame: LabelledFrame) -> Path:
    """Return where the picture of a frame lies in its flight's folder."""
    return flight_folder / "images" / picture_name(frame)
