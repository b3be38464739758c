"""libong notify: tells people of alerts and of changes of the public map."""

from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime
from time import sleep
from typing import Annotated

import typer
from rich.table import Table

from ingest.errors import LibongError
from libong.cli.output import JsonOption, console, log_as_a_service, messages, print_json
from libong.composition import open_store
from libong.notifier import Notifier, SendError, send_with_apprise
from libong.notify_file import Addressed, read_notify_file
from libong.settings import read_settings
from libong.sites import open_site


class NotifyError(LibongError, ValueError):
    """There is nobody to tell, or a trial did not arrive."""


def register(app: typer.Typer) -> None:
    """Add this group's commands."""
    app.command()(notify)
    app.command()(notices)


def notify(
    once: Annotated[
        bool, typer.Option("--once", help="Tell what is news and due, and end.")
    ] = False,
    test: Annotated[
        bool, typer.Option("--test", help="Send every recipient a trial, and end.")
    ] = False,
    poll_s: Annotated[
        float, typer.Option("--poll-s", min=0.5, help="Seconds between looks for news.")
    ] = 10.0,
) -> None:
    """Tell the people of LIBONG_NOTIFY of alerts, and of changes of the public map.

    Officers hear of incidents, one message a flight; rangers that flights were processed; the
    public of what the public map says.
    No message carries a position. What does not arrive is tried again for ten hours.
    """
    log_as_a_service()
    settings = read_settings()
    if settings.notify is None:
        raise NotifyError(
            "LIBONG_NOTIFY names no file of recipients; docs/commands.md shows what one looks like"
        )
    site = open_site(settings.site)
    with closing(open_store(settings)) as store:
        zone_ids = frozenset(zone.zone_id for zone in store.zones.in_force(site).zones)
        recipients = read_notify_file(settings.notify, zone_ids)
        if test:
            _try_all(recipients)
            return
        notifier = Notifier(
            store,
            site,
            recipients,
            send_with_apprise,
            lambda: datetime.now(UTC),
            settings.public_address,
        )
        try:
            while True:
                notifier.work_once()
                if once:
                    return
                sleep(poll_s)
        except KeyboardInterrupt:
            messages.print("no one is told any more")


def _try_all(recipients: Sequence[Addressed]) -> None:
    for addressed in recipients:
        urls = [url.get_secret_value() for url in addressed.urls]
        try:
            send_with_apprise(urls, "Libong Watch", "ทดสอบ · trial")
        except SendError as fault:
            raise NotifyError(f"{addressed.recipient.name} was not reached: {fault}") from fault
        console.print(f"{addressed.recipient.name} was reached", highlight=False)


def notices(as_json: JsonOption = False) -> None:
    """List the latest notices: whom they went to, and whether they arrived."""
    with closing(open_store(read_settings())) as store:
        latest = store.notices.latest()
    if as_json:
        print_json(
            [
                {
                    "recipient": n.recipient,
                    "title": n.title,
                    "state": n.state.value,
                    "made_at": n.made_at_utc.isoformat(),
                    "due_at": n.due_at_utc.isoformat(),
                    "sent_at": n.sent_at_utc and n.sent_at_utc.isoformat(),
                    "attempts": n.attempts,
                    "fault": n.fault,
                }
                for n in latest
            ]
        )
        return
    table = Table("recipient", "what", "state", "since", "tries", "fault")
    for n in latest:
        since = n.sent_at_utc or n.made_at_utc
        table.add_row(
            n.recipient, n.title, n.state.value, f"{since:%Y-%m-%d %H:%M} UTC", str(n.attempts),
            n.fault or "",
        )  # fmt: skip
    console.print(table)
