"""The command that lists what the public was told of zones, and what brought it about."""

from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer
from rich.table import Table

from libong.cli.flight_files import SiteOption
from libong.cli.output import JsonOption, console, print_json
from libong.composition import open_store
from libong.settings import read_settings
from libong.sites import open_site


def changes(
    days: Annotated[int, typer.Option(min=1, max=3660, help="How many days back.")] = 30,
    site: SiteOption = None,
    as_json: JsonOption = False,
) -> None:
    """List how the zones' statuses changed, the newest first, with the incidents that caused it.

    The public is told zone, status, days and reason alone, never the incidents.
    """
    settings = read_settings()
    place = open_site(site or settings.site)
    with closing(open_store(settings)) as store:
        today = datetime.now(UTC).astimezone(place.reference.timezone).date()
        found = store.zone_changes(place, today - timedelta(days=days - 1), today)
    if as_json:
        print_json(
            [
                {
                    "zone": change.told.zone_id,
                    "status": change.told.status and change.told.status.value,
                    "since": change.told.since.isoformat(),
                    "until": change.told.until and change.told.until.isoformat(),
                    "reason": change.told.reason.value,
                    "incidents": list(change.causes),
                }
                for change in found
            ]
        )
        return
    table = Table("since", "zone", "status", "why", "until", "incidents")
    for change in found:
        table.add_row(
            str(change.told.since),
            change.told.zone_id,
            "-" if change.told.status is None else change.told.status.value,
            change.told.reason.value,
            str(change.told.until or "-"),
            " ".join(change.causes) or "-",
        )
    console.print(table)
