"""Incidents as KML 2.2, for Google Earth and phones."""

from collections.abc import Sequence
from html import escape
from xml.etree.ElementTree import Element, SubElement

from ingest.lonlat import LonLat
from patrol.exports.labels import (
    CLASS_WORDS,
    PRIORITY_COLOURS,
    RULE_WORDS,
    STATE_WORDS,
    zone_words,
)
from patrol.exports.outline import error_ring
from patrol.exports.plain_text import plain_text, utc_text
from patrol.exports.xml_file import child_text, xml_bytes
from patrol.incident import Incident
from patrol.site import Site

_NAMESPACE = "http://www.opengis.net/kml/2.2"


def incidents_kml(incidents: Sequence[Incident], site: Site) -> bytes:
    """Return a document of one placemark per incident: a point, and the circle of its error.

    The position lies in the circle with 95 % probability. Colours follow the priority.
    """
    root = Element("kml", xmlns=_NAMESPACE)
    document = SubElement(root, "Document")
    child_text(document, "name", f"{site.name_th} · {site.name_en}")
    for priority, colour in PRIORITY_COLOURS.items():
        _add_style(document, priority.value, colour)
    for incident in incidents:
        _add_placemark(document, incident, site)
    return xml_bytes(root)


def _add_style(document: Element, name: str, colour: str) -> None:
    # KML orders a colour as opacity, blue, green, red.
    reversed_colour = colour[5:7] + colour[3:5] + colour[1:3]
    style = SubElement(document, "Style", id=name)
    child_text(SubElement(style, "IconStyle"), "color", f"ff{reversed_colour}")
    line = SubElement(style, "LineStyle")
    child_text(line, "color", f"ff{reversed_colour}")
    child_text(line, "width", "2")
    child_text(SubElement(style, "PolyStyle"), "color", f"40{reversed_colour}")


def _add_placemark(document: Element, incident: Incident, site: Site) -> None:
    # The schema fixes the order of these children (OGC 07-147r2, 9.1 and 9.11).
    placemark = SubElement(document, "Placemark")
    words = CLASS_WORDS[incident.object_class]
    child_text(placemark, "name", f"{words.th} · {words.en}")
    child_text(placemark, "description", _description(incident, site))
    child_text(SubElement(placemark, "TimeStamp"), "when", utc_text(incident.occurred_at_utc))
    child_text(placemark, "styleUrl", f"#{incident.priority.value}")
    extended = SubElement(placemark, "ExtendedData")
    for name, value in _data(incident):
        child_text(SubElement(extended, "Data", name=name), "value", value)
    shapes = SubElement(placemark, "MultiGeometry")
    child_text(SubElement(shapes, "Point"), "coordinates", _coordinates((incident.position,)))
    ring = error_ring(incident.position, incident.radius_of_95_percent_m)
    outer = SubElement(SubElement(shapes, "Polygon"), "outerBoundaryIs")
    child_text(SubElement(outer, "LinearRing"), "coordinates", _coordinates(ring))


def _description(incident: Incident, site: Site) -> str:
    """Return what the balloon shows. Viewers take it for HTML, so it is escaped as such."""
    zone, state = zone_words(incident.zone_id, site), STATE_WORDS[incident.state]
    rule = RULE_WORDS[incident.rule]
    lines = (
        f"{rule.th} · {rule.en}",
        f"{zone.th} · {zone.en}",
        incident.reason_th,
        incident.reason_en,
        f"{state.th} · {state.en}",
        incident.citation,
    )
    return "<br>".join(
        escape(plain_text(line)).replace("\n", "<br>") for line in lines if line.strip()
    )


def _data(incident: Incident) -> tuple[tuple[str, str], ...]:
    return (
        ("id", incident.incident_id),
        ("rule", incident.rule.value),
        ("class", incident.object_class.value),
        ("zone", incident.zone_id or ""),
        ("state", incident.state.value),
        ("priority", incident.priority.value),
        ("certainty", incident.certainty.value),
        ("reason_th", incident.reason_th),
        ("reason_en", incident.reason_en),
        ("occurred_at_utc", utc_text(incident.occurred_at_utc)),
        ("error_m", f"{incident.error_m:.2f}"),
        ("score", f"{incident.score:.4f}"),
        ("citation", incident.citation),
        ("version", str(incident.version)),
    )


def _coordinates(points: Sequence[LonLat]) -> str:
    return " ".join(f"{point.lon:.7f},{point.lat:.7f}" for point in points)
