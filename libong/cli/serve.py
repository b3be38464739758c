"""libong serve: alerts for officers and the map for everyone."""

import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, nullcontext
from datetime import UTC, datetime
from types import FrameType
from typing import Annotated, NoReturn

import typer
import uvicorn

from api.app import create_app
from api.deps import ApiSettings
from ingest.errors import LibongError
from libong.cli.output import console
from libong.composition import open_desk, open_media, open_store
from libong.settings import Settings, environment_of, read_settings
from libong.sites import open_site

# what is being answered when the service stops is given so long to end
GRACE_S = 5


def register(app: typer.Typer) -> None:
    """Add this group's commands."""
    app.command()(serve)


def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on.")] = None,
    with_worker: Annotated[
        bool, typer.Option("--with-worker", help="Run a worker beside it, for flights sent here.")
    ] = False,
) -> None:
    """Serve the public map at /, the officers' desk at /desk, and take in flights.

    While there is no account yet it prints a link by which the first administrator makes one.
    """
    settings = read_settings(host=host, port=port)
    with worker_beside(settings) if with_worker else nullcontext():
        run_server(settings)


@contextmanager
def worker_beside(settings: Settings) -> Iterator[None]:
    """Run `libong worker` in a process of its own; it lets go of its flight at the end."""
    command = "from libong.cli.main import main; main()"
    worker = subprocess.Popen(  # noqa: S603  our own
        [sys.executable, "-c", command, "worker"], env=environment_of(settings)
    )
    # uvicorn stops in good order and then raises the signal again, which would end us here
    before = signal.signal(signal.SIGTERM, _leave)
    try:
        yield
    finally:
        worker.terminate()
        worker.wait()
        signal.signal(signal.SIGTERM, before)


def _leave(number: int, _: FrameType | None) -> NoReturn:
    """End by way of what is still to be tidied up, with the exit code of the signal."""
    sys.exit(128 + number)


class PortTakenError(LibongError, OSError):
    """An address that the service cannot listen on."""


def check_port(settings: Settings) -> None:
    """Raise PortTakenError, with what to do, when the service could not listen."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as exc:
            raise PortTakenError(
                f"cannot listen on {settings.host}, port {settings.port}: {exc.strerror}; "
                "stop what is there, or choose another with --port"
            ) from exc


def run_server(settings: Settings, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
    """Serve until stopped; `now` is the service's clock, aware UTC."""
    check_port(settings)
    with closing(open_store(settings)) as store:
        media = open_media(settings)
        app = create_app(
            ApiSettings(
                secret_key=settings.signing_key(),
                session_hours=settings.session_hours,
                cookie_secure=settings.cookies_over_https_only,
                officers_need_second_factor=settings.officers_need_second_factor,
                public_address=settings.public_address,
            ),
            store,
            media,
            open_site(settings.site),
            now=now,
            desk=open_desk(settings, store, media, now),
        )
        console.print(
            f"map for everyone: http://{settings.host}:{settings.port}/\n"
            f"desk for officers: http://{settings.host}:{settings.port}/desk\n"
            "stop with Ctrl+C",
            highlight=False,
        )
        if not store.users():
            token = store.accounts.link_for(None, now(), "libong")
            console.print(
                "no accounts yet: make the first one, an administrator's, here, within 48 hours:\n"
                f"http://{settings.host}:{settings.port}/welcome/{token}",
                highlight=False,
                soft_wrap=True,
            )
        if settings.cookies_over_https_only:
            console.print("logins work over HTTPS only: put a TLS proxy before this address")
        uvicorn.run(
            app,
            host=settings.host,
            port=settings.port,
            log_level="warning",
            # streams of events never end by themselves; browsers come back to them
            timeout_graceful_shutdown=GRACE_S,
            forwarded_allow_ips=settings.proxies,
        )
