"""What an export of evidence holds, and what it lacks."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import PurePath

from patrol.exports.labels import Words

MAP = "evidence/map.svg"


def small_name(frame_name: str) -> str:
    """Return the name of the small picture of a frame whose original has not come."""
    return f"{PurePath(frame_name).with_suffix('')}_small.jpg"


def marked_name(frame_name: str) -> str:
    """Return the name of the marked crop of a frame: it sorts right after the frame's."""
    return f"{PurePath(frame_name).with_suffix('')}_marked.jpg"


class Why(StrEnum):
    """Why something that belongs to the evidence is not in it."""

    NOT_KEPT = "not_kept"
    MISSING = "missing"
    NOT_SENT = "not_sent"
    ALTERED = "altered"
    UNDRAWABLE = "undrawable"


WHY_WORDS: Mapping[Why, Words] = {
    Why.NOT_KEPT: Words(
        "ระบบไม่ได้เก็บไว้ (เก็บเฉพาะรูปที่เห็นวัตถุชัดที่สุด)",
        "was never kept: of each sighting only the best photo is",
    ),
    Why.MISSING: Words("หาไม่พบในคลังภาพ", "is missing from the media store"),
    Why.NOT_SENT: Words(
        "รูปต้นฉบับยังไม่ถึงเซิร์ฟเวอร์ (เที่ยวบินนี้ประมวลผลในภาคสนาม)",
        "has not come from the device that processed the flight in the field",
    ),
    Why.ALTERED: Words(
        "เนื้อหาในคลังภาพถูกแก้ไขหรือเสียหาย ไม่ตรงกับค่าแฮชที่บันทึกไว้",
        "was changed or damaged in the media store: it no longer has its logged hash",
    ),
    Why.UNDRAWABLE: Words(
        "วาดไม่ได้ เพราะไม่มีรูปต้นฉบับหรือเปิดรูปไม่ได้",
        "cannot be drawn: its original is absent or cannot be decoded",
    ),
}


@dataclass(frozen=True)
class EvidenceFile:
    """A file of the export: its name in the ZIP, its hash and its size."""

    name: str
    sha256: str
    size_bytes: int


@dataclass(frozen=True)
class Absence:
    """Something that is not in the export: the name it would have, its logged hash, and why."""

    name: str
    sha256: str | None
    why: Why

    @property
    def is_lack(self) -> bool:
        """Whether the export is incomplete for it; what was never kept is no lack."""
        return self.why is not Why.NOT_KEPT


@dataclass(frozen=True)
class EvidenceReport:
    """What was exported.

    Whoever can change a ZIP can also change its manifest: writing `manifest_sha256` down elsewhere
    shows even that.
    """

    files: tuple[EvidenceFile, ...]
    absences: tuple[Absence, ...]
    manifest_sha256: str

    @property
    def lacks(self) -> tuple[Absence, ...]:
        """What is missing from the evidence; empty for a complete export."""
        return tuple(absence for absence in self.absences if absence.is_lack)
