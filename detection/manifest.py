"""The model's manifest: which weights, which classes, at which scale, from which score on."""

import json
from hashlib import file_digest
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from detection.errors import ModelError
from detection.types import ObjectClass


class Manifest(BaseModel):
    """`models/manifest.json`, validated.

    `thresholds` are the operating thresholds per class; `target_gsd_cm` is the ground sample
    distance, in centimetres per pixel, that the weights were trained at.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    file: str
    sha256: str = Field(pattern="^[0-9a-f]{64}$")
    architecture: str
    input_px: int = Field(ge=32, multiple_of=32)
    target_gsd_cm: float = Field(gt=0)
    classes: tuple[ObjectClass, ...]
    thresholds: dict[ObjectClass, Annotated[float, Field(gt=0, le=1)]]
    metrics: dict[str, Any] = {}

    def threshold(self, object_class: ObjectClass) -> float:
        """Return the operating threshold of a class."""
        return self.thresholds[object_class]


def load_manifest(path: Path) -> Manifest:
    """Read a manifest and check that the weights beside it are the ones it names.

    Raises:
        ModelError: naming the fault and how to mend it.
    """
    try:
        manifest = Manifest.model_validate(json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError as exc:
        raise ModelError(f"no model manifest at {path}; set LIBONG_MODEL to one") from exc
    except (OSError, json.JSONDecodeError, UnicodeDecodeError, ValidationError) as exc:
        raise ModelError(f"the model manifest {path} cannot be read: {exc}") from exc
    missing = set(manifest.classes) - set(manifest.thresholds)
    if missing:
        raise ModelError(f"{path} gives no threshold for {', '.join(sorted(missing))}")
    weights = path.parent / manifest.file
    if not weights.is_file():
        raise ModelError(f"{path} names the weights {manifest.file}, which are not beside it")
    with weights.open("rb") as file:
        found = file_digest(file, "sha256").hexdigest()
    if found != manifest.sha256:
        raise ModelError(
            f"{weights} has SHA-256 {found}, its manifest says {manifest.sha256}; "
            "fetch the weights again, or export the model anew with `libong export-model`"
        )
    return manifest
