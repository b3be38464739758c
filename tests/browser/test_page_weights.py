"""`libong bench pages`: what crosses the network at a first visit stays within the limit."""

import pytest

from libong.bench.pages import LIMIT_KB, PAGES, BrowserMissingError, chromium_browser, page_rows
from patrol.site import shipped_site


@pytest.mark.deep
def test_a_first_visit_is_light(tmp_path, browser):
    rows = page_rows(shipped_site(), tmp_path, browser, rounds=1)
    weights = {row.metric: row.ours for row in rows if row.unit == "kB"}
    assert set(weights) == {f"first load of {path}" for path in PAGES}
    # lighter than the page's text could be: nothing was received
    assert min(weights.values()) > 5
    assert max(weights.values()) < LIMIT_KB
    assert all(row.ours > 0 for row in rows if row.unit == "s")


def test_without_a_browser_the_remedy_is_told(tmp_path):
    missing = chromium_browser(tmp_path / "nowhere")
    with pytest.raises(BrowserMissingError, match="--chromium"), missing:
        pytest.fail("a browser was started from nowhere")
