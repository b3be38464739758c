"""Names of files in a ZIP: what the sender called them, and where they may be written."""

import re
from zipfile import ZipInfo

from ingest.errors import ArchiveError

_UTF8_FLAG = 0x800  # PKWARE's APPNOTE 4.4.4, bit 11
_THAI_OR_ASCII = re.compile(r"[\x00-\x7f\u0e01-\u0e5b]+")
_SEPARATORS = re.compile(r"[/\\]")  # old Windows programs write backslashes
_DRIVE = re.compile(r"[A-Za-z]:")
_UNWRITABLE = re.compile(r'[\x00-\x1f\x7f<>:"|?*]')  # control characters, and what Windows refuses
_MAC_FOLDER, _MAC_PREFIX, _MAC_STORE = "__MACOSX", "._", ".DS_Store"


def entry_name(entry: ZipInfo) -> str:
    """The name as the sender saw it.

    Without the UTF-8 mark zipfile reads names as IBM 437. Programs that leave the mark out write
    UTF-8 all the same, or the code page of their Windows: 874 on a Thai one.
    """
    if entry.flag_bits & _UTF8_FLAG or entry.filename.isascii():
        return entry.filename
    try:
        raw = entry.filename.encode("cp437")
    except UnicodeEncodeError:  # newer Pythons read the Unicode name that some programs add
        return entry.filename
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        thai = raw.decode("cp874", errors="replace")
        return thai if _THAI_OR_ASCII.fullmatch(thai) else entry.filename


def is_mac_dropping(name: str) -> bool:
    """Whether macOS added this entry of itself, beside what the sender chose."""
    *folders, last = _SEPARATORS.split(name)
    return _MAC_FOLDER in folders or last == _MAC_STORE or last.startswith(_MAC_PREFIX)


def safe_parts(name: str) -> tuple[str, ...]:
    """The parts of a path that leads down from where it is joined to, at least one.

    Raises ArchiveError `unsafe_name` for a name that leads elsewhere or nowhere.
    """
    parts, shown = _SEPARATORS.split(name), shown_parts(name)
    # Windows drops dots and blanks at the end of a name: ".. ." would be ".." there.
    climbs = any(part not in ("", ".") and not part.rstrip(". ") for part in parts)
    if climbs or not shown or not parts[0] or _DRIVE.match(name):
        raise ArchiveError(
            "unsafe_name",
            "a name in a ZIP must lead to a file within its folder, without drive or ..; got "
            f"{name[:80]!a}",
        )
    return shown


def shown_parts(name: str) -> tuple[str, ...]:
    """The parts of a name that lead down, in characters that every disk can write; may be none."""
    parts = (_UNWRITABLE.sub("_", part) for part in _SEPARATORS.split(name))
    return tuple(part for part in parts if part.rstrip(". "))
