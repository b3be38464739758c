"""What a user announces: whether it can be a flight, and what of it is refused, here, or to come.

Pure: the names of files, their sizes and hashes in, words out.
"""

from collections.abc import Iterable, Sequence

from ingest.entry_name import safe_parts
from ingest.errors import ArchiveError
from ingest.refusal import remedy_for
from patrol.uploads import (
    FileOffer,
    FileRefusal,
    FileState,
    UploadError,
    UploadFile,
    UploadPolicy,
)
from patrol.uploads_table import NewFile


def check_list(offers: Sequence[FileOffer], policy: UploadPolicy) -> None:
    """Raise UploadError for files that cannot be a flight."""
    if not 0 < len(offers) <= policy.max_files:
        raise UploadError(f"a flight has 1 to {policy.max_files} files; got {len(offers)}")
    seen: set[str] = set()
    for offer in offers:
        check_offer(offer)
        if offer.path in seen:
            raise UploadError(f"the file {offer.path!a} is named twice; name each once")
        seen.add(offer.path)


def check_offer(offer: FileOffer) -> None:
    """Raise UploadError for a file that cannot be named to anybody."""
    if not offer.path.isprintable():
        raise UploadError(f"a file's name must be printable; got {offer.path[:80]!a}")


def judge_offer(offer: FileOffer, here: set[str], policy: UploadPolicy) -> NewFile:
    """Return a file as refused, as here already (`here` holds such hashes), or as to come."""
    refused = _refusal_of(offer, policy)
    if refused is not None:
        return NewFile(offer, FileState.REFUSED, refused)
    return NewFile(offer, FileState.STORED if offer.sha256 in here else FileState.WAITING)


def _refusal_of(offer: FileOffer, policy: UploadPolicy) -> FileRefusal | None:
    try:
        safe_parts(offer.path)
    except ArchiveError:
        return refusal("unsafe_name", "its name must lead to a file within the flight's folder")
    if offer.size_bytes == 0:
        return refusal("empty", "it has no bytes")
    if offer.size_bytes > policy.max_file_bytes:
        return refusal(
            "too_large",
            f"a file may have {policy.max_file_bytes} bytes; it has {offer.size_bytes}",
        )
    return None


def refusal(code: str, text: str) -> FileRefusal:
    """Return why a file is refused, with what to do about it."""
    return FileRefusal(code, text, remedy_for(code))


def bytes_to_come(files: Iterable[FileOffer | UploadFile]) -> int:
    """Return the size of files of which each content is sent once."""
    return sum({file.sha256: file.size_bytes for file in files}.values())
