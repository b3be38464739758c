"""What is known of one incident as JSON documents, in the ledger's own forms of values."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from patrol.case_file import CaseFile
from patrol.conditions import ToldConditions
from patrol.exports.outline import area_geometry
from patrol.flight_log import LoggedFrame
from patrol.ledger import LedgerFault, canonical_json, event_document
from patrol.ledger_form import frame_form, incident_facts
from patrol.site import Site
from patrol.zone_document import feature_of
from patrol.zones import Zone

FORMAT = "libong-watch evidence 1"

_OUTLINE_NOTE = (
    "The zone is as it stood when this was exported, unless zone_as_judged tells it as it stood "
    "when the incident was judged: then that one is shown, and facts.grounds.zone_sha256 is the "
    "SHA-256 of its JSON. citation_when_judged is the source of the rule as it stood then."
)


def incident_document(
    case: CaseFile, frames: Mapping[str, LoggedFrame], site: Site
) -> dict[str, Any]:
    """Return the incident with its events, sighting, flight, frames and zone.

    `frames` are those that show the sighting, by the name of their file in the export. `facts` and
    the flight's own frames, all of them, are what the ledger's entries vouch for, and so are
    `conditions`, what people told of sea and weather; `tide_by_tables` is what the site's tables or
    constants give for the moment, None where they give nothing. `error_m` everywhere is a root mean
    square error.
    """
    incident = case.incident
    judged = [zone for zone in site.zones if zone.zone_id == incident.zone_id]
    tide = site.reference.tides.at(incident.occurred_at_utc)
    return _canonical(
        {
            "format": FORMAT,
            "facts": incident_facts(incident),
            "state": incident.state,
            "version": incident.version,
            "radius_of_95_percent_m": incident.radius_of_95_percent_m,
            "tide_by_tables": None if tide is None else asdict(tide),
            "conditions": [_conditions_document(told) for told in case.conditions],
            "events": [event_document(event) | {"at_utc": event.at_utc} for event in case.events],
            "sighting": asdict(case.sighting),
            "flight": {
                "flight_id": case.flight.flight_id,
                "site_id": case.flight.site_id,
                "received_at_utc": case.flight.received_at_utc,
                "model_sha256": case.flight.model_sha256,
                "from_the_field": None if case.field_source is None else asdict(case.field_source),
                "frames": [frame_form(frame) for frame in case.frames],
            },
            "frames": [{"file": name} | frame_form(frame) for name, frame in frames.items()],
            "zone": _zone_document(judged[0]) if judged else None,
            "zone_as_judged": None if case.judged_zone is None else feature_of(case.judged_zone),
            "citation_when_judged": incident.citation,
            "note": _OUTLINE_NOTE,
            "site": {
                "site_id": site.site_id,
                "name_th": site.name_th,
                "name_en": site.name_en,
                "timezone": site.reference.timezone.key,
            },
        }
    )


def ledger_document(case: CaseFile, faults: Sequence[LedgerFault]) -> dict[str, Any]:
    """Return the ledger's entries about the incident and its flight, its head and its faults."""
    return {
        "format": FORMAT,
        "entries": [
            asdict(proven.entry) | {"next_hash": proven.next_hash} for proven in case.proof.entries
        ],
        "head": asdict(case.proof.head),
        "checkpoints": [checkpoint.line for checkpoint in case.proof.checkpoints],
        "faults": [asdict(fault) for fault in faults],
    }


def _conditions_document(told: ToldConditions) -> dict[str, Any]:
    values = asdict(told.conditions)
    # what nobody told is there as null, so that it shows as not known
    return values | {
        "weather": told.conditions.weather or None,
        "actor": told.actor,
        "at_utc": told.at_utc,
    }


def _zone_document(zone: Zone) -> dict[str, Any]:
    return {
        "zone_id": zone.zone_id,
        "name_th": zone.name_th,
        "name_en": zone.name_en,
        "kind": zone.kind,
        "rules": sorted(zone.rules),
        "citation": zone.citation,
        "citation_th": zone.citation_th,
        "binding": zone.binding,
        "jurisdiction": zone.jurisdiction,
        "indicative": zone.indicative,
        "valid_from": None if zone.valid_from is None else zone.valid_from.isoformat(),
        "valid_until": None if zone.valid_until is None else zone.valid_until.isoformat(),
        "outline": area_geometry(zone.area),
    }


def _canonical(document: dict[str, Any]) -> dict[str, Any]:
    """Return a document whose values are plain, written as the ledger writes them."""
    plain: dict[str, Any] = json.loads(canonical_json(document))
    return plain
