"""The model's manifest: which weights, which classes, at which scale, from which score on."""

import json
from dataclasses import dataclass, field
from hashlib import file_digest
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError, field_validator

from detection.boat_network import COARSER
from detection.calibration import Calibration
from detection.errors import ModelError
from detection.types import ObjectClass


class Constants(BaseModel):
    """The numbers of an eight-bit network, which OpenVINO keeps in a file beside the graph."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    file: str
    sha256: str = Field(pattern="^[0-9a-f]{64}$")


class BoatNetwork(BaseModel):
    """The untouched COCO network that is asked about boats too, and its own threshold."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    file: str
    sha256: str = Field(pattern="^[0-9a-f]{64}$")
    constants: Constants | None = None
    threshold: float = Field(gt=0, lt=1)


class LookAgain(BaseModel):
    """Where dugongs are looked at again, and from how near (see `detection.second_look`).

    `gsd_cm` are the ground scales of the second look, `from_score` what the first must give.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    gsd_cm: tuple[Annotated[float, Field(gt=0)], ...] = Field(min_length=1)
    from_score: float = Field(gt=0, lt=1)


class Training(BaseModel):
    """How a model came to be, where it was made of another by learning from a site's labels.

    Flights are named by their identifiers; those learnt from are all that this model or one that it
    came from ever learnt from. `eight_bits_of` is the model that an eight-bit copy was made of.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    fine_tuned_from: str | None = None
    at_utc: AwareDatetime | None = None
    learnt_flights: tuple[str, ...] = ()
    held_out_flights: tuple[str, ...] = ()
    learnt_frames: int | None = None
    eight_bits_of: str | None = None


class Manifest(BaseModel):
    """`models/manifest.json`, validated.

    `thresholds` are the operating thresholds per class; `target_gsd_cm` is the ground sample
    distance, in centimetres per pixel, that the weights were trained at; `search_gsd_cm` those that
    pictures are searched at, where others serve better (see `detection.agreement`). `second_look`
    says how suspected dugongs are looked at again after a single pass. `any_scale_thresholds` are
    what a picture searched without its scale must reach; its scores are told so that they compare
    with the others (see `detection.any_scale`).
    `boat_network` is asked about boats besides, when there is one. `calibrations` are curves from
    the networks' scores to the chance that a box is right, as (score, chance) pairs; thresholds are
    held against the networks' scores, before. `constants` belong to eight-bit networks alone.
    `training` says what the model was made of.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    file: str
    sha256: str = Field(pattern="^[0-9a-f]{64}$")
    constants: Constants | None = None
    architecture: str
    input_px: int = Field(ge=32, multiple_of=32)
    target_gsd_cm: float = Field(gt=0)
    classes: tuple[ObjectClass, ...]
    thresholds: dict[ObjectClass, Annotated[float, Field(gt=0, le=1)]]
    search_gsd_cm: tuple[Annotated[float, Field(gt=0)], ...] = ()
    second_look: LookAgain | None = None
    any_scale_thresholds: dict[ObjectClass, Annotated[float, Field(gt=0, lt=1)]] = {}
    boat_network: BoatNetwork | None = None
    calibrations: dict[ObjectClass, tuple[tuple[float, float], ...]] = {}
    training: Training = Training()
    metrics: dict[str, Any] = {}

    @property
    def networks(self) -> tuple["Manifest | BoatNetwork", ...]:
        """The files to run: our network, and the boat network when there is one."""
        return (self,) if self.boat_network is None else (self, self.boat_network)

    def threshold(self, object_class: ObjectClass) -> float:
        """Return the operating threshold of a class."""
        return self.thresholds[object_class]

    @property
    def passes_gsd_cm(self) -> tuple[float, ...]:
        """Return the ground sample distances of the passes over a picture, the finest first."""
        return tuple(sorted(self.search_gsd_cm)) or (self.target_gsd_cm,)

    @property
    def boats_gsd_cm(self) -> tuple[float, ...]:
        """Return the ground sample distances that the boat network looks at."""
        return tuple(coarser * self.target_gsd_cm for coarser in COARSER)

    def calibration(self, object_class: ObjectClass) -> Calibration | None:
        """Return the curve of a class, None where its scores are told as the networks give them."""
        points = self.calibrations.get(object_class)
        return None if points is None else Calibration(points)

    @property
    def reported_thresholds(self) -> dict[ObjectClass, float]:
        """The least score that is reported of each class, calibrated as detections' scores are."""
        return {
            c: threshold if (curve := self.calibration(c)) is None else curve.apply(threshold)
            for c, threshold in self.thresholds.items()
        }

    @field_validator("calibrations")
    @classmethod
    def _are_curves(
        cls, calibrations: dict[ObjectClass, tuple[tuple[float, float], ...]]
    ) -> dict[ObjectClass, tuple[tuple[float, float], ...]]:
        for points in calibrations.values():
            Calibration(points)
        return calibrations


@dataclass(frozen=True)
class Model:
    """A manifest as it was read from `path`, beside which its weights lie.

    Whoever is told it searches with these weights and thresholds, also when another model is in use
    by then.
    """

    path: Path
    manifest: Manifest = field(hash=False)  # it holds mappings

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read a manifest. Raises ModelError, naming the fault and how to mend it."""
        return cls(path, read_manifest(path))

    def check(self) -> None:
        """Raise ModelError unless the weights are the ones that the manifest names."""
        for network in self.manifest.networks:
            _check_weights(self.path, network.file, network.sha256)
            if network.constants is not None:
                _check_weights(self.path, network.constants.file, network.constants.sha256)


def load_manifest(path: Path) -> Manifest:
    """Read a manifest and check that the weights beside it are the ones it names.

    Raises:
        ModelError: naming the fault and how to mend it.
    """
    model = Model.read(path)
    model.check()
    return model.manifest


def read_manifest(path: Path) -> Manifest:
    """Read a manifest, as of a model whose weights need not be at hand.

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
    return manifest


def _check_weights(manifest: Path, name: str, sha256: str) -> None:
    weights = manifest.parent / name
    if not weights.is_file():
        raise ModelError(f"{manifest} names the weights {name}, which are not beside it")
    with weights.open("rb") as file:
        found = file_digest(file, "sha256").hexdigest()
    if found != sha256:
        raise ModelError(
            f"{weights} has SHA-256 {found}, its manifest says {sha256}; "
            "fetch the weights again, or export the model anew with `libong export-model`"
        )
