"""libong demo: the sample flights processed, shown and served, in one command."""

import secrets
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from api.auth import hash_password
from libong.cli.flights import print_report
from libong.cli.output import console, progress_bar
from libong.cli.serve import check_port, run_server, worker_beside
from libong.composition import open_detector, open_media, open_site, open_store
from libong.pipeline import process_flight
from libong.settings import HOUSE, Settings, read_settings
from patrol.store import Role, Store

DEMO_OFFICER = "demo-officer"


def register(app: typer.Typer) -> None:
    """Add this group's commands."""
    app.command()(demo)


def demo(
    data_dir: Annotated[Path, typer.Option(help="Folder for the demo's own data.")] = Path(
        "var/demo"
    ),
    port: Annotated[int | None, typer.Option(help="Port to serve on.")] = None,
    serve: Annotated[bool, typer.Option(help="Serve the pages at the end.")] = True,
) -> None:
    """Process the sample flights (rendered, not real) and serve alerts and the map.

    Uses a database of its own. The officer's account gets a new random password on every run, and
    the pages show the day of the sample flights.
    """
    settings = read_settings(
        data_dir=data_dir, port=port, database_url="", media_url="", site="koh_libong"
    )
    if serve:
        check_port(settings)
    site = open_site(settings.site)
    with closing(open_store(settings)) as store:
        detector = open_detector(settings)
        for folder in sorted(p.parent for p in (HOUSE / "sample_flights").glob("*/truth.json")):
            console.rule(f"sample flight {folder.name}")
            with progress_bar() as progress:
                report = process_flight(
                    [folder], site, detector, store, open_media(settings), on_progress=progress
                )
            print_report(report)
        password = _officer_password(store)
        flown = max(f.last_taken_utc for f in store.flights() if f.last_taken_utc is not None)
    if serve:
        ahead = datetime.now(UTC) - (flown + timedelta(hours=1))
        _announce(settings, password, flown.astimezone(site.reference.timezone))
        with worker_beside(settings):
            run_server(settings, now=lambda: datetime.now(UTC) - ahead)


def _officer_password(store: Store) -> str:
    """Make the demo's officer, or give the one of an earlier run a new password."""
    password = secrets.token_urlsafe(12)
    if store.user(DEMO_OFFICER) is None:
        store.add_user(DEMO_OFFICER, hash_password(password), Role.OFFICER, datetime.now(UTC))
    else:
        store.set_password_hash(DEMO_OFFICER, hash_password(password), datetime.now(UTC))
    return password


def _announce(settings: Settings, password: str, flown_local: datetime) -> None:
    console.rule("the demo is being served")
    console.print(
        f"log in at http://{settings.host}:{settings.port}/desk as {DEMO_OFFICER}\n"
        f"password, shown only now: {password}\n"
        f"the pages show the day of the sample flights, {flown_local:%d %B %Y}\n"
        "flights sent here are processed by a worker that runs beside it",
        highlight=False,
    )
