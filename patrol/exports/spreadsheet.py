"""Incidents as CSV, for spreadsheets."""

import csv
import io
from collections.abc import Sequence

from patrol.exports.labels import zone_words
from patrol.exports.plain_text import plain_text, utc_text
from patrol.incident import Incident
from patrol.site import Site

# Excel takes a file for UTF-8 only when it starts with this mark; without it, Thai is garbled.
ENCODING = "utf-8-sig"

# What spreadsheets take for the start of a formula, also in full width (OWASP, "CSV Injection").
_FORMULA_STARTS = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\n")

_COLUMNS = (
    "id",
    "occurred_at_utc",
    "occurred_at_local",
    "state",
    "priority",
    "rule",
    "class",
    "zone",
    "zone_name_th",
    "zone_name_en",
    "lon",
    "lat",
    "error_m",
    "certainty",
    "score",
    "reason_th",
    "reason_en",
    "citation",
    "flight",
    "version",
)


def incidents_csv(incidents: Sequence[Incident], site: Site) -> bytes:
    """Return a table of one row per incident, in the given order, with times in UTC and local.

    A text that a spreadsheet would run as a formula gets an apostrophe before it.
    """
    text = io.StringIO()
    table = csv.writer(text)  # its line ends are those of RFC 4180
    table.writerow(_COLUMNS)
    table.writerows(_row(incident, site) for incident in incidents)
    return text.getvalue().encode(ENCODING)


def _row(incident: Incident, site: Site) -> tuple[str, ...]:
    names = zone_words(incident.zone_id, site)
    return (
        harmless(incident.incident_id),
        utc_text(incident.occurred_at_utc),
        incident.occurred_at_utc.astimezone(site.reference.timezone).isoformat(),
        incident.state.value,
        incident.priority.value,
        incident.rule.value,
        incident.object_class.value,
        harmless(incident.zone_id or ""),
        harmless(names.th),
        harmless(names.en),
        # Numbers are no formulas, though one west or south starts like one.
        f"{incident.position.lon:.7f}",
        f"{incident.position.lat:.7f}",
        f"{incident.error_m:.2f}",
        incident.certainty.value,
        f"{incident.score:.4f}",
        harmless(incident.reason_th),
        harmless(incident.reason_en),
        harmless(incident.citation),
        harmless(incident.flight_id),
        str(incident.version),
    )


def harmless(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula: with an apostrophe before it."""
    shown = plain_text(text)
    is_formula = shown.startswith(_FORMULA_STARTS) or shown.lstrip().startswith(_FORMULA_STARTS)
    return f"'{shown}" if is_formula else shown
