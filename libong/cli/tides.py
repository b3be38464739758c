"""Commands on the tide: import a table, list, tell a moment's."""

from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from ingest.tide import TideError
from libong.cli.output import JsonOption, console, print_json
from libong.composition import open_store
from libong.settings import read_settings
from libong.sites import open_site
from patrol.tide_doubts import TideAnswer, tide_answers
from patrol.tide_history import read_tide_table
from patrol.zone_times import Holds

app = typer.Typer(no_args_is_help=True, help="The tide: import tables, list them, ask for a time.")


def register(parent: typer.Typer) -> None:
    """Add this group's commands."""
    parent.add_typer(app, name="tides")


_HELD = {
    Holds.YES: "the zone held",
    Holds.NO: "the zone did not hold",
    Holds.UNKNOWN: "the tide was too near the limit to tell",
}

SiteOption = Annotated[str | None, typer.Option(help="Name of a shipped site, or a folder.")]


@app.command("import")
def import_table(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="CSV: time, metres.")],
    mean_m: Annotated[float, typer.Option(help="The mean sea above the zero of the table.")],
    citation: Annotated[str, typer.Option(help="Whose table it is, for which place and year.")],
    actor: Annotated[str, typer.Option(help="Who imports it; goes into the ledger.")],
    sigma_m: Annotated[
        float, typer.Option(help="Its 1 sigma, weather included (an assumption of ours).")
    ] = 0.2,
    site: SiteOption = None,
) -> None:
    """Keep a tide table in the ledger: heights by the hour, or of high and low water.

    Times without an offset are local. It gives heights above the sea as it stood, and says whether
    zones held that hang on the tide. Flights processed before stay as they are; open alerts that
    waited for the tide are named, with what the table says of their zones.
    """
    settings = read_settings()
    place = open_site(site or settings.site)
    try:
        text = file.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise TideError(f"{file} is no UTF-8 text (byte {error.start}); save it as CSV") from error
    table = read_tide_table(
        text,
        timezone=place.reference.timezone,
        mean_m=mean_m,
        sigma_m=sigma_m,
        citation=citation,
    )
    with closing(open_store(settings)) as store:
        store.tides.add(place.site_id, table, actor, datetime.now(UTC))
        judged = store.tides.flights_before(place.site_id, table)
        answers = tuple(tide_answers(store.alerts(), store.site_in_force(place)))
    first, last = table.readings[0][0], table.readings[-1][0]
    console.print(f"{len(table.readings)} heights kept, {first} to {last}", highlight=False)
    if judged:
        console.print(
            f"{judged} flights of these days were processed before: their heights, and what was "
            "said of zones that hang on the tide, stay as they were told without it",
            highlight=False,
        )
    _tell(answers)


def _tell(answers: Sequence[TideAnswer]) -> None:
    if not answers:
        return
    console.print(
        f"{len(answers)} open alerts are about zones that hang on the tide, which was not known; "
        "by the tables now:",
        highlight=False,
    )
    for answer in answers:
        held = _HELD[answer.holds]
        console.print(f"  {answer.incident.incident_id}  {held}", highlight=False)
    console.print("none is judged anew: confirm or dismiss them at the desk", highlight=False)


@app.command("list")
def list_tables(site: SiteOption = None, as_json: JsonOption = False) -> None:
    """List the imported tables, the one that holds first, then the site's constants."""
    settings = read_settings()
    place = open_site(site or settings.site)
    with closing(open_store(settings)) as store:
        kept = store.tides.tables(place.site_id)
    harmonic = place.reference.tides.harmonic
    if as_json:
        print_json(
            {
                "tables": [
                    {
                        "citation": each.table.citation,
                        "first": each.table.readings[0][0].isoformat(),
                        "last": each.table.readings[-1][0].isoformat(),
                        "readings": len(each.table.readings),
                        "sigma_m": each.table.sigma_m,
                        "actor": each.actor,
                    }
                    for each in kept
                ],
                "constituents": []
                if harmonic is None
                else [each.name for each in harmonic.constituents],
            }
        )
        return
    table = Table("source", "first", "last", "heights", "by")
    for each in kept:
        readings = each.table.readings
        first, last = str(readings[0][0]), str(readings[-1][0])
        table.add_row(each.table.citation, first, last, str(len(readings)), each.actor)
    if harmonic is not None:
        names = ", ".join(each.name for each in harmonic.constituents)
        table.add_row(harmonic.citation, "", "", names, "site.toml")
    console.print(table)


@app.command()
def at(
    time: Annotated[str, typer.Argument(help="As 2026-03-01T12:00; local without an offset.")],
    site: SiteOption = None,
    as_json: JsonOption = False,
) -> None:
    """Tell how far the sea stood above its mean; null where nothing tells of it."""
    settings = read_settings()
    place = open_site(site or settings.site)
    try:
        moment = datetime.fromisoformat(time)
    except ValueError as error:
        raise TideError(f"a time is written like 2026-03-01T12:00; got {time!r}") from error
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=place.reference.timezone)
    with closing(open_store(settings)) as store:
        tide = store.tides.in_force(place).reference.tides.at(moment)
    if as_json:
        print_json(
            {
                "at_utc": moment.astimezone(UTC).isoformat(),
                "above_mean_m": tide and round(tide.above_mean_m, 3),
                "sigma_m": tide and tide.sigma_m,
                "citation": tide and tide.citation,
            }
        )
    elif tide is None:
        console.print("nothing tells of the tide then", highlight=False)
    else:
        console.print(
            f"{tide.above_mean_m:+.2f} m ± {tide.sigma_m:.2f} m ({tide.citation})", highlight=False
        )
