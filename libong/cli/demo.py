"""libong demo: the sample flights processed, shown and served, in one command."""

import secrets
from collections.abc import Mapping
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from api.auth import hash_password
from libong.cli.flights import print_report
from libong.cli.output import console, progress_bar
from libong.cli.serve import check_port, run_server, worker_beside
from libong.composition import open_media, open_store
from libong.open_models import open_detector
from libong.pipeline import process_flight
from libong.settings import HOUSE, Settings, read_settings
from libong.sites import open_site
from patrol.store import Role, Store

# Who works at a site: one looks at alerts, one sends flights. The map needs no account.
DEMO_ACCOUNTS = {"demo-officer": Role.OFFICER, "demo-ranger": Role.RANGER}


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

    Uses a database of its own. The officer's and the ranger's accounts get new random passwords on
    every run, and the pages show the day of the sample flights.
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
        passwords = {name: _new_password(store, name) for name in DEMO_ACCOUNTS}
        flown = max(f.last_taken_utc for f in store.flights() if f.last_taken_utc is not None)
    if serve:
        ahead = datetime.now(UTC) - (flown + timedelta(hours=1))
        _announce(settings, passwords, flown.astimezone(site.reference.timezone))
        with worker_beside(settings):
            run_server(settings, now=lambda: datetime.now(UTC) - ahead)


def _new_password(store: Store, name: str) -> str:
    """Make an account of the demo's, or give the one of an earlier run a new password."""
    password = secrets.token_urlsafe(12)
    if store.user(name) is None:
        role = DEMO_ACCOUNTS[name]
        store.add_user(name, hash_password(password), role, datetime.now(UTC))
    else:
        store.set_password_hash(name, hash_password(password), datetime.now(UTC))
    return password


def _announce(settings: Settings, passwords: Mapping[str, str], flown_local: datetime) -> None:
    console.rule("the demo is being served")
    address = f"http://{settings.host}:{settings.port}"
    console.print(
        f"the map, for everyone: {address}/\n"
        f"alerts, for officers: {address}/desk; sending flights, for rangers: {address}/ranger\n"
        "accounts, their passwords shown only now:\n"
        + "".join(f"  {name}  {password}\n" for name, password in passwords.items())
        + f"the pages show the day of the sample flights, {flown_local:%d %B %Y}\n"
        "flights sent here are processed by a worker that runs beside it",
        highlight=False,
    )
