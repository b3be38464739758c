"""What the ledger vouches for of each value: form 1, its fields named one by one.

A field that a value is given later is not in this form, so that what was hashed before stays as it
was. To vouch for it too, write a further form beside this one, name it in the payloads that follow
it (`"form": 2`), and keep this one: an entry is checked by the form it was written in.
"""

import json
from dataclasses import replace
from typing import Any

from detection.types import Detection, Sighting
from ingest.frame import RefusedFile
from ingest.lonlat import LonLat
from patrol.effort import DayEffort, SeaEffort
from patrol.flight_log import LoggedFrame
from patrol.incident import Incident, SplitFrom, State, with_standing
from patrol.incident_event import PLAIN
from patrol.verdict import Grounds

# The newest form; a payload that names none is of the first.
FORM = 1


def form_fault(payload: str) -> str | None:
    """Return why a payload cannot be checked by any form known here; None where it can.

    Raises ValueError for one that is no JSON.
    """
    document = json.loads(payload)
    named = document.get("form", 1) if isinstance(document, dict) else 1
    if named in range(1, FORM + 1):
        return None
    return (
        f"is of form {named!r}, and forms up to {FORM} are known here: check it with the version "
        "of this software that wrote it"
    )


def frame_form(frame: LoggedFrame) -> dict[str, Any]:
    """Return what is vouched for of a frame."""
    return {
        "sha256": frame.sha256,
        "file_name": frame.file_name,
        "taken_at_utc": frame.taken_at_utc,
        "width_px": frame.width_px,
        "height_px": frame.height_px,
        "position": _place(frame.position),
        "height_above_sea_m": frame.height_above_sea_m,
        "error_m": frame.error_m,
    }


def refused_form(file: RefusedFile) -> dict[str, Any]:
    """Return what is vouched for of a file that did not become a frame."""
    return {
        "path": str(file.path),
        "sha256": file.sha256,
        "reason": {"code": file.reason.code, "text": file.reason.text},
        "remedy": file.remedy,
    }


def detection_form(detection: Detection) -> dict[str, Any]:
    """Return what is vouched for of a detection."""
    return {
        "object_class": detection.object_class,
        "score": detection.score,
        "xyxy_px": detection.xyxy_px,
        "frame_sha256": detection.frame_sha256,
        "taken_at_utc": detection.taken_at_utc,
        "position": _place(detection.position),
        "error_m": detection.error_m,
        "model_sha256": detection.model_sha256,
        "raw_score": None,  # the store keeps none
    }


def sighting_form(sighting: Sighting) -> dict[str, Any]:
    """Return what is vouched for of a sighting."""
    return {
        "sighting_id": sighting.sighting_id,
        "flight_id": sighting.flight_id,
        "object_class": sighting.object_class,
        "score": sighting.score,
        "position": _place(sighting.position),
        "error_m": sighting.error_m,
        "first_seen_utc": sighting.first_seen_utc,
        "last_seen_utc": sighting.last_seen_utc,
        "detections": [detection_form(detection) for detection in sighting.detections],
        "best": detection_form(sighting.best),
        "speed_m_s": sighting.speed_m_s,
        "speed_sigma_m_s": sighting.speed_sigma_m_s,
    }


def effort_form(effort: DayEffort) -> dict[str, Any]:
    """Return what is vouched for of a day's effort."""
    return {
        "day": effort.day.isoformat(),
        "frames": effort.frames,
        "usable_frames": effort.usable_frames,
        "flown_km": effort.flown_km,
        "minutes": effort.minutes,
        "sea": _sea(effort.sea),
        "zones": [
            {"zone_id": zone.zone_id, "zone_km2": zone.zone_km2, "sea": _sea(zone.sea)}
            for zone in effort.zones
        ],
        "usable_area": effort.usable_area.wkb_hex,
        "ashore": effort.ashore,
    }


def incident_facts(incident: Incident) -> dict[str, Any]:
    """Return what may never change in an incident, as when it opened.

    That is all but its state, its version and what officers decided of it besides.
    """
    opened = with_standing(replace(incident, state=State.NEW, version=1), PLAIN)
    facts: dict[str, Any] = {
        "incident_id": opened.incident_id,
        "rule": opened.rule,
        "zone_id": opened.zone_id,
        "object_class": opened.object_class,
        "state": opened.state,
        "priority": opened.priority,
        "certainty": opened.certainty,
        "reason_th": opened.reason_th,
        "reason_en": opened.reason_en,
        "flight_id": opened.flight_id,
        "sighting_id": opened.sighting_id,
        "score": opened.score,
        "position": _place(opened.position),
        "error_m": opened.error_m,
        "occurred_at_utc": opened.occurred_at_utc,
        "frame_sha256": opened.frame_sha256,
        "xyxy_px": opened.xyxy_px,
        "crop_sha256": opened.crop_sha256,
        "version": opened.version,
        "citation": opened.citation,
    }
    # the entries of incidents without grounds, or that were never split off, know nothing of these
    if opened.grounds is not None:
        facts["grounds"] = grounds_form(opened.grounds)
    if opened.split_from is not None:
        facts["split_from"] = split_form(opened.split_from)
    return facts


def split_form(split: SplitFrom) -> dict[str, Any]:
    """Return what is vouched for of a splitting; the store keeps it in this form."""
    return {
        "incident_id": split.incident_id,
        "sighting_id": split.sighting_id,
        "frames": split.frames,
    }


def grounds_form(grounds: Grounds) -> dict[str, Any]:
    """Return what is vouched for of a verdict's grounds; the store keeps them in this form."""
    return {
        "zone_version": grounds.zone_version,
        "zone_sha256": grounds.zone_sha256,
        "probability": grounds.probability,
        "figures": [
            {
                "name": figure.name,
                "value": figure.value,
                "sigma": figure.sigma,
                "limit": figure.limit,
            }
            for figure in grounds.figures
        ],
        "sightings": list(grounds.sightings),
    }


def _place(position: LonLat | None) -> list[float] | None:
    return None if position is None else [position.lon, position.lat]


def _sea(sea: SeaEffort) -> dict[str, float]:
    return {
        "seen_km2": sea.seen_km2,
        "usable_km2": sea.usable_km2,
        "effective_km2": sea.effective_km2,
    }
