"""Which picture a label file means."""

import re
from collections.abc import Iterable, Sequence
from pathlib import Path, PurePosixPath

from detection.labels.errors import LabelError

_PLAIN_SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".tif", ".tiff", ".bmp", ".webp"})
# What cameras write alone or, of the same shot, beside a JPEG with the same name.
_CAMERA_SUFFIXES = frozenset({".heic", ".heif", ".dng"})


def pictures_in(root: Path) -> tuple[Path, ...]:
    """The pictures below a folder, each shot once; hidden files and folders are passed over.

    A raw or HEIC file beside a picture of the same name is its twin: labels are of the picture.
    """
    pictures = [
        path
        for path in sorted(root.rglob("*"))
        if path.suffix.casefold() in _PLAIN_SUFFIXES | _CAMERA_SUFFIXES
        and not any(part.startswith(".") for part in path.relative_to(root).parts)
        and path.is_file()
    ]
    plain = {_shot(path) for path in pictures if path.suffix.casefold() in _PLAIN_SUFFIXES}
    return tuple(
        path
        for path in pictures
        if path.suffix.casefold() in _PLAIN_SUFFIXES or _shot(path) not in plain
    )


def _shot(picture: Path) -> tuple[Path, str]:
    return picture.parent, picture.stem.casefold()


class AmbiguousPictureError(LabelError):
    """Labels that may be meant for several pictures, or a picture with labels that differ."""


class PictureIndex:
    """Finds the pictures that label files speak of, by path or, where only one has it, by name."""

    def __init__(self, pictures: Iterable[Path]) -> None:
        """Take the pictures of a data set."""
        self._pictures = tuple(pictures)
        self._by_name: dict[str, list[Path]] = {}
        for path in self._pictures:
            self._by_name.setdefault(path.name.casefold(), []).append(path)
            if path.stem.casefold() != path.name.casefold():
                self._by_name.setdefault(path.stem.casefold(), []).append(path)
        self._with_pictures: dict[Path, bool] = {}

    def find(self, reference: str, source: Path) -> Path | None:
        """The picture that a label file means, or None where it is not at hand.

        A file with pictures beside or below it speaks of those alone, since names of drones come
        again in every flight; one without, as in `annotations/`, of all there are. Of several with
        the name, which may lack its suffix, the one is meant whose folders fit best.

        Raises:
            AmbiguousPictureError: when several pictures could be meant.
        """
        wanted = PurePosixPath(reference.replace("\\", "/"))
        same = self._by_name.get(wanted.name.casefold(), [])
        near = [p for p in same if p in {source.parent / wanted, source.parent / "images" / wanted}]
        if near:
            return near[0]
        if self._has_pictures(source.parent):
            same = [p for p in same if p.is_relative_to(source.parent)]
        most = max((_shared_parts(p, wanted) for p in same), default=0)
        fitting = [p for p in same if _shared_parts(p, wanted) == most]
        if len(fitting) > 1:
            fitting = _of_the_split(fitting, source) or fitting
        if len(fitting) > 1:
            raise AmbiguousPictureError(
                f"{source} speaks of {reference}, which may be {fitting[0]} or {fitting[1]}; "
                "write the path from the label file's folder"
            )
        return fitting[0] if fitting else None

    def looked_in(self, source: Path) -> str:
        """Where the pictures of a label file were looked for, in words."""
        if self._has_pictures(source.parent):
            return f"in and below {source.parent}, since there are pictures"
        return f"in the whole data set, since there is no picture below {source.parent}"

    def _has_pictures(self, folder: Path) -> bool:
        if folder not in self._with_pictures:
            self._with_pictures[folder] = any(p.is_relative_to(folder) for p in self._pictures)
        return self._with_pictures[folder]


def _shared_parts(picture: Path, wanted: PurePosixPath) -> int:
    """How many parts of two paths are the same, from the name up; the name itself is."""
    shared = 1
    for own, other in zip(picture.parts[-2::-1], wanted.parts[-2::-1], strict=False):
        if own.casefold() != other.casefold():
            break
        shared += 1
    return shared


def _of_the_split(pictures: Sequence[Path], source: Path) -> list[Path]:
    """Those in a folder that the label file is named after: `instances_val.json` tells of `val`."""
    words = set(re.split(r"[\W_]+", source.stem.casefold())) | {source.parent.name.casefold()}
    return [p for p in pictures if words & {part.casefold() for part in p.parent.parts[-3:]}]
