"""Every page, in both languages, on a phone and at a desk: nothing on it keeps people out.

axe-core finds nothing at all, nothing is wider than the screen, nothing comes from elsewhere, and
the browser's console has nothing to complain of (but what the page was asked for: 403, 404, 422).
"""

import re

import pytest

axe_api = pytest.importorskip(
    "axe_playwright_python.sync_playwright", reason="axe is not installed"
)

WIDTHS = {"phone": {"width": 390, "height": 844}, "desktop": {"width": 1280, "height": 844}}
# what each kind of reader meets first; the other pages are looked at in the deep run
FIRST = {"public", "report", "login", "ranger", "flights", "account", "desk-alert", "desk-photo"}
# the target size of WCAG 2.2 is not among what axe looks for by itself
AXE = {"rules": {"target-size": {"enabled": True}}}
# corners of a zone lie as near as they are drawn; they are set as numbers too (WCAG 2.5.8)
WITHOUT_CORNERS = {"exclude": [[".corner"]]}
ASKED_FOR = re.compile(
    "Failed to load resource: the server responded with a status of 4(0[134]|10|22)"
)


def faults(seen) -> list[tuple[str, list[str]]]:
    found = axe_api.Axe().run(seen.page, context=WITHOUT_CORNERS, options=AXE).response
    return [
        (each["id"], [node["html"][:200] for node in each["nodes"]]) for each in found["violations"]
    ]


@pytest.mark.parametrize(
    ("width", "language", "first"),
    [
        ("phone", "th", True),
        *(
            pytest.param(width, language, False, marks=pytest.mark.deep)
            for width in WIDTHS
            for language in ("th", "en")
        ),
    ],
)
def test_every_page_is_open_to_everybody(every_page, watch, width, language, first):
    world, places = every_page
    shown = [place for place in places if place.name in FIRST or not first]
    assert len(shown) >= len(FIRST)
    found = {}
    for place in shown:
        seen = watch(world, WIDTHS[width], user=place.user, has_touch=width == "phone")
        seen.open(f"{place.path}{'&' if '?' in place.path else '?'}lang={language}")
        seen.page.locator(place.shown_by).first.wait_for(state="attached")
        if place.act:
            place.act(seen.page)
        seen.picture(f"{place.name}-{language}-{width}")
        wrong = faults(seen)
        if seen.overflow_px():
            wrong.append(("overflow", [f"{seen.overflow_px()} px"]))
        wrong += [("console", [said]) for said in seen.complaints if not ASKED_FOR.match(said)]
        if seen.hosts != {"127.0.0.1"}:
            wrong.append(("hosts", sorted(seen.hosts)))
        if wrong:
            found[place.name] = wrong
        seen.context.close()
    assert found == {}, "\n".join(
        f"{name}: {kind} {what}" for name, wrong in found.items() for kind, what in wrong
    )
