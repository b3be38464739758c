"""Where people's reports arrive: rangers' and the public's become incidents by this one path."""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from secrets import choice
from unicodedata import category

from ingest.frame import Flight
from ingest.lonlat import LonLat, distance_m
from patrol.flight_log import FlightLog
from patrol.incident import State, open_incidents
from patrol.media import MediaStore
from patrol.site import Site
from patrol.store import Store
from patrol.witness_incident import (
    Evidence,
    report_id_of,
    sighting_of,
    site_waters,
    verdict_of,
)
from patrol.witness_photo import PagePhoto, WitnessError, page_photo, photo_place
from patrol.witness_report import (
    LONGEST_PLACE_WORDS,
    LONGEST_WORDS,
    Fault,
    Outcome,
    Provenance,
    WitnessPlace,
    WitnessReport,
    WitnessStanding,
)
from patrol.witness_table import FiledReport

# Crockford's base 32: no letter that is read as another; 16 of them are 80 bits, past guessing.
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_LENGTH = 16
_READ_AS = str.maketrans("OIL", "011", "- ")
_FARTHEST_M = 100_000.0  # beyond it, a phone's place is an error, or the report for someone else
_LONGEST_KEPT = timedelta(days=60)  # a phone's queue; older or future times are a wrong clock

_OUTCOMES = {
    State.NEW: Outcome.RECEIVED,
    State.CONFIRMED: Outcome.CONFIRMED,
    State.RESPONDING: Outcome.RESPONDING,
    State.RESOLVED: Outcome.RESOLVED,
    State.DISMISSED: Outcome.DISMISSED,
    State.RETRACTED: Outcome.DISMISSED,
}


@dataclass(frozen=True)
class WitnessDesk:
    """Takes reports and tells what became of them. `now` is the clock, aware UTC."""

    store: Store
    media: MediaStore
    site: Site
    now: Callable[[], datetime]

    def take(
        self, report: WitnessReport, provenance: Provenance, reporter: str | None = None
    ) -> FiledReport:
        """Make an incident of a report; the same one again changes nothing. Raises WitnessError."""
        report = _plain(report)
        self._check(report)
        shown = None if report.photo is None else page_photo(report.photo)
        report = self._placed_by_photo(report)
        received = self.now()
        report_id = report_id_of(report.key, provenance, reporter)
        known = self.store.witnesses.by_id(report_id)
        if known is not None:
            return known
        document_sha256 = self.media.put(_document(report, provenance, reporter, received))
        photo_sha256 = None if report.photo is None else self.media.put(report.photo)
        at_utc = report.made_at_utc
        if not received - _LONGEST_KEPT <= at_utc <= received:
            at_utc = received
        sighting = sighting_of(
            report,
            report_id,
            provenance,
            self.site,
            _evidence(document_sha256, photo_sha256, shown),
            at_utc,
        )
        day = at_utc.astimezone(self.site.reference.timezone).date()
        verdict = verdict_of(report, sighting, provenance, reporter, self.site, day)
        crops = {} if shown is None else {sighting.sighting_id: self.media.put(shown.jpeg)}
        incidents = open_incidents([verdict], [sighting], crops)
        self.store.log_flight(
            FlightLog(
                flight=Flight(report_id, (), ()),
                sightings=(sighting,),
                detections=sighting.detections,
                incidents=incidents,
                surveyed=(),
                model_sha256=provenance.mark,
                site_id=self.site.site_id,
                received_at_utc=received,
            )
        )
        return self.store.witnesses.file(
            FiledReport(
                report_id=report_id,
                code="".join(choice(_ALPHABET) for _ in range(CODE_LENGTH)),
                kind=report.kind,
                provenance=provenance,
                reporter=reporter,
                incident_id=incidents[0].incident_id,
                document_sha256=document_sha256,
                photo_sha256=photo_sha256,
                received_at_utc=received,
            )
        )

    def standing(self, code: str) -> WitnessStanding | None:
        """Return what the holder of a code may know; None for a code that was never given out."""
        read = code.upper().translate(_READ_AS)
        filed = self.store.witnesses.by_code(read) if len(read) == CODE_LENGTH else None
        if filed is None:
            return None
        incident = self.store.incident(filed.incident_id)
        zone = self.site.reference.timezone
        return WitnessStanding(
            kind=filed.kind,
            received_on=filed.received_at_utc.astimezone(zone).date(),
            outcome=_OUTCOMES[incident.state],
        )

    def _check(self, report: WitnessReport) -> None:
        if not (report.photo or report.words):
            raise WitnessError(Fault.EMPTY, "a report needs a photo or some words")
        if report.place is not None:
            away_m = self._away_m(report.place)
            if away_m > _FARTHEST_M:
                raise WitnessError(
                    Fault.PLACE_FAR,
                    f"the place is {away_m / 1000:.0f} km away; this is for the waters here",
                )

    def _placed_by_photo(self, report: WitnessReport) -> WitnessReport:
        """Return the report, placed by its photo where nothing else places it."""
        if report.place is not None or report.photo is None:
            return report
        place = photo_place(report.photo)
        near = place is not None and self._away_m(place) <= _FARTHEST_M
        return replace(report, place=place) if near else report

    def _away_m(self, place: WitnessPlace) -> float:
        centre = site_waters(self.site)
        return distance_m(LonLat(place.lon, place.lat), LonLat(centre.lon, centre.lat))


def spaced(code: str) -> str:
    """Return a code as people copy it, in groups of four."""
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))


def _plain(report: WitnessReport) -> WitnessReport:
    return replace(
        report,
        words=_without_control_signs(report.words)[:LONGEST_WORDS],
        place_words=_without_control_signs(report.place_words)[:LONGEST_PLACE_WORDS],
    )


def _without_control_signs(text: str) -> str:
    kept = (sign for sign in text if sign in "\n\t" or category(sign) not in ("Cc", "Cs", "Co"))
    return "".join(kept).strip()


def _evidence(document_sha256: str, photo_sha256: str | None, shown: PagePhoto | None) -> Evidence:
    if photo_sha256 is None or shown is None:
        return Evidence(document_sha256, 0, 0)
    return Evidence(photo_sha256, shown.width_px, shown.height_px)


def _document(
    report: WitnessReport, provenance: Provenance, reporter: str | None, received: datetime
) -> bytes:
    """Return the report as it is kept for good, beside its photo."""
    place = report.place
    document = {
        "format": "libong-watch report 1",
        "key": report.key,
        "provenance": provenance,
        "reporter": reporter,
        "kind": report.kind,
        "words": report.words,
        "place_words": report.place_words,
        "place": None
        if place is None
        else {
            "lon": place.lon,
            "lat": place.lat,
            "error_m": place.error_m,
            "from": "photo" if place.from_photo else "sender",
        },
        "made_at_utc": report.made_at_utc.isoformat(),
        "received_at_utc": received.isoformat(),
    }
    return json.dumps(document, ensure_ascii=False, indent=1).encode()
