"""Take the pictures of the README from a running service, at phone and desktop width.

    python docs/screenshots.py http://127.0.0.1:8000 USER OUT_FOLDER

The password of the user (an officer) is asked for, or read from LIBONG_SCREENSHOT_PASSWORD.
Pages of other people, and of moments that come once, are among the pictures that the page tests
take where LIBONG_TEST_PICTURES names a folder; `keep` makes them small.
Needs the `dev` extra and a Chromium (`--chromium`, /usr/bin/chromium by default).
"""

import argparse
import io
import os
from collections.abc import Iterator
from getpass import getpass
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

WIDTHS_PX = {"phone": 390, "desktop": 1280}
LANGUAGES = ("th", "en")
SAMPLE_FLIGHT = Path(__file__).parent.parent / "sample_flights" / "with_faults"
WORK_MS = 480_000
TALLEST_PX = 2400  # of a page that goes on and on its head says enough
WEBP_QUALITY = 55  # letters stay sharp; all pages, widths and languages together stay under 5 MB
CHROMIUM_ARGS = (
    "--no-sandbox",  # the pages are our own, and containers have no user namespaces
    "--disable-gpu",
    "--disable-background-networking",
    "--no-first-run",
)


def pages_to_show(page: Page, base_url: str, user: str, password: str) -> Iterator[str]:
    """Open one page after another and yield its name when it is ready to be taken."""
    page.goto(f"{base_url}/")
    page.wait_for_selector(".map-label")
    yield "public"
    # the zone drawn first lies under the others; its middle is its own
    page.locator(".folium-map path.leaflet-interactive").first.click(force=True)
    page.wait_for_selector(".leaflet-popup .zone")
    page.wait_for_timeout(600)  # the map glides until the popup fits
    yield "public-zone"
    page.goto(f"{base_url}/widget")
    page.wait_for_load_state("load")
    yield "widget"
    page.goto(f"{base_url}/report")
    page.wait_for_selector("#place-map:not([hidden])")
    yield "report"
    page.goto(f"{base_url}/login")
    yield "login"
    page.fill("#name", user)
    page.fill("#password", password)
    page.click("main button")
    yield from desk_pages(page, base_url)
    page.goto(f"{base_url}/desk/reports")
    page.wait_for_load_state("load")
    yield "month"
    page.goto(f"{base_url}/account")
    yield "account"
    page.goto(f"{base_url}/flights")
    yield "flights"
    page.locator(".flight h2 a").first.click()
    page.wait_for_selector("#refused-title")
    yield "flight"
    yield from ranger_pages(page, base_url)


def desk_pages(page: Page, base_url: str) -> Iterator[str]:
    """Open the officers' pages, the photo and the flight of the first alert."""
    page.wait_for_selector("#map path", state="attached")
    yield "desk"
    page.goto(f"{base_url}{page.locator('.row__link').first.get_attribute('href')}")
    page.wait_for_selector("#map path", state="attached")
    page.wait_for_load_state("load")
    yield "desk-alert"
    page.goto(f"{base_url}/desk?class=dugong")
    page.goto(f"{base_url}{page.locator('.row__link').first.get_attribute('href')}")
    page.locator("#split-box summary").click()
    page.wait_for_selector("#split-box[open] .pictures")
    yield "desk-split"
    page.go_back()
    photo = page.locator(".context").first.get_attribute("href")
    flight = page.locator("a[href^='/desk/flights/']").first.get_attribute("href")
    page.goto(f"{base_url}{photo}")
    page.wait_for_selector("[data-tool=measure]")
    yield "desk-photo"
    page.goto(f"{base_url}{flight}")
    page.wait_for_selector("#map path", state="attached")
    page.wait_for_selector("#whole[href]")
    yield "desk-flight"
    page.goto(f"{base_url}/desk/zones")
    page.wait_for_selector("#zone option:nth-child(2)", state="attached")
    page.locator("#zone").select_option(index=1)
    page.wait_for_selector("#versions li")
    yield "desk-zones"
    page.goto(f"{base_url}/desk/trail")
    yield "desk-trail"


def ranger_pages(page: Page, base_url: str) -> Iterator[str]:
    """Send a sample flight as a ranger's phone does, and yield the pages of it.

    A worker (`libong serve --with-worker`) must process it.
    """
    page.goto(f"{base_url}/ranger")
    page.wait_for_selector("#network[data-state=online]")
    page.set_input_files("#files", sorted(SAMPLE_FLIGHT.glob("*.JPG")))
    page.wait_for_selector(".found", timeout=WORK_MS)
    page.wait_for_selector("#totals li")
    yield "ranger"
    page.goto(f"{base_url}/ranger/report")
    page.wait_for_selector("#network[data-state=online]")
    yield "ranger-report"


def take_all(browser: Browser, base_url: str, user: str, password: str, out: Path) -> None:
    """Write one WebP for each page, language and width."""
    for language in LANGUAGES:
        for width_name, width_px in WIDTHS_PX.items():
            context = browser.new_context(viewport={"width": width_px, "height": 844})
            context.add_cookies([{"name": "libong_lang", "value": language, "url": base_url}])
            page = context.new_page()
            for name in pages_to_show(page, base_url, user, password):
                # the opened zone is shown as on a screen, the others whole
                whole = name != "public-zone"
                wait_for_pictures(page)
                shown = page.screenshot(full_page=whole)
                keep(shown, out / f"{name}-{language}-{width_name}.webp")
            context.close()


def wait_for_pictures(page: Page) -> None:
    """Wait for the pictures of a page, those too that come only when they are scrolled to."""
    page.evaluate(
        """Promise.all([...document.images].map((picture) => {
             picture.loading = "eager";
             return picture.complete || new Promise((done) => {
               picture.onload = picture.onerror = done;
             });
           })).then(() => scrollTo(0, 0))"""  # where columns that stay in view are in their place
    )


def keep(png: bytes, path: Path) -> None:
    """Write the head of a page's picture, small."""
    with Image.open(io.BytesIO(png)) as picture:
        head = picture.convert("RGB").crop((0, 0, picture.width, min(picture.height, TALLEST_PX)))
    head.save(path, "WEBP", quality=WEBP_QUALITY, method=6)


def main() -> None:
    """Read the command line and take the pictures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("base_url")
    parser.add_argument("user")
    parser.add_argument("out", type=Path)
    parser.add_argument("--chromium", default="/usr/bin/chromium")
    arguments = parser.parse_args()
    password = os.environ.get("LIBONG_SCREENSHOT_PASSWORD") or getpass("Password: ")
    arguments.out.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=arguments.chromium, args=list(CHROMIUM_ARGS)
        )
        take_all(browser, arguments.base_url.rstrip("/"), arguments.user, password, arguments.out)
        browser.close()


if __name__ == "__main__":
    main()
