"""What one recipient of sightings may learn: a file for each, written by who answers for it.

Chapman (2020, GBIF) asks for it: sensitivity is decided for each place and recipient, the decision
is recorded with its reason, and it is looked at again at a stated date.
"""

import tomllib
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum, StrEnum
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from ingest.errors import LibongError

_Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]


class SharingPolicyError(LibongError, ValueError):
    """A file that is no policy of sharing."""


class Cell(Enum):
    """How coarse places are made: the side of a cell in degrees (Chapman's categories)."""

    ONE = 1.0
    TENTH = 0.1
    HUNDREDTH = 0.01
    THOUSANDTH = 0.001


class DateDetail(StrEnum):
    """How exactly a date is told."""

    DAY = "day"
    MONTH = "month"
    YEAR = "year"

    def told(self, day: date) -> str:
        """Return a day in ISO 8601, cut to this detail."""
        return day.isoformat()[
            : {DateDetail.DAY: 10, DateDetail.MONTH: 7, DateDetail.YEAR: 4}[self]
        ]


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")

    recipient: _Text
    cell_deg: Cell
    dates: DateDetail
    held_back_days: int = Field(ge=0, le=36_500)
    licence: _Text
    contact: _Text
    reason: _Text
    review: date


@dataclass(frozen=True)
class SharingPolicy:
    """Who gets sightings, and how much of them; empty texts are left out of what is written.

    A sighting is told once `held_back_days` have passed. `reason` says why it is told no finer, and
    the decision is looked at again on the day `review`.
    """

    recipient: str = ""
    cell: Cell = Cell.TENTH
    dates: DateDetail = DateDetail.DAY
    held_back_days: int = 0
    licence: str = ""
    contact: str = ""
    reason: str = "the species is hunted and disturbed"
    review: date | None = None

    def tells(self, day: date, today: date) -> bool:
        """Return whether a sighting of a day is told today."""
        return day <= today - timedelta(days=self.held_back_days)

    @property
    def generalisations(self) -> str:
        """What was made coarse, and when that is looked at again."""
        parts = [f"place given as the centre of its cell of {self.cell.value:g} degrees"]
        if self.dates is not DateDetail.DAY:
            parts.append(f"date given as its {self.dates}")
        if self.review is not None:
            parts.append(f"to be reviewed on {self.review.isoformat()}")
        return "; ".join(parts)

    @property
    def withheld(self) -> str:
        """What is not told at all, and why."""
        held = f"; told {self.held_back_days} days later at the soonest"
        return f"exact place and time of day: {self.reason}{held if self.held_back_days else ''}"


def read_sharing_policy(path: Path) -> SharingPolicy:
    """Read a policy from a TOML file; raises SharingPolicyError with the place of a fault."""
    try:
        read = _File.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SharingPolicyError(
            f"{path} cannot be read as a policy of sharing: {error}"
        ) from error
    except ValidationError as error:
        first = error.errors(include_input=False)[0]
        place = ".".join(map(str, first["loc"]))
        raise SharingPolicyError(f"{path}, {place}: {first['msg']}") from None
    return SharingPolicy(
        recipient=read.recipient,
        cell=read.cell_deg,
        dates=read.dates,
        held_back_days=read.held_back_days,
        licence=read.licence,
        contact=read.contact,
        reason=read.reason,
        review=read.review,
    )
