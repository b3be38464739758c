"""A folder of labelled flights: which pictures, which labels, which flights."""

import tomllib
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from detection.evaluation.class_names import ClassNames
from detection.evaluation.label_files import LabelPlaces, read_all
from detection.evaluation.labels import Label, LabelFormat, PictureLabels
from detection.evaluation.picture_index import pictures_in
from detection.evaluation.rendered_truth import FILE_NAME as TRUTH_FILE
from detection.evaluation.scoring import TrueBox
from detection.labels.errors import LabelError
from detection.labels.folder import exported_frames
from detection.labels.label import LabelledFrame
from detection.types import ObjectClass
from ingest.errors import PhotoError
from ingest.photo import picture_size
from ingest.picture import PictureSize

_VIDEO_SUFFIXES = frozenset({".mp4", ".mov", ".m4v", ".avi", ".mkv", ".mts", ".webm"})
_MOST_TOLD = 5
_FLIGHT_FILE = "flight.toml"


@dataclass(frozen=True)
class LabelledPicture:
    """A picture and what is in it.

    `logged` is the frame of a folder of exported labels, which tells how it was logged.
    """

    path: Path
    truths: tuple[TrueBox, ...]
    sea_state: str | None
    logged: LabelledFrame | None = None


@dataclass(frozen=True)
class LabelledFlight:
    """The labelled pictures of one flight; `rendered` when they are no photographs."""

    name: str
    folder: Path
    pictures: tuple[LabelledPicture, ...]
    rendered: bool


@dataclass(frozen=True)
class LabelledSet:
    """The flights of a folder, and what a person should know of how it was read.

    `left_out` are labels, and pictures with labels, that could not be used, each with the reason.
    """

    flights: tuple[LabelledFlight, ...]
    notes: tuple[str, ...]
    left_out: tuple[str, ...] = ()

    @property
    def told(self) -> tuple[str, ...]:
        """The notes, and the first labels that were left out."""
        lines = [f"left out: {why}" for why in self.left_out[:_MOST_TOLD]]
        if self.left_out:
            lines.append(f"labels, or pictures with theirs, left out in all: {len(self.left_out)}")
        return (*self.notes, *lines)


@dataclass(frozen=True)
class ReadingRules:
    """How to read labels: what names mean, one format where several are there, what empty means.

    `as_shown` says that turned pictures were labelled as viewers show them.
    """

    names: ClassNames = ClassNames()  # noqa: RUF009  # frozen
    only: LabelFormat | None = None
    unlabelled_are_empty: bool = False
    as_shown: bool = False


class _FlightFacts(BaseModel):
    """`flight.toml`: what is true of all pictures of a folder."""

    model_config = ConfigDict(extra="forbid")

    sea_state: str | int | None = None
    rendered: bool = False


def read_labelled(root: Path, rules: ReadingRules = ReadingRules()) -> LabelledSet:
    """Read a folder of flights; each folder that holds pictures is a flight.

    Labels may be YOLO text files, COCO JSON, a CSV table, or the truth of rendered flights, as the
    modules of these formats tell. Of labels that `libong labels export` wrote those frames are
    left out that nobody looked through as a whole: more may be there than was labelled. A label
    that cannot be used is left out, and a picture that no labels speak of, unless the rules say
    that nothing is in it. `flight.toml` beside the pictures may tell their `sea_state`.

    Raises:
        LabelError: when no label can be used, or labels contradict each other.
        ClassNameError: when they name a class that means nothing here.
    """
    pictures = pictures_in(root)
    if not pictures:
        raise LabelError(f"{root} holds no picture; name a folder of flights with their labels")
    sizes = dict(_sizes(pictures))
    read = read_all(
        LabelPlaces(root, pictures, sizes),
        rules.only,
        as_shown=rules.as_shown,
        none_will_do=rules.unlabelled_are_empty,
    )
    labels = dict(read.by_picture)
    notes = [*read.notes, *_turned_notes(labels, sizes, rules), *_video_notes(root)]
    exported = exported_frames(pictures)
    partly = {p for p in labels if p in exported and not exported[p].complete}
    if partly:
        labels = {path: found for path, found in labels.items() if path not in partly}
        notes.append(_partly_note(root, partly, bool(labels)))
    spoilt = {one.picture for one in read.left_out} | partly
    unlabelled = [p for p in pictures if p not in labels and p not in spoilt]
    if unlabelled and rules.unlabelled_are_empty:
        labels |= {p: PictureLabels(root, ()) for p in unlabelled}
    elif unlabelled:
        notes.append(
            f"{len(unlabelled)} pictures have no labels and are left out, such as {unlabelled[0]}; "
            "if nothing is in them, say --unlabelled-are-empty"
        )
    left_out = tuple(one.why for one in read.left_out)
    flights = _flights(root, labels, rules.names, exported)
    return LabelledSet(flights, tuple(notes), left_out)


def _sizes(pictures: Iterable[Path]) -> Iterator[tuple[Path, PictureSize]]:
    """The sizes of the pictures that can be opened; the search refuses the others by name."""
    for path in pictures:
        with suppress(PhotoError):
            yield path, picture_size(path)


def _turned_notes(
    labels: Mapping[Path, PictureLabels], sizes: Mapping[Path, PictureSize], rules: ReadingRules
) -> Iterator[str]:
    """What to know of pictures that are shown turned, whose labels do not tell how they were."""
    turned = [
        path
        for path, own in labels.items()
        if path in sizes
        and sizes[path].orientation != 1
        and own.labels
        and own.source.name != TRUTH_FILE
    ]
    if turned:
        told = (
            "as they are shown, turned"
            if rules.as_shown
            else "as they are stored; if they were drawn on turned pictures, say --labels-as-shown"
        )
        yield (
            f"{len(turned)} labelled pictures, such as {turned[0]}, are shown turned by their Exif "
            f"orientation: where the labels do not tell the sides drawn on, they are read {told}"
        )


def _partly_note(root: Path, partly: Collection[Path], others: bool) -> str:
    """What is said of pictures where more may be than labelled; LabelError without others."""
    if not others:
        raise LabelError(
            f"nobody looked through one of the {len(partly)} pictures of {root} as a whole; do so "
            'at the desk ("Looked through as a whole"), and export the labels anew'
        )
    return (
        f"{len(partly)} pictures are left out that nobody looked through as a whole, such as "
        f"{min(partly)}: what is found there and not labelled may be real"
    )


def _video_notes(root: Path) -> Iterator[str]:
    videos = [p for p in sorted(root.rglob("*")) if p.suffix.casefold() in _VIDEO_SUFFIXES]
    if videos:
        yield (
            f"{len(videos)} videos are left out, such as {videos[0]}: only pictures are evaluated; "
            "give their stills with labels"
        )


def _flights(
    root: Path,
    labels: Mapping[Path, PictureLabels],
    names: ClassNames,
    exported: Mapping[Path, LabelledFrame],
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
                truth for one in labels[path].labels for truth in _truths(one, meant, names)
            )
            pictures.append(
                LabelledPicture(
                    path, truths, labels[path].sea_state or sea_state, exported.get(path)
                )
            )
        rendered = facts.rendered or any(labels[p].source.name == TRUTH_FILE for p in paths)
        flights.append(
            LabelledFlight(_flight_name(root, folder), folder, tuple(pictures), rendered)
        )
    return tuple(flights)


def _truths(
    label: Label, meant: Mapping[str, ObjectClass | None], names: ClassNames
) -> Iterator[TrueBox]:
    """What a label says is there: an object, a region of one class or of every one, or nothing."""
    if names.is_region(label.name):
        for object_class in ObjectClass:
            yield TrueBox(object_class, None, label.xyxy_px, fair=False, region=True)
    elif (own := meant[label.name]) is not None:
        yield TrueBox(
            own, label.object_id, label.xyxy_px, label.fair, label.visibility, label.depth_m,
            label.region,
        )  # fmt: skip


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
