"""The public pages and the rangers', as an old phone on a thin network meets them: weight and time.

A real Chromium opens each page of a real server on this machine for the first time, slowed down as
Lighthouse's mobile test slows it down: 1.6 Mbit/s with 150 ms to and fro, and a quarter of the
processor. What it is held against are our own limits, not another software.
"""

import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from secrets import token_urlsafe
from statistics import median
from time import monotonic

import uvicorn
from fastapi import FastAPI
from playwright.sync_api import Browser, ViewportSize, sync_playwright

from api.app import create_app
from api.auth import SESSION_COOKIE, Sessions, hash_password
from api.deps import ApiSettings
from ingest.errors import LibongError
from libong.bench.row import Row, lower_is_better
from patrol.media import MediaStore
from patrol.site import Site
from patrol.store import Store
from patrol.user import Role

BENCH = "pages"
LIMIT_KB, LIMIT_S = 150.0, 2.0
NETWORK = {
    "offline": False,
    "latency": 150,
    "downloadThroughput": 200_000,
    "uploadThroughput": 94_000,
}
CPU_SLOWDOWN = 4
PHONE: ViewportSize = {"width": 390, "height": 844}
START_S = 30.0
# a page is usable when what its reader came for can be read or filled in
PAGES = {
    "/": ".zone__advice",
    "/widget": "main",
    "/report": "main form",
    "/login": "#password",
    "/ranger": "#ours",
}
RANGER = "ranger"  # whose session opens what needs one


class BrowserMissingError(LibongError, RuntimeError):
    """There is no browser."""


class ServerError(LibongError, RuntimeError):
    """The server to be measured did not start."""


@contextmanager
def chromium_browser(chromium: Path) -> Iterator[Browser]:
    """Start a browser; raises BrowserMissingError where there is none."""
    if not chromium.exists():
        raise BrowserMissingError(
            f"no browser at {chromium}; name one with --chromium (Debian: apt-get install chromium)"
        )
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=str(chromium), args=["--no-sandbox", "--disable-gpu"]
        )
        yield browser
        browser.close()


def page_rows(site: Site, folder: Path, browser: Browser, rounds: int) -> list[Row]:
    """Return kilobytes that cross the network, and seconds until a page is usable, by page.

    The served site has no flights; its data go into `folder`.
    """
    rows = []
    with _served(site, folder) as (address, session):
        for path, usable in PAGES.items():
            seen = [_opened(browser, address, session, path, usable) for _ in range(rounds)]
            kilobytes, seconds = (median(values) for values in zip(*seen, strict=True))
            rows += [
                lower_is_better(BENCH, f"first load of {path}", "kB", kilobytes, LIMIT_KB, "limit"),
                lower_is_better(BENCH, f"{path} usable after", "s", seconds, LIMIT_S, "limit"),
            ]
    return rows


def _opened(
    browser: Browser, address: str, session: str, path: str, usable: str
) -> tuple[float, float]:
    """Open a page for the first time; return kilobytes received and seconds until it is usable."""
    context = browser.new_context(viewport=PHONE)
    context.add_cookies([{"name": SESSION_COOKIE, "value": session, "url": address}])
    page = context.new_page()
    devtools = context.new_cdp_session(page)
    received = []
    devtools.on("Network.loadingFinished", lambda told: received.append(told["encodedDataLength"]))
    devtools.send("Network.enable")
    devtools.send("Network.emulateNetworkConditions", NETWORK)
    devtools.send("Emulation.setCPUThrottlingRate", {"rate": CPU_SLOWDOWN})
    began = monotonic()
    page.goto(address + path, wait_until="commit")
    page.locator(usable).first.wait_for()
    seconds = monotonic() - began
    page.wait_for_load_state("networkidle")
    context.close()
    return sum(received) / 1000, seconds


@contextmanager
def _served(site: Site, folder: Path) -> Iterator[tuple[str, str]]:
    """Serve a site; yield its address and the session cookie of a ranger."""
    now, secret = datetime.now(UTC), token_urlsafe(32)
    with closing(Store(f"sqlite:///{folder / 'pages.sqlite3'}")) as store:
        store.migrate()
        ranger = store.user(RANGER) or store.add_user(
            RANGER, hash_password(token_urlsafe(16)), Role.RANGER, now
        )
        app = create_app(
            ApiSettings(secret, session_hours=1, cookie_secure=False),
            store,
            MediaStore(str(folder / "media")),
            site,
            lambda: datetime.now(UTC),
        )
        session = Sessions(secret, timedelta(hours=1)).cookie_for(ranger, now)
        with _listening(app) as address:
            yield address, session


@contextmanager
def _listening(app: FastAPI) -> Iterator[str]:
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="warning"))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        until = monotonic() + START_S
        while not server.started:
            if not thread.is_alive() or monotonic() > until:
                raise ServerError("the server to be measured did not start")
            thread.join(0.05)
        port = server.servers[0].sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join()
