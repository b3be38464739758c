"""The check of the media store: every picture that an incident rests on, and its hash."""

from collections.abc import Iterator

from patrol.incident_list import Listing
from patrol.ledger import LedgerFault
from patrol.ledger_check import Told, silent
from patrol.media import MediaError, MediaStore
from patrol.store import Store


def media_faults(store: Store, media: MediaStore, told: Told = silent) -> Iterator[LedgerFault]:
    """Yield each original and crop of an incident that is missing or no longer as it was logged.

    Reads every one of them, so that it takes as long as reading that much from the disk. `told`
    hears of how many incidents the pictures were read.
    """
    checked: set[str] = set()
    total = store.incident_page(Listing.EVERY, limit=1).total
    for done, pictures in enumerate(store.incident_pictures(), start=1):
        told("media", done, max(done, total))
        named = {"original": pictures.frame_sha256, "crop": pictures.crop_sha256}
        for what, sha256 in named.items():
            if sha256 is None or sha256 in checked:
                continue
            checked.add(sha256)
            if (why := _fault(media, sha256)) is not None:
                text = f"the {what} {sha256} of incident {pictures.incident_id} {why}"
                yield LedgerFault(0, text)


def _fault(media: MediaStore, sha256: str) -> str | None:
    try:
        if not media.has(sha256):
            return "is missing from the media store"
        media.get(sha256)
    except MediaError:
        return "was changed in the media store"
    return None
