"""The desk's page for drawing zones; the JSON interface of zones keeps what is drawn."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fastapi import APIRouter, Request, Response

from api.deps import OfficerSession, ServicesDep
from api.language import Reader, mark
from api.public.words import BINDING_WORDS, KIND_WORDS, speed_text
from api.routes.desk import desk_response
from api.routes.desk_data import script_data
from api.routes.desk_words import FILE_REASON_WORDS
from patrol.site import RuleParameters
from patrol.zones import Binding, RuleName, ZoneKind

router = APIRouter(prefix="/desk/zones", include_in_schema=False)

# what the drawing page's script says
ZONE_WORDS: Mapping[str, str] = {
    "new": mark("A new zone: tap its corners on the map."),
    "drawing": mark("Drag a corner to move it; tap the map to add one at the end."),
    "gone": mark("This zone was taken away; keep it as a new version to bring it back."),
    "away": mark("Taken away"),
    "sound": mark("Nothing is wrong with it."),
    "faults": mark("It cannot be kept so:"),
    "saved": mark("Saved as version"),
    "undone": mark("Undone: as it was in version"),
    "retired": mark("Taken away from now on."),
    "refused": mark("Not saved:"),
    "version": mark("version"),
    "remove": mark("Take this corner out"),
    "corner": mark("Corner"),
    "part": mark("Part"),
    "hole": mark("hole"),
    "lonlat": mark("Each line is one corner: longitude, latitude. This line is not:"),
    "shown": mark("shown as it was then; keep it to bring it back."),
    "draft": mark("What you had drawn and not kept is shown."),
    "stale_draft": mark(
        "What you had drawn is shown, but somebody changed the zone since: look at its versions."
    ),
}

_FIGURE_WORDS: Mapping[str, str] = {
    "boat_near_dugong_m": mark("A boat is near a dugong within, metres"),
    "boat_near_dugong_gap_s": mark("both seen within, seconds"),
    "status_days": mark("A sighting raises its zone for, days"),
    "auto_status_min_score": mark("Score that raises a zone before a person has looked"),
    "survey_min_fraction": mark("Share of a zone that counts as surveyed"),
    "dugong_pair_m": mark("Two dugongs are a pair within, metres"),
    "boats_around_dugong": mark("Boats around a dugong, at most"),
    "boats_around_m": mark("counted within, metres"),
    "gear_again_m": mark("Gear is the same as before within, metres"),
    "gear_again_days": mark("and within, days"),
    "still_dugong_m": mark("A dugong lies still within, metres"),
    "still_dugong_h": mark("after, hours"),
}


@dataclass(frozen=True)
class Figure:
    """A figure of the rules as the page shows it."""

    name: str
    value: str
    citation: str


@router.get("")
def zones_page(request: Request, at_hand: ServicesDep, session: OfficerSession) -> Response:
    """Show the zones on the map, each with its versions, to be drawn anew."""
    reader = at_hand.pages.reader(request)
    parameters = at_hand.site.rule_parameters
    speed = parameters.advised_speed
    return desk_response(
        request,
        at_hand,
        session,
        "officer/desk_zones.html",
        kind_words=KIND_WORDS,
        binding_words=BINDING_WORDS,
        kinds=tuple(ZoneKind),
        bindings=tuple(Binding),
        rules=tuple(rule for rule in RuleName if rule is not RuleName.REPORTED),
        months=reader.month_names(),
        site_speed=None if speed is None else speed_text(speed.knots, reader),
        figures=_figures(parameters, reader),
        zones_data=script_data(
            reader,
            session,
            ZONE_WORDS,
            timezone=str(reader.timezone),
            language=reader.language.value,
            reasons={said: reader.text(word) for said, word in FILE_REASON_WORDS.items()},
        ),
    )


def _figures(parameters: RuleParameters, reader: Reader) -> Sequence[Figure]:
    """Return the site's figures with their sources; those that are not set are left out."""
    found = []
    for name, words in _FIGURE_WORDS.items():
        given = getattr(parameters, name)
        if given is None:
            continue
        value = getattr(given, "value", given)
        citation = getattr(given, "citation", "") or getattr(parameters, f"{name}_citation", "")
        found.append(Figure(reader.text(words), f"{value:g}", citation))
    return found
