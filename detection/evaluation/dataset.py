"""A folder of labelled flights: which pictures, which labels, which flights."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, UnidentifiedImageError
from pydantic import BaseModel, ConfigDict, ValidationError

from detection.evaluation.class_names import ClassNames
from detection.evaluation.coco_labels import is_coco_file, read_coco
from detection.evaluation.csv_labels import is_label_table, read_csv
from detection.evaluation.labels import (
    LabelFormat,
    PictureIndex,
    PictureLabels,
    Size,
)
from detection.evaluation.rendered_truth import FILE_NAME as TRUTH_FILE
from detection.evaluation.rendered_truth import read_truth
from detection.evaluation.scoring import TrueBox
from detection.evaluation.yolo_labels import label_file, read_yolo
from detection.labels.errors import LabelError

_PICTURE_SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".tif", ".tiff", ".bmp", ".webp"})
_FLIGHT_FILE = "flight.toml"
_EXIF_ORIENTATION = 0x0112


@dataclass(frozen=True)
class LabelledPicture:
    """A picture and what is in it."""

    path: Path
    truths: tuple[TrueBox, ...]
    sea_state: str | None


@dataclass(frozen=True)
class LabelledFlight:
    """The labelled pictures of one flight; `rendered` when they are no photographs."""

    name: str
    folder: Path
    pictures: tuple[LabelledPicture, ...]
    rendered: bool


@dataclass(frozen=True)
class LabelledSet:
    """The flights of a folder, and what a person should know of what was left out."""

    flights: tuple[LabelledFlight, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class ReadingRules:
    """How to read labels: what names mean, one format where several are there, what empty means."""

    names: ClassNames = ClassNames()  # noqa: RUF009  # frozen
    only: LabelFormat | None = None
    unlabelled_are_empty: bool = False


class _FlightFacts(BaseModel):
    """`flight.toml`: what is true of all pictures of a folder."""

    model_config = ConfigDict(extra="forbid")

    sea_state: str | int | None = None
    rendered: bool = False


def read_labelled(root: Path, rules: ReadingRules = ReadingRules()) -> LabelledSet:
    """Read a folder of flights; each folder that holds pictures is a flight.

    Labels may be YOLO text files, COCO JSON, a CSV table, or the truth of rendered flights, as the
    modules of these formats tell. A picture that no labels speak of is left out, unless the rules
    say that nothing is in it. `flight.toml` beside the pictures may tell their `sea_state`.

    Raises:
        LabelError: when labels cannot be used, or there are none.
        ClassNameError: when they name a class that means nothing here.
    """
    pictures = _pictures(root)
    if not pictures:
        raise LabelError(f"{root} holds no picture; name a folder of flights with their labels")
    sizes, turned = _sizes(pictures)
    labels, notes = _all_labels(root, pictures, sizes, rules.only)
    if turned:
        notes.append(
            f"{turned} pictures carry an Exif orientation: labels are read in stored pixels, as "
            "the camera wrote them"
        )
    unlabelled = [p for p in pictures if p not in labels]
    if unlabelled and rules.unlabelled_are_empty:
        labels |= {p: PictureLabels(root, ()) for p in unlabelled}
    elif unlabelled:
        notes.append(
            f"{len(unlabelled)} pictures have no labels and are left out, such as {unlabelled[0]}; "
            "if nothing is in them, say --unlabelled-are-empty"
        )
    if not labels:
        raise LabelError(
            f"{root} holds {len(pictures)} pictures and labels of none: put YOLO .txt files beside "
            "them or in labels/, annotations.json (COCO), or labels.csv"
        )
    return LabelledSet(_flights(root, labels, rules.names), tuple(notes))


def _pictures(root: Path) -> tuple[Path, ...]:
    return tuple(
        path
        for path in sorted(root.rglob("*"))
        if path.suffix.casefold() in _PICTURE_SUFFIXES
        and not any(part.startswith(".") for part in path.relative_to(root).parts)
        and path.is_file()
    )


def _sizes(pictures: Iterable[Path]) -> tuple[dict[Path, Size], int]:
    """Stored sizes of the pictures that can be opened, and how many are to be shown turned."""
    sizes, turned = {}, 0
    for path in pictures:
        try:
            with Image.open(path) as picture:
                sizes[path] = Size(*picture.size)
                turned += picture.getexif().get(_EXIF_ORIENTATION, 1) != 1
        except (UnidentifiedImageError, OSError, SyntaxError, Image.DecompressionBombError):
            continue  # the search refuses it by name
    return sizes, turned


def _all_labels(
    root: Path,
    pictures: tuple[Path, ...],
    sizes: Mapping[Path, Size],
    only: LabelFormat | None,
) -> tuple[dict[Path, PictureLabels], list[str]]:
    """The labels of every picture, each from one file, and notes on what was left out."""
    found: dict[Path, PictureLabels] = {}
    absent: dict[Path, int] = {}

    def add(path: Path | None, labels: PictureLabels) -> None:
        if path is None:
            absent[labels.source] = absent.get(labels.source, 0) + 1
        elif path in found:
            raise LabelError(
                f"{path} is labelled in {found[path].source} and in {labels.source}; keep one, or "
                f"say which with --labels {'|'.join(LabelFormat)}"
            )
        else:
            found[path] = labels

    index = PictureIndex(pictures)
    files = [p for p in sorted(root.rglob("*")) if p.suffix.casefold() in (".json", ".csv")]
    for file in files:
        if file.name == TRUTH_FILE and only in (None, LabelFormat.TRUTH):
            own = tuple(p for p in pictures if p.parent == file.parent)
            for path, labels in read_truth(file, own).items():
                add(path, labels)
        elif is_coco_file(file) and only in (None, LabelFormat.COCO):
            for picture, labels in read_coco(file, index, sizes):
                add(picture, labels)
        elif only in (None, LabelFormat.CSV) and is_label_table(file):
            for picture, labels in read_csv(file, index, sizes):
                add(picture, labels)
    if only in (None, LabelFormat.YOLO):
        for path in pictures:
            text = label_file(path)
            if text is not None and path in sizes:
                add(path, read_yolo(text, sizes[path], root))
    notes = [
        f"{source} labels {count} pictures that are not there" for source, count in absent.items()
    ]
    return found, notes


def _flights(
    root: Path, labels: Mapping[Path, PictureLabels], names: ClassNames
) -> tuple[LabelledFlight, ...]:
    meant = names.classes({one.name for found in labels.values() for one in found.labels})
    folders: dict[Path, list[Path]] = {}
    for path in sorted(labels):
        folders.setdefault(path.parent, []).append(path)
    flights = []
    for folder, paths in sorted(folders.items()):
        facts = _facts(folder / _FLIGHT_FILE)
        sea_state = None if facts.sea_state is None else str(facts.sea_state)
        pictures = []
        for path in paths:
            truths = tuple(
                TrueBox(own, one.object_id, one.xyxy_px, one.fair, one.visibility, one.depth_m)
                for one in labels[path].labels
                if (own := meant[one.name]) is not None
            )
            pictures.append(LabelledPicture(path, truths, labels[path].sea_state or sea_state))
        rendered = facts.rendered or any(labels[p].source.name == TRUTH_FILE for p in paths)
        flights.append(
            LabelledFlight(_flight_name(root, folder), folder, tuple(pictures), rendered)
        )
    return tuple(flights)


def _flight_name(root: Path, folder: Path) -> str:
    parts = [part for part in folder.relative_to(root).parts if part != "images"]
    return "/".join(parts) or root.resolve().name


def _facts(file: Path) -> _FlightFacts:
    if not file.is_file():
        return _FlightFacts()
    try:
        return _FlightFacts.model_validate(tomllib.loads(file.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, ValidationError) as exc:
        raise LabelError(
            f"{file} must hold nothing but sea_state and rendered = true or false: {exc}"
        ) from exc
