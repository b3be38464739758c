"""Permits to fish in a zone: who may set which gear where, and in which days."""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from patrol.zone_file import SiteFileError, fault_text

_Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=400)]


@dataclass(frozen=True)
class Permit:
    """One permit; its days are local and inclusive.

    The software cannot tell whose gear a picture shows, nor which kind it is: a permit never makes
    a verdict go away, it is told with it.
    """

    permit_id: str
    holder: str
    gear: str
    zone_ids: frozenset[str]
    first: date
    last: date
    citation: str


class _Permit(BaseModel):
    model_config = ConfigDict(extra="forbid")

    permit_id: _Text
    holder: _Text
    gear: _Text
    zone_ids: list[_Text]
    first: date
    last: date
    citation: _Text


class _Permits(BaseModel):
    model_config = ConfigDict(extra="forbid")

    permit: list[_Permit] = []


def load_permits(path: Path) -> tuple[Permit, ...]:
    """Return the permits of a site's `permits.toml`; none where there is no such file.

    Raises SiteFileError naming the file and the fault.
    """
    if not path.exists():
        return ()
    try:
        file = _Permits.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError) as error:
        raise SiteFileError(f"{path}: cannot be read: {error}") from error
    except tomllib.TOMLDecodeError as error:
        raise SiteFileError(f"{path}: not TOML: {error}") from error
    except ValidationError as error:
        raise SiteFileError(f"{path}: {fault_text(error)}") from error
    permits = tuple(
        Permit(
            permit_id=it.permit_id,
            holder=it.holder,
            gear=it.gear,
            zone_ids=frozenset(it.zone_ids),
            first=it.first,
            last=it.last,
            citation=it.citation,
        )
        for it in file.permit
    )
    for permit in permits:
        if permit.last < permit.first:
            raise SiteFileError(
                f"{path}: permit {permit.permit_id}: last {permit.last} is before {permit.first}"
            )
    return permits


def permits_in_force(permits: Iterable[Permit], zone_id: str, day: date) -> tuple[Permit, ...]:
    """Return the permits that hold in a zone on a local day, by their numbers."""
    found = (it for it in permits if zone_id in it.zone_ids and it.first <= day <= it.last)
    return tuple(sorted(found, key=lambda it: it.permit_id))
