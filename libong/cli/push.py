"""libong push: sends a folder from a drone's card to a server."""

from pathlib import Path
from typing import Annotated, Any

import httpx
import typer
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from ingest.errors import LibongError
from libong.cli.output import Exit, JsonOption, console, messages, print_json
from libong.cli.server_access import ServerOption, TokenFileOption, server_client, watched
from libong.push import LocalFile, NotSent, Pusher, PushReport, files_in


class PushInputError(LibongError, ValueError):
    """A folder with nothing to send."""


def register(app: typer.Typer) -> None:
    """Add this group's commands."""
    app.command()(push)


def push(
    folder: Annotated[
        Path, typer.Argument(exists=True, file_okay=False, metavar="DIR", help="The flight.")
    ],
    to: ServerOption,
    token_file: TokenFileOption = None,
    name: Annotated[
        str | None, typer.Option(help="What to call the flight; the folder's name otherwise.")
    ] = None,
    watch: Annotated[
        bool, typer.Option("--watch", help="Wait until the flight is processed, and tell of it.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Send a flight to a server: what it has not yet, from the byte where it stopped.

    Run the same command again after any failure. Get a token with: libong user token add NAME
    """
    with server_client(to, token_file) as client:
        files, left_out = files_in(folder)
        if not files:
            raise PushInputError(
                f"no photo, video or flight log in {folder}; name a drone's folder"
            )
        pusher = Pusher(client)
        called = name or folder.resolve().name or "flight"
        report = _sent(pusher, called[:200], files)
        refused = (*left_out, *report.refused)
        if not as_json:
            _print(report, refused)
        outcome = watched(pusher, report.upload_id) if watch else None
        flight = None if outcome is None else _flight(client, outcome)
    if as_json:
        print_json(_document(report, refused, outcome, flight))
    elif outcome is not None:
        _print_outcome(outcome, flight)
    elif report.state == "failed":
        console.print(f"it could not be processed: {report.fault}", highlight=False)
    elif report.state != "ready":
        console.print(
            "the server processes it from here on; --watch waits for that", highlight=False
        )
    state = report.state if outcome is None else outcome["state"]
    if state == "failed":
        raise typer.Exit(Exit.BAD_INPUT)
    refused_there = flight is not None and bool(flight["refused"])
    raise typer.Exit(Exit.PARTIAL if refused or refused_there else Exit.OK)


def _sent(pusher: Pusher, called: str, files: tuple[LocalFile, ...]) -> PushReport:
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=messages, disable=not messages.is_terminal) as bar:
        task = bar.add_task("sending", total=sum(file.size_bytes for file in files))
        far: dict[str, int] = {}

        def on_bytes(file_name: str, done: int, _total: int) -> None:
            far[file_name] = done
            bar.update(task, completed=sum(far.values()))

        return pusher.push(called, files, on_bytes)


def _flight(client: httpx.Client, outcome: dict[str, Any]) -> dict[str, Any] | None:
    """Return what the server says of a logged flight; None for one that is not logged."""
    if outcome["flight_id"] is None:
        return None
    answer = client.get(f"/api/v1/flights/{outcome['flight_id']}")
    answer.raise_for_status()
    flight: dict[str, Any] = answer.json()
    return flight


def _document(
    report: PushReport,
    refused: tuple[NotSent, ...],
    outcome: dict[str, Any] | None,
    flight: dict[str, Any] | None,
) -> dict[str, object]:
    return {
        "upload": report.upload_id,
        "state": report.state if outcome is None else outcome["state"],
        "sent": report.sent,
        "known": report.known,
        "sent_bytes": report.sent_bytes,
        "refused": [
            {"path": r.name, "code": r.code, "why": r.reason, "remedy": r.remedy} for r in refused
        ],
        "fault": report.fault if outcome is None else outcome["fault"],
        "flight": flight,
    }


def _print(report: PushReport, refused: tuple[NotSent, ...]) -> None:
    console.print(
        f"upload {report.upload_id} is {report.state}: {_files(report.sent)} sent "
        f"({report.sent_bytes / 1e6:.1f} MB), {report.known} there already, {len(refused)} refused",
        highlight=False,
    )
    if refused:
        table = Table("refused", "why", "what to do", title="Refused files")
        for each in refused:
            table.add_row(each.name, each.reason, each.remedy)
        console.print(table)


def _print_outcome(outcome: dict[str, Any], flight: dict[str, Any] | None) -> None:
    if outcome["state"] == "failed":
        console.print(f"it could not be processed: {outcome['fault']}", highlight=False)
    elif flight is None:
        console.print(
            f"it is {outcome['state']} and waits for a worker; all that was sent is safe there "
            "(whoever looks after the server runs: libong worker)",
            highlight=False,
        )
    else:
        console.print(
            f"flight {flight['id']} is ready: {flight['frames']} frames used, "
            f"{flight['sightings']} sightings, {_files(len(flight['refused']))} refused",
            highlight=False,
        )
        if flight["refused"]:
            table = Table("refused", "why", "what to do", title="Not used in the flight")
            for each in flight["refused"]:
                table.add_row(each["file_name"], each["reason"], each["remedy"])
            console.print(table)


def _files(count: int) -> str:
    return "1 file" if count == 1 else f"{count} files"
