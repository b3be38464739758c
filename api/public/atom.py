"""Changes of zone statuses as an Atom feed (RFC 4287)."""

from collections.abc import Sequence
from datetime import date, datetime, time
from uuid import NAMESPACE_URL, uuid5
from xml.etree import ElementTree as ET

from api.language import Reader, mark
from api.public.words import CHANGE_WORDS, STATUS_WORDS
from api.public.zone_feature import LICENCE_NAME, LICENCE_URL
from patrol.zone_status import ZoneStatus, ZoneStatusChange

_ATOM = "http://www.w3.org/2005/Atom"
_TITLE = mark("Changes of the zones")


def atom_feed(
    site_name: str,
    changes: Sequence[ZoneStatusChange],
    zones: Sequence[ZoneStatus],
    today: date,
    reader: Reader,
) -> bytes:
    """Return a feed of changes, newest first; a change of a day carries that day's first moment.

    Args:
        site_name: whose feed it is.
        changes: in the order in which they are told.
        zones: today's, for the names.
        today: the local day of the reading, where nothing has changed yet.
        reader: whose language and clock.
    """
    names = {zone.zone_id: reader.pick(zone.name_th, zone.name_en) for zone in zones}
    ET.register_namespace("", _ATOM)
    feed = ET.Element(_tag("feed"), {"{http://www.w3.org/XML/1998/namespace}lang": reader.language})
    _add(feed, "id", _uuid(site_name, reader.language))
    _add(feed, "title", f"{site_name}: {reader.text(_TITLE)}")
    _add(feed, "updated", _moment(max((c.since for c in changes), default=today), reader))
    _add(feed, "rights", LICENCE_NAME)
    ET.SubElement(_add(feed, "author"), _tag("name")).text = site_name
    ET.SubElement(feed, _tag("link"), {"rel": "license", "href": LICENCE_URL})
    for change in changes:
        _add_entry(feed, site_name, change, names.get(change.zone_id, change.zone_id), reader)
    written: bytes = ET.tostring(feed, encoding="utf-8", xml_declaration=True)
    return written


def _add_entry(
    feed: ET.Element, site_name: str, change: ZoneStatusChange, zone_name: str, reader: Reader
) -> None:
    entry = _add(feed, "entry")
    word = "" if change.status is None else f": {reader.text(STATUS_WORDS[change.status])}"
    _add(entry, "id", _uuid(site_name, change.zone_id, change.since.isoformat(), change.reason))
    _add(entry, "title", f"{zone_name}{word}")
    _add(entry, "updated", _moment(change.since, reader))
    ET.SubElement(entry, _tag("link"), {"href": "/"})
    until = (
        ""
        if change.until is None
        else " · " + reader.text(mark("until %(day)s")) % {"day": reader.date(change.until)}
    )
    _add(entry, "summary", reader.text(CHANGE_WORDS[change.reason]) + until)


def _add(parent: ET.Element, name: str, text: str | None = None) -> ET.Element:
    child = ET.SubElement(parent, _tag(name))
    child.text = text
    return child


def _tag(name: str) -> str:
    return f"{{{_ATOM}}}{name}"


def _uuid(*parts: str) -> str:
    """Return a lasting name for something that is told: the same parts, the same name."""
    return f"urn:uuid:{uuid5(NAMESPACE_URL, '/'.join(parts))}"


def _moment(day: date, reader: Reader) -> str:
    return datetime.combine(day, time(), reader.timezone).isoformat()
