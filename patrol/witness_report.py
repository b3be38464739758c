"""What people report without a drone: values alone, so that the public side can know them too."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

LONGEST_WORDS = 1000
LONGEST_PLACE_WORDS = 200
# A phone's photo at its largest; more is no photo for a quick report.
MAX_PHOTO_BYTES = 15 * 1024 * 1024


class WitnessKind(StrEnum):
    """What somebody saw."""

    SIGHTING = "sighting"
    NET = "net"
    BOAT = "boat"
    CARCASS = "carcass"


class Provenance(StrEnum):
    """Whose word a report is."""

    RANGER = "ranger_report"
    COMMUNITY = "community"

    @property
    def mark(self) -> str:
        """What stands for it where a flight names the model that searched it."""
        return f"provenance:{self.value}"


MARKS = tuple(provenance.mark for provenance in Provenance)


class Outcome(StrEnum):
    """What became of a report, as told to who sent it."""

    RECEIVED = "received"
    CONFIRMED = "confirmed"
    RESPONDING = "responding"
    RESOLVED = "resolved"
    DISMISSED = "dismissed"


class Fault(StrEnum):
    """Why a report was not taken."""

    EMPTY = "empty"
    PHOTO_KIND = "photo_kind"
    PHOTO_LARGE = "photo_large"
    PLACE_FAR = "place_far"
    TOO_MANY = "too_many"
    ROBOT = "robot"


@dataclass(frozen=True)
class WitnessPlace:
    """Where it was: WGS 84 degrees, and the root mean square error in metres.

    `from_photo` says that only the photo's own tags tell it.
    """

    lon: float
    lat: float
    error_m: float
    from_photo: bool = False


@dataclass(frozen=True)
class WitnessReport:
    """What somebody reports. `key` names it: sent twice with one key it is one report.

    `photo` is the file as it came; `place` is None where only words, or nothing, tell it.
    """

    key: str
    kind: WitnessKind
    words: str
    place_words: str
    place: WitnessPlace | None
    made_at_utc: datetime
    photo: bytes | None


@dataclass(frozen=True)
class WitnessAnswer:
    """A report taken, with the code to follow it by; or why it was not."""

    code: str | None
    fault: Fault | None = None


@dataclass(frozen=True)
class WitnessStanding:
    """What the sender of a report may know: what it was about, its local day, what became of it."""

    kind: WitnessKind
    received_on: date
    outcome: Outcome
