"""Raised zones as days in a calendar (RFC 5545)."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from api.language import Reader
from api.public.words import STATUS_WORDS
from patrol.zone_status import ZoneStatus

_LINE_OCTETS = 75  # RFC 5545, 3.1


def calendar(site_name: str, zones: Sequence[ZoneStatus], today: date, reader: Reader) -> bytes:
    """Return an event of whole days for each zone whose status began and ends on known days.

    Zones that are slow or closed at all times are no event of a calendar.

    Args:
        site_name: the calendar's name.
        zones: today's statuses.
        today: the local day of the reading.
        reader: whose language.
    """
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Libong Watch//zones//EN",
        "CALSCALE:GREGORIAN",
        f"X-WR-CALNAME:{_escaped(site_name)}",
        "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
    ]
    for zone in zones:
        if zone.since is not None and zone.until is not None:
            lines += _event(zone, zone.since, zone.until, today, reader)
    lines.append("END:VCALENDAR")
    return "".join(f"{piece}\r\n" for line in lines for piece in _folded(line)).encode()


def _event(
    zone: ZoneStatus, since: date, until: date, today: date, reader: Reader
) -> tuple[str, ...]:
    name = reader.pick(zone.name_th, zone.name_en)
    told = f"{reader.pick(zone.advice_th, zone.advice_en)}\n"
    told += reader.pick(zone.reason_th, zone.reason_en)
    return (
        "BEGIN:VEVENT",
        f"UID:{_escaped(zone.zone_id)}-{since:%Y%m%d}@libong-watch",
        f"DTSTAMP:{today:%Y%m%d}T000000Z",
        f"DTSTART;VALUE=DATE:{since:%Y%m%d}",
        f"DTEND;VALUE=DATE:{until + timedelta(days=1):%Y%m%d}",  # the day after, by the RFC
        f"SUMMARY:{_escaped(f'{reader.text(STATUS_WORDS[zone.status])}: {name}')}",
        f"DESCRIPTION:{_escaped(told)}",
        "TRANSP:TRANSPARENT",
        "END:VEVENT",
    )


def _escaped(text: str) -> str:
    text = "".join(character for character in text if character >= " " or character == "\n")
    for sign in ("\\", ";", ","):
        text = text.replace(sign, f"\\{sign}")
    return text.replace("\n", "\\n")


def _folded(line: str) -> Iterator[str]:
    """Cut a line into pieces of 75 octets, never inside a letter; all but the first begin blank."""
    piece = ""
    for character in line:
        if len((piece + character).encode()) > _LINE_OCTETS:
            yield piece
            piece = " "
        piece += character
    yield piece
