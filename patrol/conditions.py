"""Sea and weather during a flight, as somebody told them: kept in the ledger, never guessed.

Nothing here is computed or looked up. What nobody told is not known, and is told as such.
"""

import json
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Any

from ingest.errors import LibongError
from patrol.ledger import LedgerEntry, canonical_json

CONDITIONS_TOLD = "conditions_told"

_LONGEST_TEXT = 500
CONDITION_LIMITS: dict[str, tuple[float, float]] = {
    "tide_m": (-20.0, 20.0),
    "wind_m_s": (0.0, 100.0),
    "wind_from_deg": (0.0, 360.0),
    "sea_state": (0, 9),
    "cloud_oktas": (0, 8),
    "visibility_km": (0.0, 100.0),
}


class ConditionsError(LibongError, ValueError):
    """Conditions that cannot be, or that say nothing; `field` is what cannot be, if it is one."""

    def __init__(self, message: str, field: str | None = None) -> None:
        """Keep the message and the field."""
        super().__init__(message)
        self.field = field


@dataclass(frozen=True)
class Conditions:
    """What somebody told; None or an empty text where they told nothing.

    `tide_m` is above mean sea level, `wind_from_deg` from true north, `sea_state` of the Douglas
    scale (0 to 9), `cloud_oktas` the eighths of the sky that are covered. `source` is where it is
    from: an eye, an instrument, a table of tides.
    """

    source: str
    tide_m: float | None = None
    wind_m_s: float | None = None
    wind_from_deg: float | None = None
    sea_state: int | None = None
    cloud_oktas: int | None = None
    visibility_km: float | None = None
    weather: str = ""

    def __post_init__(self) -> None:
        """Refuse what cannot be; raises ConditionsError with the value."""
        for name, (least, most) in CONDITION_LIMITS.items():
            value = getattr(self, name)
            if value is not None and not least <= value <= most:
                raise ConditionsError(f"{name} must be {least:g} to {most:g}; got {value:g}", name)
        for name in ("source", "weather"):
            text = getattr(self, name)
            if len(text) > _LONGEST_TEXT or not text.isprintable():
                raise ConditionsError(
                    f"{name} must be one line of at most {_LONGEST_TEXT} characters; got {text!r}",
                    name,
                )
        if not self.source.strip():
            raise ConditionsError("say where this is from: who saw it, or which table", "source")
        if not self.told:
            raise ConditionsError("nothing is told of the sea or the weather; give one thing")

    @property
    def told(self) -> dict[str, float | str]:
        """What is told besides the source, by the names of the fields."""
        values = asdict(self)
        del values["source"]
        return {name: value for name, value in values.items() if value not in (None, "")}


@dataclass(frozen=True)
class ToldConditions:
    """Conditions, and who told them when."""

    conditions: Conditions
    actor: str
    at_utc: datetime


def conditions_payload(conditions: Conditions, actor: str) -> str:
    """Return the ledger's payload: all that was told, and by whom."""
    return canonical_json({"actor": actor, "source": conditions.source, **conditions.told})


def conditions_of(entry: LedgerEntry) -> ToldConditions:
    """Return what an entry of kind CONDITIONS_TOLD tells."""
    payload: dict[str, Any] = json.loads(entry.payload)
    names = {field.name for field in fields(Conditions)}
    return ToldConditions(
        Conditions(**{name: value for name, value in payload.items() if name in names}),
        payload["actor"],
        datetime.fromisoformat(entry.at_utc),
    )
