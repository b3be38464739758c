"""The truth that rendered flights carry, as `truth.json` tells it."""

import json
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from detection.evaluation.labels import Label, PictureLabels
from detection.evaluation.scoring import Xyxy
from detection.labels.errors import LabelError
from detection.types import ObjectClass

FILE_NAME = "truth.json"


class _Seen(BaseModel):
    model_config = ConfigDict(extra="ignore")

    frame: str
    xyxy_px: Xyxy
    fair: bool
    visibility: float | None = None


class _Object(BaseModel):
    model_config = ConfigDict(extra="ignore")

    object_id: int
    object_class: ObjectClass = Field(alias="class")
    depth_m: float | None = None
    frames: list[_Seen]


class _Truth(BaseModel):
    model_config = ConfigDict(extra="ignore")

    synthetic: bool
    objects: list[_Object]
    sea_state: str | int | None = None


def read_truth(file: Path, pictures: tuple[Path, ...]) -> dict[Path, PictureLabels]:
    """The labels of every picture in a rendered flight's folder; one without has nothing in it.

    Raises:
        LabelError: when the file is none that the renderer writes.
    """
    try:
        truth = _Truth.model_validate(json.loads(file.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError, json.JSONDecodeError, ValidationError) as exc:
        raise LabelError(f"{file} cannot be read as the truth of a rendered flight: {exc}") from exc
    by_frame: dict[str, list[Label]] = {}
    for thing in truth.objects:
        for seen in thing.frames:
            by_frame.setdefault(seen.frame, []).append(
                Label(
                    thing.object_class.value,
                    seen.xyxy_px,
                    thing.object_id,
                    seen.visibility,
                    seen.fair,
                    thing.depth_m,
                )
            )
    sea_state = None if truth.sea_state is None else str(truth.sea_state)
    return {
        picture: PictureLabels(file, tuple(by_frame.get(picture.name, ())), sea_state)
        for picture in pictures
    }
