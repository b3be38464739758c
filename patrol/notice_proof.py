"""What the ledger says of a message: as it was delivered, or that it was given up."""

from dataclasses import asdict, dataclass
from datetime import datetime

from patrol.ledger import canonical_json, digest

NOTICE_ENDED = "notice_ended"


@dataclass(frozen=True)
class NoticeFacts:
    """A message that is done with; `state` is `sent` or `failed`."""

    recipient: str
    cause: str
    title: str
    text: str
    made_at_utc: datetime
    state: str
    attempts: int
    sent_at_utc: datetime | None
    fault: str | None


def notice_subject(notice_id: int) -> str:
    """Return under which subject the ledger speaks of a message."""
    return f"notice:{notice_id}"


def notice_payload(facts: NoticeFacts) -> str:
    """Return the ledger's payload: all of the message, its text as a hash."""
    return canonical_json(asdict(facts) | {"text": digest(facts.text)})
