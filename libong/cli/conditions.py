"""The command by which somebody tells of sea and weather during a flight."""

from contextlib import closing
from datetime import UTC, datetime
from typing import Annotated

import typer

from libong.cli.output import JsonOption, console, print_json
from libong.composition import open_store
from libong.settings import read_settings
from patrol.conditions import Conditions


def conditions(
    flight_id: Annotated[str, typer.Argument(help="As listed by `libong flights list`.")],
    actor: Annotated[str, typer.Option(help="Who tells it; goes into the ledger.")],
    source: Annotated[str, typer.Option(help="Where it is from: an eye, a meter, a tide table.")],
    tide_m: Annotated[float | None, typer.Option(help="Above mean sea level.")] = None,
    wind_m_s: Annotated[float | None, typer.Option(help="Wind speed.")] = None,
    wind_from_deg: Annotated[float | None, typer.Option(help="From true north.")] = None,
    sea_state: Annotated[int | None, typer.Option(help="Douglas scale, 0 to 9.")] = None,
    cloud_oktas: Annotated[int | None, typer.Option(help="Eighths of the sky covered.")] = None,
    visibility_km: Annotated[float | None, typer.Option(help="How far one could see.")] = None,
    weather: Annotated[str, typer.Option(help="In words.")] = "",
    as_json: JsonOption = False,
) -> None:
    """Keep in the ledger what somebody saw or measured of sea and weather during a flight.

    It goes into the evidence of the flight's incidents. What is not told there is told as not
    known; nothing is guessed or looked up. A later telling stands beside the earlier one.

    Example: libong flights conditions 3fa2 --actor mali --source "by eye" --sea-state 2
    """
    told = Conditions(
        source=source,
        tide_m=tide_m,
        wind_m_s=wind_m_s,
        wind_from_deg=wind_from_deg,
        sea_state=sea_state,
        cloud_oktas=cloud_oktas,
        visibility_km=visibility_km,
        weather=weather,
    )
    with closing(open_store(read_settings())) as store:
        store.conditions.tell(flight_id, told, actor, datetime.now(UTC))
        kept = store.conditions.of_flight(flight_id)
    if as_json:
        print_json(
            [
                {"actor": it.actor, "at_utc": it.at_utc.isoformat(), "source": it.conditions.source}
                | it.conditions.told
                for it in kept
            ]
        )
        return
    console.print(f"kept; {len(kept)} told of this flight", highlight=False)
