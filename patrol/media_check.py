"""The check of the media store: every picture that an incident rests on, and its hash."""

from collections.abc import Iterator

from patrol.ledger import LedgerFault
from patrol.media import MediaError, MediaStore
from patrol.store import Store


def media_faults(store: Store, media: MediaStore) -> Iterator[LedgerFault]:
    """Yield each original and crop of an incident that is missing or no longer as it was logged.

    Reads every one of them, so that it takes as long as reading that much from the disk.
    """
    checked: set[str] = set()
    for incident in store.incidents():
        named = {"original": incident.frame_sha256, "crop": incident.crop_sha256}
        for what, sha256 in named.items():
            if sha256 is None or sha256 in checked:
                continue
            checked.add(sha256)
            if (why := _fault(media, sha256)) is not None:
                text = f"the {what} {sha256} of incident {incident.incident_id} {why}"
                yield LedgerFault(0, text)


def _fault(media: MediaStore, sha256: str) -> str | None:
    try:
        if not media.has(sha256):
            return "is missing from the media store"
        media.get(sha256)
    except MediaError:
        return "was changed in the media store"
    return None
