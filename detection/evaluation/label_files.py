"""All label files of a data set, read together: what each says, and what none could be used for."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from detection.evaluation.coco_labels import is_coco_file, read_coco
from detection.evaluation.csv_labels import is_label_table, read_csv
from detection.evaluation.labels import (
    Absent,
    LabelFormat,
    LeftOut,
    PictureLabels,
    Read,
    Remark,
)
from detection.evaluation.picture_index import AmbiguousPictureError, PictureIndex
from detection.evaluation.rendered_truth import FILE_NAME as TRUTH_FILE
from detection.evaluation.rendered_truth import read_truth
from detection.evaluation.yolo_labels import PLACES, YoloFiles
from detection.labels.errors import LabelError
from detection.labels.sheet import sheet_of
from ingest.picture import PictureSize


@dataclass(frozen=True)
class AllLabels:
    """The labels of each picture, from one file; what was left out, and what to know of the rest.

    `left_out` are faults of labels; pictures that are not there, and files that are of no picture,
    are told in `notes`.
    """

    by_picture: Mapping[Path, PictureLabels]
    left_out: tuple[LeftOut, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class LabelPlaces:
    """A data set's folder, its pictures, and the sizes of those that can be opened."""

    root: Path
    pictures: tuple[Path, ...]
    sizes: Mapping[Path, PictureSize]


def read_all(
    places: LabelPlaces,
    only: LabelFormat | None = None,
    *,
    as_shown: bool = False,
    none_will_do: bool = False,
) -> AllLabels:
    """Read every label file of a data set, or those of one format.

    `as_shown` says that turned pictures were labelled as viewers show them, where the labels do not
    tell themselves, `none_will_do` that there may be no label file.

    Raises:
        LabelError: when a picture has labels in several files that differ, when no label can be
            used, or there are none.
    """
    gathered = _Gathered()
    index = PictureIndex(places.pictures)
    for read in _readers(places, index, only, as_shown):
        try:
            for one in read():
                gathered.add(one)
        except AmbiguousPictureError:
            raise
        except LabelError as fault:
            gathered.add(LeftOut(str(fault)))
    found = gathered.by_picture()
    if not any(labels.labels for labels in found.values()) and gathered.left_out:
        raise LabelError(
            f"not one label of {places.root} can be used; the first of {len(gathered.left_out)}: "
            f"{gathered.left_out[0].why}"
        )
    if not found and not none_will_do:
        raise LabelError(_labels_of_none(places, index, gathered.absent))
    notes = (*gathered.remarks, *_absent_notes(index, gathered.absent), *_scored_notes(found))
    return AllLabels(found, tuple(gathered.left_out), notes)


class _Gathered:
    """What label files gave so far."""

    def __init__(self) -> None:
        self.left_out: list[LeftOut] = []
        self.remarks: list[str] = []
        self.absent: dict[Path, list[str]] = {}
        self._by_source: dict[Path, dict[Path, PictureLabels]] = {}

    def add(self, read: Read) -> None:
        match read:
            case Absent(source, reference):
                self.absent.setdefault(source, []).append(reference)
            case LeftOut():
                self.left_out.append(read)
            case Remark(text):
                self.remarks.append(text)
            case (path, labels):
                own = self._by_source.setdefault(path, {})
                before = own.get(labels.source)
                own[labels.source] = labels if before is None else _joined(before, labels)

    def by_picture(self) -> dict[Path, PictureLabels]:
        """The labels of each picture; raises AmbiguousPictureError where two files differ."""
        for path, by_source in self._by_source.items():
            first, *others = by_source.values()
            for other in others:
                if set(other.labels) != set(first.labels):
                    raise AmbiguousPictureError(
                        f"{path} is labelled in {first.source} and in {other.source}; keep one, "
                        f"or say which with --labels {'|'.join(LabelFormat)}"
                    )
        return {path: next(iter(own.values())) for path, own in self._by_source.items()}


def _joined(one: PictureLabels, other: PictureLabels) -> PictureLabels:
    """The labels of a picture that one file lists twice."""
    more = tuple(label for label in other.labels if label not in one.labels)
    return replace(one, labels=one.labels + more, sea_state=one.sea_state or other.sea_state)


def _readers(
    places: LabelPlaces, index: PictureIndex, only: LabelFormat | None, as_shown: bool
) -> Iterator[Callable[[], Iterator[Read]]]:
    """What reads each label file, in the order of their names, those of YOLO last."""
    sizes = places.sizes
    sheets = {p: sheet_of(size, as_shown=as_shown) for p, size in sizes.items()}

    def wanted(label_format: LabelFormat) -> bool:
        return only in (None, label_format)

    for file in sorted(places.root.rglob("*")):
        if any(part.startswith(".") for part in file.relative_to(places.root).parts):
            continue
        if file.suffix.casefold() == ".json":
            coco = is_coco_file(file)
            if coco and wanted(LabelFormat.COCO):
                yield partial(read_coco, file, index, sizes, as_shown=as_shown)
            elif not coco and file.name == TRUTH_FILE and wanted(LabelFormat.TRUTH):
                yield partial(_of_truth, file, places.pictures)
        elif wanted(LabelFormat.CSV) and is_label_table(file):
            yield partial(read_csv, file, index, sheets)
    if wanted(LabelFormat.YOLO):
        yolo = YoloFiles(places.root, places.pictures)
        for path in places.pictures:
            text = yolo.of(path)
            if text is not None:
                yield partial(yolo.read, text, path, sheets.get(path))


def _of_truth(file: Path, pictures: tuple[Path, ...]) -> Iterator[Read]:
    own = tuple(p for p in pictures if p.parent == file.parent)
    if not own:
        yield Remark(f"{file} is left out: there is no picture beside it, as with a video's truth")
        return
    yield from read_truth(file, own).items()


def _absent_notes(index: PictureIndex, absent: Mapping[Path, list[str]]) -> Iterator[str]:
    for source, references in absent.items():
        yield (
            f"{source} labels {len(references)} pictures that are not there, such as "
            f"{references[0]}; looked {index.looked_in(source)}"
        )


def _scored_notes(found: Mapping[Path, PictureLabels]) -> Iterator[str]:
    scored = [labels.source for labels in found.values() if labels.with_confidence]
    if scored:
        yield (
            f"labels of {len(scored)} pictures, such as {scored[0]}, end in a confidence, as what "
            "a detector found does; it is passed over, so make sure that people looked at them"
        )


def _labels_of_none(
    places: LabelPlaces, index: PictureIndex, absent: Mapping[Path, list[str]]
) -> str:
    found = f"{places.root} holds {len(places.pictures)} pictures and labels of none"
    if absent:
        return f"{found}: {'; '.join(_absent_notes(index, absent))}"
    return (
        f"{found}. Looked for YOLO .txt files {', '.join(PLACES)}; for COCO in .json files with "
        "images, annotations and categories; for .csv files with columns image, class and a box or "
        f"point; and for {TRUTH_FILE} beside rendered pictures, all anywhere below {places.root}"
    )
