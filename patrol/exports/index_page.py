"""The page that tells what an export of evidence shows; it opens from a folder, with no network."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup

from patrol.case_file import CaseFile
from patrol.compliance import SIGMAS_OF_95_PERCENT
from patrol.exports.contents import MAP, WHY_WORDS, Absence, EvidenceFile, marked_name
from patrol.exports.labels import (
    CERTAINTY_WORDS,
    CLASS_WORDS,
    CONDITION_WORDS,
    PRIORITY_WORDS,
    RULE_WORDS,
    STATE_WORDS,
    Words,
    zone_words,
)
from patrol.exports.plain_text import plain_text
from patrol.exports.verify import CROP
from patrol.flight_log import LoggedFrame
from patrol.ledger import LedgerFault
from patrol.site import Site


def index_page(
    case: CaseFile,
    site: Site,
    frames: Mapping[str, LoggedFrame],
    files: Sequence[EvidenceFile],
    absences: Sequence[Absence],
    ledger_faults: Sequence[LedgerFault],
) -> bytes:
    """Return the page in Thai and English. `frames` are by name in the export, as are `files`."""
    incident = case.incident
    zones = [zone for zone in site.zones if zone.zone_id == incident.zone_id]

    def times(at: datetime) -> str:
        local = at.astimezone(site.reference.timezone)
        return (
            f"{local:%Y-%m-%d %H:%M:%S} ({local:%z}) · {at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
        )

    page = _template().render(
        case=case,
        incident=incident,
        site=site,
        zone=zones[0] if zones else None,
        zone_words=zone_words(incident.zone_id, site),
        frames=frames,
        files=files,
        pictures=_pictures(case, frames, files),
        map_name=MAP,
        absences=absences,
        lacks=[absence for absence in absences if absence.is_lack],
        ledger_faults=ledger_faults,
        radius_m=incident.radius_of_95_percent_m,
        sigmas_of_95_percent=SIGMAS_OF_95_PERCENT,
        times=times,
        rule_words=RULE_WORDS[incident.rule],
        class_words=CLASS_WORDS[incident.object_class],
        priority_words=PRIORITY_WORDS[incident.priority],
        certainty_words=CERTAINTY_WORDS[incident.certainty],
        state_words=STATE_WORDS,
        why_words=WHY_WORDS,
        condition_words=CONDITION_WORDS,
        tide=site.reference.tides.at(incident.occurred_at_utc),
    )
    return page.encode()


def _pictures(
    case: CaseFile, frames: Mapping[str, LoggedFrame], files: Sequence[EvidenceFile]
) -> list[tuple[str, Words]]:
    """Return the pictures to show that are in the export, with what they are."""
    own = next(n for n, frame in frames.items() if frame.sha256 == case.incident.frame_sha256)
    shown = [
        (marked_name(own), Words("ภาพขยายพร้อมกรอบ", "Enlarged, with the detector's box")),
        (CROP, Words("ภาพขยาย", "Enlarged, nothing drawn on it")),
        (own, Words("รูปต้นฉบับ", "The original photo")),
    ]
    present = {file.name for file in files}
    return [(name, words) for name, words in shown if name in present]


@cache
def _template() -> Template:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_legal,
    )
    return environment.get_template("index.html")


def _legal(value: Any) -> Any:
    # What a macro returns is escaped already, and stays marked as such.
    is_text = isinstance(value, str) and not isinstance(value, Markup)
    return plain_text(value) if is_text else value
