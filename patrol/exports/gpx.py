"""Incidents as GPX 1.1 waypoints, for the plotters and phones of patrol boats."""

from collections.abc import Sequence
from xml.etree.ElementTree import Element, SubElement

from patrol.exports.labels import CLASS_WORDS
from patrol.exports.plain_text import plain_text, utc_text
from patrol.exports.xml_file import child_text, xml_bytes
from patrol.incident import Incident
from patrol.verdict import Priority

_NAMESPACE = "http://www.topografix.com/GPX/1/1"

# Plotters know symbols by Garmin's names; others show their default for a name they do not know.
_SYMBOLS = {
    Priority.HIGH: "Flag, Red",
    Priority.NORMAL: "Flag, Blue",
    Priority.LOW: "Flag, Green",
}

_ID_SHOWN = 6  # plotters cut long names off


def incidents_gpx(incidents: Sequence[Incident]) -> bytes:
    """Return one waypoint per incident, in the given order.

    Names are short and in English, since few plotters show Thai; the description holds both.
    """
    root = Element("gpx", version="1.1", creator="Libong Watch", xmlns=_NAMESPACE)
    for incident in incidents:
        _add_waypoint(root, incident)
    return xml_bytes(root)


def _add_waypoint(root: Element, incident: Incident) -> None:
    lon, lat = incident.position
    # The schema fixes the order of these children (wptType).
    waypoint = SubElement(root, "wpt", lat=f"{lat:.7f}", lon=f"{lon:.7f}")
    child_text(waypoint, "time", utc_text(incident.occurred_at_utc))
    name = CLASS_WORDS[incident.object_class].en
    child_text(waypoint, "name", f"{name} {incident.incident_id[:_ID_SHOWN]}")
    child_text(waypoint, "desc", _description(incident))
    child_text(waypoint, "src", f"Libong Watch, incident {incident.incident_id}")
    child_text(waypoint, "sym", _SYMBOLS[incident.priority])
    child_text(waypoint, "type", incident.rule.value)


def _description(incident: Incident) -> str:
    radius_m = incident.radius_of_95_percent_m
    lines = (
        incident.reason_th,
        incident.reason_en,
        f"± {radius_m:.0f} m (95 %)",
        incident.citation,
    )
    return "\n".join(plain_text(line) for line in lines if line.strip())
