"""Commands on permits: list, add, revoke."""

from contextlib import closing
from datetime import UTC, datetime
from typing import Annotated, Any

import typer
from rich.table import Table

from libong.cli.output import JsonOption, console, print_json
from libong.composition import open_store
from libong.settings import read_settings
from libong.sites import open_site
from patrol.permit_history import KeptPermit
from patrol.permits import Permit

app = typer.Typer(no_args_is_help=True, help="Permits to fish in zones: list, add, revoke.")


def register(parent: typer.Typer) -> None:
    """Add this group's commands."""
    parent.add_typer(app, name="permits")


SiteOption = Annotated[str | None, typer.Option(help="Name of a shipped site, or a folder.")]
NumberArgument = Annotated[str, typer.Argument(help="The number written on the permit.")]
ActorOption = Annotated[str, typer.Option(help="Who does it; goes into the ledger.")]
Day = Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="A local day, inclusive.")]


@app.command("list")
def list_permits(site: SiteOption = None, as_json: JsonOption = False) -> None:
    """List all permits: those of the site's permits.toml, and those that officers keep."""
    settings = read_settings()
    place = open_site(site or settings.site)
    with closing(open_store(settings)) as store:
        kept = store.permits.kept(place.site_id)
    rows = [_told(permit, None) for permit in place.permits]
    rows += [_told(each.permit, each) for each in kept]
    if as_json:
        print_json(rows)
        return
    table = Table("permit", "holder", "gear", "zones", "first", "last", "taken back")
    for row in rows:
        table.add_row(
            row["permit"],
            row["holder"],
            row["gear"],
            ", ".join(row["zones"]),
            row["first"],
            row["last"],
            f"{row['revoked_from']}: {row['revoke_reason']}" if row["revoked_from"] else "",
        )
    console.print(table)


@app.command()
def add(
    number: NumberArgument,
    holder: Annotated[str, typer.Option(help="Who holds it.")],
    gear: Annotated[str, typer.Option(help="Which gear it allows.")],
    zone: Annotated[list[str], typer.Option(help="A zone in which it holds; once for each.")],
    first: Day,
    last: Day,
    citation: Annotated[str, typer.Option(help="Who gave it, and where that is written.")],
    actor: ActorOption,
    site: SiteOption = None,
) -> None:
    """Keep a permit in the ledger; from now on it is told with gear that its zones and days hold.

    It never makes an alert go away: a picture does not show whose gear it is.
    """
    settings = read_settings()
    permit = Permit(number, holder, gear, frozenset(zone), first.date(), last.date(), citation)
    with closing(open_store(settings)) as store:
        store.permits.add(open_site(site or settings.site), permit, actor, datetime.now(UTC))
    console.print(f"permit {number} is kept", highlight=False)


@app.command()
def revoke(
    number: NumberArgument,
    reason: Annotated[str, typer.Option(help="Why; goes into the ledger.")],
    actor: ActorOption,
    site: SiteOption = None,
) -> None:
    """Take a permit back from today on; what was judged before stays as it was."""
    settings = read_settings()
    with closing(open_store(settings)) as store:
        place = open_site(site or settings.site)
        kept = store.permits.revoke(place, number, reason, actor, datetime.now(UTC))
    console.print(f"permit {number} holds no more from {kept.revoked_from} on", highlight=False)


def _told(permit: Permit, kept: KeptPermit | None) -> dict[str, Any]:
    day = None if kept is None else kept.revoked_from
    return {
        "permit": permit.permit_id,
        "holder": permit.holder,
        "gear": permit.gear,
        "zones": sorted(permit.zone_ids),
        "first": permit.first.isoformat(),
        "last": permit.last.isoformat(),
        "citation": permit.citation,
        "added_by": None if kept is None else kept.added_by,
        "revoked_from": None if day is None else day.isoformat(),
        "revoke_reason": None if kept is None or day is None else kept.revoke_reason,
    }
