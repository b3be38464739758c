"""Pages in a real Chromium against a real server on this machine, with a store of its own.

`watch(world, PHONE, user="don")` opens a browser context at a served world (tests/api/conftest.py
makes worlds) and gives back a `Watched`, whose `page` is Playwright's. `lasting(world)` opens one
whose profile stays on the disk, to be closed and opened again.
"""

import importlib.util
import os
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import uvicorn

from libong.settings import read_settings
from patrol.site import shipped_site

CHROMIUM = Path("/usr/bin/chromium")
CHROMIUM_ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--no-first-run",
]
PHONE, DESKTOP = {"width": 390, "height": 844}, {"width": 1280, "height": 844}
TIMEOUT_MS = 180_000  # a slow machine takes half a minute to open a page
TESTS = Path(__file__).parent.parent


def load_module(name: str, path: Path):
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


served = load_module("served_worlds", TESTS / "api" / "conftest.py")
whole_site = load_module("whole_site", Path(__file__).parent / "whole_site.py")
stand_ins = load_module("stand_ins", TESTS / "libong" / "stand_ins.py")

# the fixtures of tests/api, for pages of the same worlds
make_world, world = served.make_world, served.world
make_seen, make_zone, nasty = served.make_seen, served.make_zone, served.nasty
refused_file, jpeg_with_exif = served.refused_file, served.jpeg_with_exif


def pytest_collection_modifyitems(items):
    """Mark every test of this folder, and skip it where there is no browser."""
    no_browser = pytest.mark.skipif(not CHROMIUM.exists(), reason=f"no browser at {CHROMIUM}")
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(no_browser)


# one a module: while it is open no other test of the process can run an event loop of its own
@pytest.fixture(scope="module")
def playwright() -> Iterator:
    playwright_api = pytest.importorskip(
        "playwright.sync_api", reason="playwright is not installed"
    )
    playwright_api.expect.set_options(timeout=TIMEOUT_MS)
    with playwright_api.sync_playwright() as started:
        yield started


@pytest.fixture(scope="module")
def browser(playwright) -> Iterator:
    launched = playwright.chromium.launch(executable_path=str(CHROMIUM), args=CHROMIUM_ARGS)
    yield launched
    launched.close()


@pytest.fixture
def phone():
    """The window of a ranger's phone, in CSS pixels."""
    return PHONE


@pytest.fixture
def desktop():
    """The window of an officer's laptop."""
    return DESKTOP


@dataclass
class Watched:
    """A page, the hosts it asked, and what its console said."""

    context: object
    page: object
    base_url: str
    hosts: set[str] = field(default_factory=set)
    complaints: list[str] = field(default_factory=list)

    def follow(self) -> None:
        self.page.on("request", lambda request: self.hosts.add(urlsplit(request.url).hostname))
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("dialog", lambda dialog: self.complaints.append(f"dialog {dialog.message}"))

    def open(self, path: str) -> None:
        self.page.goto(self.base_url + path)

    def log_in(self, world, name: str) -> None:
        """Carry a session of this user, as the login page would have set it (but faster)."""
        cookies = world.logged_in(name).cookies
        self.context.add_cookies(
            [
                {"name": cookie, "value": value, "url": self.base_url}
                for cookie, value in cookies.items()
            ]
        )

    def assert_clean(self) -> None:
        assert self.hosts == {"127.0.0.1"}
        assert self.complaints == []

    def smallest_text_px(self) -> float:
        return self.page.evaluate(
            """Math.min(
                 ...[...document.querySelectorAll("main :is(p, dd, dt, h3, .chip, .map-label)")]
                   .map(element => parseFloat(getComputedStyle(element).fontSize)))"""
        )

    def overflow_px(self) -> int:
        return self.page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )

    def picture(self, name: str) -> None:
        """Keep what is shown as NAME.png in LIBONG_TEST_PICTURES, where that is set."""
        folder = os.environ.get("LIBONG_TEST_PICTURES")
        if folder:
            self.page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


class Started(uvicorn.Server):
    """A server that tells when it listens."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listens = threading.Event()

    async def startup(self, sockets=None) -> None:
        await super().startup(sockets=sockets)
        self.listens.set()


@pytest.fixture
def serve() -> Iterator:
    """A function that serves an app on a free port of loopback and returns its address."""
    running = {}

    def start(app) -> str:
        if id(app) in running:
            return running[id(app)][0]
        server = Started(
            uvicorn.Config(
                app,
                host="127.0.0.1",
                port=0,
                log_level="error",
                ws="none",
                timeout_graceful_shutdown=1,
            )
        )
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        assert server.listens.wait(60), "the server did not start"
        port = server.servers[0].sockets[0].getsockname()[1]
        address = f"http://127.0.0.1:{port}"
        running[id(app)] = address, server, thread
        return address

    yield start
    for _, server, thread in running.values():
        server.should_exit = True
        thread.join(timeout=10)


@pytest.fixture
def watch(browser, serve) -> Iterator:
    """A function that opens a page at a world, logged in where `user` names someone."""
    contexts = []

    def open_browser(world, viewport, *, user=None, **options) -> Watched:
        context = browser.new_context(viewport=viewport, **options)
        context.set_default_timeout(TIMEOUT_MS)
        contexts.append(context)
        watched = Watched(context, context.new_page(), serve(world.app))
        watched.follow()
        if user:
            watched.log_in(world, user)
        return watched

    yield open_browser
    for context in contexts:
        context.close()


@pytest.fixture
def lasting(playwright, serve, tmp_path) -> Iterator:
    """A function that opens a browser with a profile on the disk; closing its context ends it."""
    opened = []

    def open_browser(world, viewport=PHONE, *, user=None, **options) -> Watched:
        context = playwright.chromium.launch_persistent_context(
            str(tmp_path / "profile"),
            executable_path=str(CHROMIUM),
            args=CHROMIUM_ARGS,
            viewport=viewport,
            **options,
        )
        context.set_default_timeout(TIMEOUT_MS)
        opened.append(context)
        watched = Watched(context, context.pages[0], serve(world.app))
        watched.follow()
        if user:
            watched.log_in(world, user)
        return watched

    yield open_browser
    for context in opened:
        context.close()


@pytest.fixture
def work():
    """A function that processes the received flights of a world of the shipped site.

    The worker is the real one, with a stand-in for the network: a boat in each photo.
    """

    def work_all(world) -> None:
        settings = read_settings(data_dir=world.parts.parent)
        worker = stand_ins.make_worker(world.store, settings)
        while worker.work_once():
            pass

    return work_all


@pytest.fixture
def make_photo():
    """A function that makes a small drone photo, another for each number."""
    return stand_ins.photo


@pytest.fixture
def every_page(make_world):
    """A world of the shipped site with something on every page, and those pages."""
    world = make_world(site=shipped_site())
    whole_site.fill(world)
    return world, tuple(whole_site.places(world))
