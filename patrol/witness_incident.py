"""From a person's report to the verdict and sighting that make an incident of it. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from math import hypot

import shapely

from detection.types import Detection, ObjectClass, Sighting
from ingest.lonlat import LonLat, distance_m
from patrol.flight_log import LoggedFrame
from patrol.incident import Incident
from patrol.site import Site
from patrol.verdict import Certainty, Priority, Verdict
from patrol.witness_report import Provenance, WitnessKind, WitnessPlace, WitnessReport
from patrol.zones import RuleName, Zone

# No network has scored what a person says; no site lets a score of 0 raise a zone by itself.
NO_SCORE = 0.0
_METRES_PER_DEGREE = (
    110_000.0  # no more than a degree has here, so that a circle is never too small
)

_CLASS: Mapping[WitnessKind, ObjectClass] = {
    WitnessKind.SIGHTING: ObjectClass.DUGONG,
    WitnessKind.NET: ObjectClass.FISHING_GEAR,
    WitnessKind.BOAT: ObjectClass.BOAT,
    WitnessKind.CARCASS: ObjectClass.DUGONG,
}
# The rules of zones that each may fall under, the gravest first. A carcass falls under none: a dead
# animal must not tell the public that living ones are there.
_RULES: Mapping[WitnessKind, tuple[RuleName, ...]] = {
    WitnessKind.SIGHTING: (RuleName.DUGONG_SIGHTING,),
    WitnessKind.NET: (RuleName.GEAR_IN_NO_FISHING_ZONE,),
    WitnessKind.BOAT: (RuleName.BOAT_IN_CLOSED_ZONE, RuleName.BOAT_IN_GO_SLOW_ZONE),
    WitnessKind.CARCASS: (),
}
_KIND_WORDS: Mapping[WitnessKind, tuple[str, str]] = {
    WitnessKind.SIGHTING: ("พบพะยูน", "dugong seen"),
    WitnessKind.NET: ("พบอวนหรือลอบ", "net or trap seen"),
    WitnessKind.BOAT: ("พบเรือ", "boat seen"),
    WitnessKind.CARCASS: ("พบสัตว์ตายหรือบาดเจ็บ", "dead or hurt animal seen"),
}
# What strangers send must not push what was seen by drone down the list.
_PRIORITY: Mapping[Provenance, Mapping[WitnessKind, Priority]] = {
    Provenance.RANGER: {
        WitnessKind.SIGHTING: Priority.NORMAL,
        WitnessKind.NET: Priority.HIGH,
        WitnessKind.BOAT: Priority.NORMAL,
        WitnessKind.CARCASS: Priority.HIGH,
    },
    Provenance.COMMUNITY: {
        WitnessKind.SIGHTING: Priority.LOW,
        WitnessKind.NET: Priority.NORMAL,
        WitnessKind.BOAT: Priority.LOW,
        WitnessKind.CARCASS: Priority.NORMAL,
    },
}


@dataclass(frozen=True)
class Evidence:
    """What a report is kept as: SHA-256 of its original (photo, or else document), and its size."""

    sha256: str
    width_px: int
    height_px: int


def report_id_of(key: str, provenance: Provenance, reporter: str | None) -> str:
    """Return the id that the same key of the same sender always gives (16 hex digits)."""
    parts = "\x1f".join(("witness", provenance.value, reporter or "", key))
    return sha256(parts.encode()).hexdigest()[:16]


def site_waters(site: Site) -> WitnessPlace:
    """Return the whole waters of a site as one place, for reports that do not say where."""
    west, south, east, north = shapely.union_all([zone.area for zone in site.zones]).bounds
    half_width_m = distance_m(LonLat(west, south), LonLat(east, south)) / 2
    half_height_m = distance_m(LonLat(west, south), LonLat(west, north)) / 2
    return WitnessPlace((west + east) / 2, (south + north) / 2, hypot(half_width_m, half_height_m))


def sighting_of(
    report: WitnessReport,
    report_id: str,
    provenance: Provenance,
    site: Site,
    evidence: Evidence,
    at_utc: datetime,
) -> Sighting:
    """Return what was seen, as one sighting whose only detection is the whole picture."""
    place = report.place or site_waters(site)
    detection = Detection(
        object_class=_CLASS[report.kind],
        score=NO_SCORE,
        xyxy_px=(0.0, 0.0, float(evidence.width_px), float(evidence.height_px)),
        frame_sha256=evidence.sha256,
        taken_at_utc=at_utc,
        position=LonLat(place.lon, place.lat),
        error_m=place.error_m,
        model_sha256=provenance.mark,
    )
    return Sighting(
        sighting_id=report_id,
        flight_id=report_id,
        object_class=_CLASS[report.kind],
        score=NO_SCORE,
        position=LonLat(place.lon, place.lat),
        error_m=place.error_m,
        first_seen_utc=at_utc,
        last_seen_utc=at_utc,
        detections=(detection,),
        best=detection,
    )


def verdict_of(
    report: WitnessReport,
    sighting: Sighting,
    provenance: Provenance,
    reporter: str | None,
    site: Site,
    day: date,
) -> Verdict:
    """Return why officers should look: a rule of the zone it lies in, or the report itself."""
    zones = [zone for zone in site.zones if zone.holds_on(day)] if report.place else []
    rule, zone = _rule_and_zone(report.kind, sighting, zones)
    circle = shapely.Point(sighting.position).buffer(sighting.error_m / _METRES_PER_DEGREE)
    inside = zone is not None and zone.area.contains(circle)
    reason_th, reason_en = _reason(report, provenance, reporter)
    return Verdict(
        rule=rule,
        zone_id=None if zone is None else zone.zone_id,
        sighting_id=sighting.sighting_id,
        object_class=sighting.object_class,
        certainty=Certainty.INSIDE if inside else Certainty.BOUNDARY,
        priority=_PRIORITY[provenance][report.kind],
        reason_th=reason_th,
        reason_en=reason_en,
        citation="" if zone is None or rule is RuleName.REPORTED else zone.citation,
    )


def _rule_and_zone(
    kind: WitnessKind, sighting: Sighting, zones: Sequence[Zone]
) -> tuple[RuleName, Zone | None]:
    point = shapely.Point(sighting.position)
    holding = sorted(
        (zone for zone in zones if zone.area.contains(point)), key=lambda zone: zone.zone_id
    )
    for rule in _RULES[kind]:
        for zone in holding:
            if rule in zone.rules:
                return rule, zone
    rule = RuleName.DUGONG_SIGHTING if kind is WitnessKind.SIGHTING else RuleName.REPORTED
    return rule, None


def _reason(report: WitnessReport, provenance: Provenance, reporter: str | None) -> tuple[str, str]:
    kind_th, kind_en = _KIND_WORDS[report.kind]
    who_th, who_en = (
        (f"ผู้ลาดตระเวน {reporter} แจ้ง", f"Reported by the ranger {reporter}")
        if provenance is Provenance.RANGER
        else ("ประชาชนแจ้ง (ยังไม่มีใครยืนยัน)", "Reported by the public, confirmed by nobody yet")
    )
    said = f" “{report.words}”" if report.words else ""
    at_th = f" สถานที่: “{report.place_words}”" if report.place_words else ""
    at_en = f" Place: “{report.place_words}”" if report.place_words else ""
    known_th, known_en = _how_placed(report.place)
    return (
        f"{who_th}: {kind_th}{said}{at_th}{known_th}",
        f"{who_en}: {kind_en}.{said}{at_en}{known_en}",
    )


def _how_placed(place: WitnessPlace | None) -> tuple[str, str]:
    if place is None:
        return (
            " ไม่มีพิกัด วงกลมคือน่านน้ำทั้งหมดของพื้นที่",
            " No position was given: the circle is all of the waters.",
        )
    if place.from_photo:
        return " พิกัดมาจากข้อมูลในรูป", " The position is the photo's own."
    return "", ""


def reported_frame(incident: Incident) -> LoggedFrame:
    """Return the original of a report's incident as a frame of evidence.

    It is a photo, or else the document of the report; nobody knows how high its camera was.
    """
    _, _, width, height = incident.xyxy_px
    is_photo = width > 0
    return LoggedFrame(
        sha256=incident.frame_sha256,
        file_name="report.jpg" if is_photo else "report.json",
        taken_at_utc=incident.occurred_at_utc,
        width_px=round(width),
        height_px=round(height),
        position=incident.position,
        height_above_sea_m=0.0,
        error_m=incident.error_m,
    )
