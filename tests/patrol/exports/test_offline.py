"""The page of the evidence in a real browser, from a folder and with no network."""

from pathlib import Path
from urllib.parse import urlparse

import pytest
from playwright.sync_api import sync_playwright

CHROMIUM = Path("/usr/bin/chromium")

pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason=f"no browser at {CHROMIUM}")


@pytest.mark.parametrize("width", [390, 1200])
def test_it_opens_offline_with_all_its_pictures(extracted, width) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=str(CHROMIUM), args=["--no-sandbox", "--disable-gpu"]
        )
        context = browser.new_context(
            offline=True, java_script_enabled=False, viewport={"width": width, "height": 900}
        )
        page = context.new_page()
        asked, said = [], []
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: said.append(message.text))
        page.on("requestfailed", lambda request: said.append(request.url))
        page.goto((extracted / "index.html").as_uri())
        page.wait_for_load_state("load")
        pictures = page.locator("img")
        assert pictures.count() == 4  # marked, plain, original, map
        for number in range(4):
            box = pictures.nth(number).bounding_box()
            assert box is not None
            assert box["width"] > 100
            assert box["height"] > 60
        links = page.locator("a[href]")
        for number in range(links.count()):
            assert (extracted / links.nth(number).get_attribute("href")).is_file()
        wide = page.locator("html").bounding_box()
        assert wide is not None
        assert wide["width"] <= width
        assert {urlparse(url).scheme for url in asked} == {"file"}
        assert said == []
        browser.close()
