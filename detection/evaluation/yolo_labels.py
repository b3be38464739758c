"""YOLO labels of a data set: a text file a picture, found where tools put it."""

from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from detection.evaluation.labels import Label, LeftOut, PictureLabels, Read
from detection.labels.class_list import (
    NAME_LISTS,
    YAML_FILES,
    YAML_SUFFIXES,
    class_list,
    names_classes,
)
from detection.labels.errors import LabelError
from detection.labels.sheet import Sheet, checked_box
from detection.labels.yolo import YoloLine, yolo_lines

# Where a picture's label file is looked for, in words for people.
PLACES = (
    "beside the picture",
    "in labels/ there",
    "in labels/ for images/ in its path",
    "in labels/ of the data set with the picture's own folders",
    "anywhere else, where one picture and one .txt file have the name",
)


class YoloFiles:
    """The YOLO label files of a data set, and the lists that name their classes."""

    def __init__(self, root: Path, pictures: Iterable[Path]) -> None:
        """Look through the data set."""
        self._root = root
        self._stems: dict[str, int] = {}
        for path in pictures:
            self._stems[path.stem] = self._stems.get(path.stem, 0) + 1
        self._texts: dict[str, list[Path]] = {}
        for file in sorted(root.rglob("*.txt")):
            self._texts.setdefault(file.stem, []).append(file)
        self._names = cache(self._class_names)

    def of(self, picture: Path) -> Path | None:
        """The picture's label file; None where there is none in any of the `PLACES`."""
        places = [picture.parent, picture.parent / "labels"]
        parts = list(picture.parent.parts)
        if "images" in parts:
            last = len(parts) - 1 - parts[::-1].index("images")
            places.append(Path(*parts[:last], "labels", *parts[last + 1 :]))
        places.append(self._root / "labels" / picture.parent.relative_to(self._root))
        files = (place / f"{picture.stem}.txt" for place in places)
        anywhere = self._texts.get(picture.stem, [])
        alone = anywhere if len(anywhere) == self._stems[picture.stem] == 1 else []
        return next((file for file in (*files, *alone) if file.is_file()), None)

    def read(self, file: Path, picture: Path, sheet: Sheet | None) -> Iterator[Read]:
        """Read a picture's label file: `class x y width height`, or corners of an outline.

        A picture without a sheet cannot be opened; the search refuses it by name.

        Names of class numbers come from classes.txt, obj.names or a YAML file with `names:`, in the
        file's folder or one above it, up to the data set's; or from elsewhere in the data set,
        where all there are say the same; or from the folder that holds the data set, which may be a
        split of a larger one. Where nothing names them, the number is the name. A box without sides
        is a point; what follows a box is a detector's confidence, and is passed over.
        """
        if sheet is None:
            yield picture, PictureLabels(file, ())
            return
        try:
            text = file.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as exc:
            yield LeftOut(f"{file} cannot be read as YOLO labels: {exc}", picture)
            return
        lines = list(yolo_lines(text.splitlines(), file))
        names = self._names(file.parent) if lines else ()
        labels = []
        for line in lines:
            try:
                labels.append(_label(line, names, sheet))
            except LabelError as fault:
                yield LeftOut(str(fault))
        scored = any(isinstance(line, YoloLine) and line.confidence is not None for line in lines)
        yield picture, PictureLabels(file, tuple(labels), with_confidence=scored)

    def _class_names(self, folder: Path) -> tuple[str, ...] | None:
        """Names in the order of their numbers; None where nothing names them."""
        above = [folder, *folder.parents]
        within = [f for f in above if f.is_relative_to(self._root)] or [folder]
        for place in [*within, self._root]:
            known = [place / name for name in (*NAME_LISTS, *YAML_FILES)]
            others = sorted(f for f in place.glob("*") if f.suffix.casefold() in YAML_SUFFIXES)
            for file in (*known, *others):
                if (names := _names_in(file)) is not None:
                    return names
        lists = (
            _names_in(file)
            for file in self._root.rglob("*")
            if file.name in NAME_LISTS or file.suffix.casefold() in YAML_SUFFIXES
        )
        elsewhere = {names for names in lists if names is not None}
        if len(elsewhere) == 1:
            return elsewhere.pop()
        beyond = (self._root.resolve().parent / name for name in (*NAME_LISTS, *YAML_FILES))
        return next((names for file in beyond if (names := _names_in(file)) is not None), None)


def _names_in(file: Path) -> tuple[str, ...] | None:
    """The classes that a file names; None for no such file, and for one that names none."""
    if not file.is_file():
        return None
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as exc:
        raise LabelError(f"{file} cannot be read as a list of classes: {exc}") from exc
    if file.suffix.casefold() in YAML_SUFFIXES and not names_classes(text):
        return None
    return class_list(text, str(file))


def _label(line: YoloLine | LabelError, names: tuple[str, ...] | None, sheet: Sheet) -> Label:
    """The label of a line; raises LabelError where it is none."""
    if isinstance(line, LabelError):
        raise line
    if names is not None and line.class_number >= len(names):
        raise LabelError(
            f"{line.where}: class {line.class_number} has no name; {len(names)} are named"
        )
    box = checked_box(line.xyxy_px(sheet.width_px, sheet.height_px), sheet, line.where)
    name = str(line.class_number) if names is None else names[line.class_number]
    return Label(name, box)
