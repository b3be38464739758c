"""libong push: sends a folder from a drone's card to a server."""

from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import httpx
import typer
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from ingest.errors import LibongError
from libong.cli.output import Exit, JsonOption, console, messages, print_json
from libong.push import NotSent, Pusher, PushReport, files_in
from libong.settings import is_loopback, read_settings


class PushInputError(LibongError, ValueError):
    """A folder, address or token that cannot be used."""


def register(app: typer.Typer) -> None:
    """Add this group's commands."""
    app.command()(push)


def push(
    folder: Annotated[
        Path, typer.Argument(exists=True, file_okay=False, metavar="DIR", help="The flight.")
    ],
    to: Annotated[str, typer.Option("--to", metavar="URL", help="The server, https://…")],
    token_file: Annotated[
        Path | None,
        typer.Option(
            "--token-file",
            help="File with this device's token; without it, LIBONG_TOKEN is read.",
        ),
    ] = None,
    name: Annotated[
        str | None, typer.Option(help="What to call the flight; the folder's name otherwise.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Send a flight to a server: what it has not yet, from the byte where it stopped.

    Run the same command again after any failure. Get a token with: libong user token add NAME
    """
    address = _address(to)
    token = _token(token_file)
    files, left_out = files_in(folder)
    if not files:
        raise PushInputError(f"no photo, video or flight log in {folder}; name a drone's folder")
    headers = {"Authorization": f"Bearer {token}"}
    # long enough for a server to hash a whole film when its last byte is there
    timeout = httpx.Timeout(30, read=300, write=120)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TimeRemainingColumn(),
    )
    with (
        httpx.Client(base_url=address, headers=headers, timeout=timeout) as client,
        Progress(*columns, console=messages, disable=not messages.is_terminal) as bar,
    ):
        task = bar.add_task("sending", total=sum(file.size_bytes for file in files))
        far: dict[str, int] = {}

        def on_bytes(file_name: str, done: int, _total: int) -> None:
            far[file_name] = done
            bar.update(task, completed=sum(far.values()))

        called = name or folder.resolve().name or "flight"
        report = Pusher(client).push(called[:200], files, on_bytes)
    refused = (*left_out, *report.refused)
    if as_json:
        print_json(_document(report, refused))
    else:
        _print(report, refused)
    raise typer.Exit(Exit.PARTIAL if refused else Exit.OK)


def _address(to: str) -> str:
    parts = urlsplit(to)
    host = parts.hostname or ""
    if parts.scheme not in ("http", "https") or not host:
        raise PushInputError(f"the server must be an address like https://watch.example; got {to}")
    if parts.scheme == "http" and not is_loopback(host):
        raise PushInputError(
            f"{to} would send the token in the clear, for anyone on the network to read; "
            "use https://"
        )
    return to.rstrip("/")


def _token(token_file: Path | None) -> str:
    if token_file is None:
        secret = read_settings().token
        token = secret.get_secret_value() if secret else ""
    else:
        try:
            token = token_file.read_text(encoding="ascii")
        except (OSError, UnicodeDecodeError) as error:
            raise PushInputError(f"the token file {token_file} cannot be read: {error}") from error
    if not token.strip():
        raise PushInputError(
            "this device's token is missing; name its file with --token-file, or set LIBONG_TOKEN"
        )
    return token.strip()


def _document(report: PushReport, refused: tuple[NotSent, ...]) -> dict[str, object]:
    return {
        "upload": report.upload_id,
        "state": report.state,
        "sent": report.sent,
        "known": report.known,
        "sent_bytes": report.sent_bytes,
        "refused": [
            {"path": r.name, "code": r.code, "why": r.reason, "remedy": r.remedy} for r in refused
        ],
    }


def _print(report: PushReport, refused: tuple[NotSent, ...]) -> None:
    console.print(
        f"upload {report.upload_id} is {report.state}: {report.sent} files sent "
        f"({report.sent_bytes / 1e6:.1f} MB), {report.known} were there, {len(refused)} refused",
        highlight=False,
    )
    if refused:
        table = Table("refused", "why", "what to do", title="Refused files")
        for each in refused:
            table.add_row(each.name, each.reason, each.remedy)
        console.print(table)
