"""How commands reach a server: its address, this device's token, and how far a flight is there."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

import httpx
import typer

from ingest.errors import LibongError
from libong.cli.output import progress_bar
from libong.push import Pusher
from libong.settings import is_loopback, read_settings

ServerOption = Annotated[str, typer.Option("--to", metavar="URL", help="The server, https://…")]
TokenFileOption = Annotated[
    Path | None,
    typer.Option(
        "--token-file",
        help="File with this device's token; without it, LIBONG_TOKEN is read.",
    ),
]

# A worker that is busy with another flight, or not running; the flight is safe on the server.
_PATIENCE_S = 120.0


class ServerAccessError(LibongError, ValueError):
    """An address or token that cannot be used."""


@contextmanager
def server_client(to: str, token_file: Path | None) -> Iterator[httpx.Client]:
    """Open a client for a server, with this device's token; raises ServerAccessError."""
    address, token = _address(to), _token(token_file)
    # long enough for a server to hash a whole film when its last byte is there
    timeout = httpx.Timeout(30, read=300, write=120)
    headers = {"Authorization": f"Bearer {token}"}
    with httpx.Client(base_url=address, headers=headers, timeout=timeout) as client:
        yield client


def watched(pusher: Pusher, upload_id: str) -> dict[str, Any]:
    """Show how far a flight is until it is processed; returns what the server says of it then."""
    with progress_bar() as progress:
        return pusher.watch(upload_id, progress, patience_s=_PATIENCE_S)


def _address(to: str) -> str:
    parts = urlsplit(to)
    host = parts.hostname or ""
    if parts.scheme not in ("http", "https") or not host:
        raise ServerAccessError(
            f"the server must be an address like https://watch.example; got {to}"
        )
    if parts.scheme == "http" and not is_loopback(host):
        raise ServerAccessError(
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
            raise ServerAccessError(
                f"the token file {token_file} cannot be read: {error}"
            ) from error
    if not token.strip():
        raise ServerAccessError(
            "this device's token is missing; name its file with --token-file, or set LIBONG_TOKEN"
        )
    return token.strip()
