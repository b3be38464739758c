"""The desk's page for drawing zones; the JSON interface of zones keeps what is drawn."""

from collections.abc import Mapping

from fastapi import APIRouter, Request, Response

from api.deps import OfficerSession, ServicesDep
from api.language import mark
from api.public.words import BINDING_WORDS, KIND_WORDS
from api.routes.desk import desk_response
from patrol.zones import Binding, RuleName, ZoneKind

router = APIRouter(prefix="/desk/zones", include_in_schema=False)

# what the drawing page's script says
ZONE_WORDS: Mapping[str, str] = {
    "new": mark("A new zone: tap its corners on the map."),
    "drawing": mark("Drag a corner to move it; tap the map to add one at the end."),
    "composite": mark("This outline has several parts; only its facts can be changed here."),
    "sound": mark("Nothing is wrong with it."),
    "faults": mark("It cannot be kept so:"),
    "saved": mark("Saved as version"),
    "retired": mark("Taken away from now on."),
    "refused": mark("Not saved:"),
    "version": mark("version"),
    "remove": mark("Take this corner out"),
    "corner": mark("Corner"),
    "lonlat": mark("Each line is one corner: longitude, latitude. This line is not:"),
    "shown": mark("Shown on the map as it was then."),
}


@router.get("")
def zones_page(request: Request, at_hand: ServicesDep, session: OfficerSession) -> Response:
    """Show the zones on the map, each with its versions, to be drawn anew."""
    reader = at_hand.pages.reader(request)
    return desk_response(
        request,
        at_hand,
        session,
        "officer/desk_zones.html",
        kind_words=KIND_WORDS,
        binding_words=BINDING_WORDS,
        kinds=tuple(ZoneKind),
        bindings=tuple(Binding),
        rules=tuple(RuleName),
        zones_data={
            "user": session.user.name,
            "csrf_token": session.csrf_token,
            "timezone": str(reader.timezone),
            "language": reader.language.value,
            "words": {name: reader.text(word) for name, word in ZONE_WORDS.items()},
        },
    )
