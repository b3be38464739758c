"""Tide tables that officers imported: each is an entry of the ledger, whole, with its source.

Pure: entries in, tables out.
"""

import csv
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import StringIO
from typing import Any
from zoneinfo import ZoneInfo

from ingest.tide import TideError, TideTable
from patrol.ledger import LedgerEntry, canonical_json

TIDES_IMPORTED = "tides_imported"
# Two years by the hour; and no sea stands so far from its mean (Bay of Fundy: about 8 m).
MOST_READINGS, MOST_M = 20_000, 12.0
_LONGEST_TEXT = 400


@dataclass(frozen=True)
class ImportedTable:
    """A table, who imported it and when."""

    table: TideTable
    actor: str
    at_utc: datetime


def read_tide_table(
    text: str, *, timezone: ZoneInfo, mean_m: float, sigma_m: float, citation: str
) -> TideTable:
    """Read a CSV of two columns, time and metres; a first line of names is passed over.

    Times without an offset are local. `mean_m` is how high the mean sea stands above the zero of
    the table. Raises TideError naming the line.
    """
    readings: list[tuple[datetime, float]] = []
    for number, row in enumerate(csv.reader(StringIO(text.removeprefix("\ufeff"))), start=1):
        cells = [cell.strip() for cell in row if cell.strip()]
        if not cells or (number == 1 and not cells[0][:1].isdigit()):
            continue
        if len(cells) != 2:
            raise TideError(f"line {number}: a time and a height are needed; got {row!r}")
        try:
            at = datetime.fromisoformat(cells[0])
            height_m = float(cells[1]) - mean_m
        except ValueError as error:
            raise TideError(
                f"line {number}: a time like 2026-03-01 05:30 and metres are needed; got {row!r}"
            ) from error
        if not abs(height_m) <= MOST_M:
            raise TideError(
                f"line {number}: {height_m:+.2f} m from the mean is no tide: at most {MOST_M:g} m; "
                "the table may be in other units, or --mean-m is not the mean above its zero"
            )
        readings.append((at if at.tzinfo else at.replace(tzinfo=timezone), round(height_m, 4)))
    if len(readings) > MOST_READINGS:
        raise TideError(f"at most {MOST_READINGS} lines at once; got {len(readings)}")
    return TideTable(tuple(readings), sigma_m, citation)


def tides_subject(site_id: str) -> str:
    """Return the subject of the entries about a site's tide tables."""
    return f"tides at {site_id}"[:64]


def check_import(table: TideTable, actor: str) -> None:
    """Raise TideError for a table without a source or somebody who imports it."""
    for name, text in (("source", table.citation), ("name of who imports it", actor)):
        if not text.strip() or len(text) > _LONGEST_TEXT or not text.isprintable():
            raise TideError(f"a tide table needs a {name} in one line; got {text[:80]!r}")
    if not 0 < table.sigma_m <= MOST_M:
        raise TideError(f"the error of a tide table is above 0 m; got {table.sigma_m:g}")


def imported_payload(site_id: str, table: TideTable, actor: str) -> str:
    """Return the ledger's payload of an import: the table, whole."""
    return canonical_json(
        {
            "site_id": site_id,
            "actor": actor,
            "citation": table.citation,
            "sigma_m": table.sigma_m,
            "readings": [[at, height_m] for at, height_m in table.readings],
        }
    )


def imported_tables(site_id: str, entries: Iterable[LedgerEntry]) -> Sequence[ImportedTable]:
    """Return the tables of a site, the newest first: it holds where several tell of a moment."""
    found = []
    for entry in entries:
        told: dict[str, Any] = json.loads(entry.payload)
        if told["site_id"] != site_id:  # long ids of sites may share a subject
            continue
        readings = tuple((datetime.fromisoformat(at), float(m)) for at, m in told["readings"])
        table = TideTable(readings, told["sigma_m"], told["citation"])
        found.append(ImportedTable(table, told["actor"], datetime.fromisoformat(entry.at_utc)))
    return found[::-1]
