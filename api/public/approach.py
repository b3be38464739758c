"""How to pass a dugong: figures from elsewhere, each with its source, and none of them Thai law."""

from collections.abc import Mapping
from dataclasses import dataclass

from api.language import Reader, mark
from api.public.words import speed_text


@dataclass(frozen=True)
class ApproachRule:
    """One piece of advice near an animal.

    `text` may hold `%(speed)s`, which `knots` fills. `citation` is the source, `jurisdiction` where
    that text holds: here it is only a yardstick, for no figure for dugongs was found in a Thai one.
    """

    text: str
    citation: str
    jurisdiction: str
    knots: float | None = None

    def told(self, reader: Reader) -> str:
        """Return the advice in the reader's language, speeds in knots and km/h."""
        words = {} if self.knots is None else {"speed": speed_text(self.knots, reader)}
        return reader.text(self.text) % words


_GUIDE = mark("Moreton Bay guide 2016, for whales")
_GO_SLOW = mark("des.qld.gov.au, 13 January 2020, go-slow areas of Moreton Bay")
_QUEENSLAND = mark("Queensland, Australia")

# Speed at which a boat in a slow zone is told that it goes fast: an indicative yardstick.
SLOW_KNOTS = 6.0

APPROACH_RULES: tuple[ApproachRule, ...] = (
    ApproachRule(mark("Stay at least 100 m away from a dugong."), _GUIDE, _QUEENSLAND),
    ApproachRule(
        mark("Within 300 m go no faster than %(speed)s."), _GUIDE, _QUEENSLAND, knots=SLOW_KNOTS
    ),
    ApproachRule(mark("At most three boats near one animal."), _GUIDE, _QUEENSLAND),
    ApproachRule(
        mark("In a go-slow zone keep the bow down: a boat under way does not plane."),
        _GO_SLOW,
        _QUEENSLAND,
    ),
)

# what a page needs beside the rules themselves
APPROACH_WORDS: Mapping[str, str] = {
    "indicative": mark(
        "Indicative: these figures are borrowed from another country's guide for whales and its "
        "go-slow areas. No Thai figure for dugongs was found, and none of this is Thai law."
    ),
}
