"""libong sync: sends flights that were processed here, without their originals."""

from contextlib import closing
from dataclasses import dataclass
from typing import Annotated, Any

import typer
from rich.table import Table

from libong.cli.output import Exit, JsonOption, console, print_json
from libong.cli.server_access import ServerOption, TokenFileOption, server_client, watched
from libong.composition import open_media, open_store
from libong.push import Pusher, PushReport
from libong.settings import read_settings
from libong.sync import FieldBundle, SyncError, make_bundle


@dataclass(frozen=True)
class _Synced:
    """A flight that was sent, and what the server made of it."""

    bundle: FieldBundle
    sent: PushReport
    outcome: dict[str, Any]


def register(app: typer.Typer) -> None:
    """Add this group's commands."""
    app.command()(sync)


def sync(
    to: ServerOption,
    flights: Annotated[
        list[str] | None,
        typer.Argument(metavar="[FLIGHT]...", help="Flights to send; all, when none is named."),
    ] = None,
    token_file: TokenFileOption = None,
    as_json: JsonOption = False,
) -> None:
    """Send flights that `libong process` logged here: what was found, not the originals.

    Run it again after any failure, or whenever there is a network: what the server has is not sent
    again. It judges the sightings by its own zones and rules, and marks what it cannot check until
    the originals come by `libong push`.
    """
    settings = read_settings()
    with closing(open_store(settings)) as store, server_client(to, token_file) as client:
        media = open_media(settings)
        wanted = flights or [flight.flight_id for flight in reversed(store.flights())]
        if not wanted:
            raise SyncError("no flight is logged here; run `libong process` on one first")
        pusher = Pusher(client)
        done = []
        for flight_id in wanted:
            bundle = make_bundle(flight_id, settings.data_dir / "bundles", store, media)
            sent = pusher.push(f"field {flight_id}", [bundle.file], lambda *_: None)
            done.append(_Synced(bundle, sent, watched(pusher, sent.upload_id)))
    if as_json:
        print_json([_document(each) for each in done])
    else:
        _print(done)
    failed = [each for each in done if each.outcome["state"] == "failed"]
    raise typer.Exit(Exit.PARTIAL if failed else Exit.OK)


def _document(each: _Synced) -> dict[str, object]:
    return {
        "flight": each.bundle.flight_id,
        "upload": each.sent.upload_id,
        "state": each.outcome["state"],
        "fault": each.outcome["fault"],
        "logged_as": each.outcome["flight_id"],
        "sent_bytes": each.sent.sent_bytes,
        "bundle_bytes": each.bundle.file.size_bytes,
        "originals_bytes": each.bundle.originals_bytes,
        "saved_bytes": each.bundle.saved_bytes,
    }


def _print(done: list[_Synced]) -> None:
    table = Table("flight", "state", "sent now", "bundle", "originals", "saved")
    for each in done:
        bundle = each.bundle
        table.add_row(
            bundle.flight_id,
            each.outcome["state"],
            *map(
                _megabytes,
                (
                    each.sent.sent_bytes,
                    bundle.file.size_bytes,
                    bundle.originals_bytes,
                    bundle.saved_bytes,
                ),
            ),
        )
    console.print(table)
    for each in done:
        if each.outcome["state"] == "failed":
            console.print(
                f"{each.bundle.flight_id} was not taken: {each.outcome['fault']}", highlight=False
            )
        elif each.outcome["state"] != "ready":
            console.print(
                f"{each.bundle.flight_id} waits for a worker; it is safe on the server",
                highlight=False,
            )


def _megabytes(size: int) -> str:
    return f"{size / 1e6:.1f} MB"
