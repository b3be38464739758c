"""Names that labels give to classes, and which of the detector's classes they mean."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from detection.types import ObjectClass
from ingest.errors import LibongError

# Only names that leave no doubt. A buoy may mark a channel, and "vehicle" may be on land.
_SYNONYMS: Mapping[ObjectClass, tuple[str, ...]] = {
    ObjectClass.DUGONG: (
        "dugong", "dugong dugon", "sea cow", "dugong calf", "calf dugong", "adult dugong",
        "dugong adult", "dugong mother", "mother dugong", "พะยูน",
    ),
    ObjectClass.BOAT: (
        "boat", "ship", "vessel", "long tail", "long tail boat", "speed boat", "motor boat",
        "power boat", "row boat", "rowing boat", "fishing boat", "fishing vessel", "fishing ship",
        "tour boat", "passenger boat", "passenger ship", "passenger vessel", "ferry", "ferries",
        "yacht", "kayak", "canoe", "sail boat", "sailing boat", "small boat", "large boat",
        "small vessel", "large vessel", "trawler", "dinghy", "dinghies", "moored boat",
        "inflatable boat", "rubber boat", "skiff", "barge", "catamaran", "jet ski", "watercraft",
        "cargo ship", "เรือ", "เรือหางยาว", "เรือประมง", "เรือยนต์", "เรือเร็ว", "เรือท่องเที่ยว",
        "เรือพาย", "เรือใบ", "เจ็ตสกี",
    ),
    ObjectClass.FISHING_GEAR: (
        "fishing gear", "gear", "net", "fishing net", "gill net", "ghost net", "ghost gear",
        "float line", "fish trap", "fishing trap", "crab trap", "trap buoy", "stake trap",
        "push net", "fish cage", "crab pot", "อวน", "ลอบ", "โป๊ะ", "เครื่องมือประมง",
    ),
}  # fmt: skip
# Regions that data sets name where nobody labelled what is in them, SeaDronesSee and VisDrone too.
_REGIONS = (
    "ignored", "ignore", "ignored region", "ignore region", "ignored area", "ignore area",
    "dont care", "don't care",
)  # fmt: skip
# A name to leave out that stands for every name without a meaning of its own.
ALL_OTHERS = "*"
_REGION_NAMES = frozenset(name.replace(" ", "") for name in _REGIONS)
_CLASS_BY_NAME = {name.replace(" ", ""): c for c, names in _SYNONYMS.items() for name in names}


class ClassNameError(LibongError, ValueError):
    """A name of a class that means none, or a mapping of one that cannot be read."""


def _plain(name: str) -> str:
    words = re.sub(r"(?<=[a-z])(?=[A-Z])|[\s_-]+", " ", name.strip())
    return words.casefold().removesuffix("(s)")


def _spellings(plain: str) -> tuple[str, str]:
    """A plain name in one word, and the same as one of many."""
    joined = plain.replace(" ", "")
    return joined, joined.removesuffix("s")


@dataclass(frozen=True)
class ClassNames:
    """What names mean: synonyms, and over them what the user said; None is to be left out."""

    said: Mapping[str, ObjectClass | None] = field(default_factory=dict)

    @classmethod
    def parse(cls, mapped: Iterable[str] = (), ignored: Iterable[str] = ()) -> "ClassNames":
        """Read `name=class` mappings and names to leave out.

        Raises:
            ClassNameError: for a mapping that is no such pair, or to an unknown class.
        """
        said: dict[str, ObjectClass | None] = {}
        for pair in mapped:
            name, equals, wanted = pair.rpartition("=")
            if not (name and equals) or wanted not in set(ObjectClass):
                known = ", ".join(ObjectClass)
                raise ClassNameError(f"a mapping must be NAME=CLASS, CLASS of {known}; got {pair}")
            said[_plain(name)] = ObjectClass(wanted)
        said.update((_plain(name), None) for name in ignored)
        return cls(said)

    def classes(self, names: Iterable[str]) -> dict[str, ObjectClass | None]:
        """What each name means; None where it is to be left out, or is that of regions.

        Raises:
            ClassNameError: naming all that mean nothing.
        """
        meant = {name: self._meaning(name) for name in names}
        unknown = sorted(name for name, (known, _) in meant.items() if not known)
        if unknown:
            every = " ".join(f"--ignore '{name}'" for name in unknown)
            raise ClassNameError(
                f"labels name classes that are none of {', '.join(ObjectClass)}: "
                f"{', '.join(unknown)}; say what each means, as with --map '{unknown[0]}=boat', or "
                f"leave them out with {every} (--ignore '{ALL_OTHERS}' for all such names)"
            )
        return {name: object_class for name, (_, object_class) in meant.items()}

    def is_region(self, name: str) -> bool:
        """Whether a name is that of regions where nothing was labelled, of whatever class."""
        plain = _plain(name)
        return plain not in self.said and not _REGION_NAMES.isdisjoint(_spellings(plain))

    def _meaning(self, name: str) -> tuple[bool, ObjectClass | None]:
        plain = _plain(name)
        if plain in self.said:
            return True, self.said[plain]
        for candidate in _spellings(plain):
            if candidate in _CLASS_BY_NAME:
                return True, _CLASS_BY_NAME[candidate]
        return ALL_OTHERS in self.said or self.is_region(name), None
