"""The words and signs by which zones are spoken of on public pages."""

from collections.abc import Mapping

from api.language import mark
from patrol.zone_status import Presence, Status

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

# most urgent first: the order of the list under the map
STATUS_ORDER: tuple[Status, ...] = (Status.CLOSED, Status.CAUTION, Status.CALM)
