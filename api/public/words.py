"""The words and signs by which zones are spoken of on public pages."""

from collections.abc import Mapping
from datetime import date

from api.language import Reader, mark
from patrol.zone_status import ChangeReason, Presence, Status, ZoneStatus

STATUS_WORDS: Mapping[Status, str] = {
    Status.CALM: mark("As usual"),
    Status.CAUTION: mark("Slow down"),
    Status.CLOSED: mark("Keep out"),
}

# Shapes beside the colours, for eyes that do not tell red from green and for screens in the sun.
STATUS_SIGNS: Mapping[Status, str] = {
    Status.CALM: "●",
    Status.CAUTION: "▲",
    Status.CLOSED: "■",
}

PRESENCE_WORDS: Mapping[Presence, str] = {
    Presence.NOT_SURVEYED: mark("Not known"),
    Presence.NONE_SEEN: mark("None seen lately"),
    Presence.PRESENT: mark("Seen lately"),
}

# keys are the values of patrol.zones.ZoneKind, which the read model carries as text
KIND_WORDS: Mapping[str, str] = {
    "closed": mark("Closed area"),
    "go_slow": mark("Go-slow area"),
    "no_fishing": mark("No-fishing area"),
    "seagrass": mark("Seagrass meadow"),
    "tour_route": mark("Tour route"),
    "anchorage": mark("Anchorage"),
    "survey_block": mark("Survey block"),
}

# keys are the values of patrol.zones.Binding, likewise
BINDING_WORDS: Mapping[str, str] = {
    "law": mark("Set by law"),
    "proposal": mark("A proposal, not law"),
}

CHANGE_WORDS: Mapping[ChangeReason, str] = {
    ChangeReason.SIGHTED: mark("Dugongs were seen in this zone"),
    ChangeReason.EXTENDED: mark("Dugongs were seen again: the advice lasts longer"),
    ChangeReason.EXPIRED: mark("No more dugongs were reported: the advice has ended"),
    ChangeReason.TAKEN_BACK: mark("An earlier report was taken back"),
    ChangeReason.ZONE_BEGAN: mark("This zone began to hold"),
    ChangeReason.ZONE_ENDED: mark("This zone no longer holds"),
}

# most urgent first: the order of the list beside the map
STATUS_ORDER: tuple[Status, ...] = (Status.CLOSED, Status.CAUTION, Status.CALM)

KNOT_KMH = 1.852  # the international nautical mile, exactly


def asks_only(zone: ZoneStatus) -> bool:
    """Say whether a closed zone is a proposal: then a chip that says "keep out" must say so too."""
    return zone.status is Status.CLOSED and zone.binding == "proposal"


def speed_text(knots: float, reader: Reader) -> str:
    """Return a speed as boats and people on land read it: `6 kn (11 km/h)`."""
    template = reader.text(mark("%(knots)s kn (%(kmh)s km/h)"))
    return template % {"knots": f"{knots:g}", "kmh": f"{knots * KNOT_KMH:.0f}"}


def survey_text(zone: ZoneStatus, today: date, reader: Reader) -> str:
    """Return what is known of the last survey of a zone, in days and never in hours.

    "Not surveyed for six days" is told apart from "surveyed yesterday, none seen".
    """
    if zone.last_surveyed is None:
        return reader.text(mark("Not surveyed"))
    days = (today - zone.last_surveyed).days
    words = {"days": str(days), "day": reader.date(zone.last_surveyed)}
    return reader.text(_survey_words(zone.presence, days)) % words


def _survey_words(presence: Presence, days: int) -> str:
    if presence is Presence.PRESENT:
        return {0: mark("Surveyed today"), 1: mark("Surveyed yesterday (%(day)s)")}.get(
            days, mark("Surveyed %(days)s days ago (%(day)s)")
        )
    if presence is Presence.NONE_SEEN:
        return {
            0: mark("Surveyed today, none seen"),
            1: mark("Surveyed yesterday (%(day)s), none seen"),
        }.get(days, mark("Not surveyed for %(days)s days; none seen then (%(day)s)"))
    # looked at just now, but nobody has reviewed what was seen
    return mark("Not known yet") if days <= 1 else mark("Not surveyed for %(days)s days")
