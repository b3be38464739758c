"""Pages for rangers and reporters, looked over by axe-core: nothing that keeps people out."""

import pytest

from patrol.site import shipped_site

axe_api = pytest.importorskip(
    "axe_playwright_python.sync_playwright", reason="axe is not installed"
)

PAGES = [
    ("don", "/ranger"),
    ("don", "/ranger/report"),
    (None, "/report"),
    (None, "/report/AAAA"),
]


@pytest.mark.parametrize(("user", "path"), PAGES, ids=lambda value: str(value))
def test_axe_finds_nothing(make_world, watch, phone, user, path):
    seen = watch(make_world(site=shipped_site()), phone, user=user)
    seen.open(path)
    if user:
        seen.page.locator("#ours").wait_for()
    found = axe_api.Axe().run(seen.page).response["violations"]
    assert [(each["id"], [node["html"] for node in each["nodes"]]) for each in found] == []
