"""The command that shows one flight: what it looked at, zone by zone, and what came of it."""

from collections.abc import Sequence
from contextlib import closing
from dataclasses import asdict
from typing import Annotated, Any

import typer
from rich.table import Table

from libong.cli.output import JsonOption, console, print_json
from libong.composition import open_store
from libong.settings import read_settings
from patrol.effort import DayEffort, SeaEffort


def show(
    flight_id: Annotated[str, typer.Argument(help="As listed by `libong flights list`.")],
    as_json: JsonOption = False,
) -> None:
    """Show a flight's effort day by day: km, minutes, km² of sea seen and usable, by zone.

    A zone that is not listed was not looked at. Finds on dry land were dropped and are counted.
    """
    with closing(open_store(read_settings())) as store:
        flight = store.flight(flight_id)
        efforts = store.effort.of_flight(flight_id)
    if as_json:
        print_json(
            {
                "flight": flight.flight_id,
                "site": flight.site_id,
                "received_at_utc": flight.received_at_utc.isoformat(),
                "frames": flight.frames,
                "refused": len(flight.refused),
                "detections": flight.detections,
                "sightings": flight.sightings,
                "effort": [_document(effort) for effort in efforts],
            }
        )
        return
    console.print(
        f"flight {flight.flight_id}: {flight.frames} frames, {len(flight.refused)} refused, "
        f"{flight.detections} detections, {flight.sightings} sightings",
        highlight=False,
    )
    if not efforts:
        console.print("no effort is recorded: it was logged by an earlier version")
        return
    _print_efforts(efforts)


def _print_efforts(efforts: Sequence[DayEffort]) -> None:
    table = Table(
        "day", "where", "km", "min", "seen km²", "usable km²", "weighed km²", "of the zone",
        title="Effort",
    )  # fmt: skip
    for effort in efforts:
        table.add_row(
            str(effort.day),
            "all sea",
            f"{effort.flown_km:.2f}",
            f"{effort.minutes:.0f}",
            *_areas(effort.sea),
            "",
        )
        for zone in effort.zones:
            share = zone.sea.usable_km2 / zone.zone_km2 if zone.zone_km2 else 0.0
            table.add_row("", zone.zone_id, "", "", *_areas(zone.sea), f"{share:.1%}")
    console.print(table)
    ashore = sum(effort.ashore for effort in efforts)
    if ashore:
        console.print(f"{ashore} finds that looked like dugongs lie on dry land and do not count")


def _areas(sea: SeaEffort) -> tuple[str, str, str]:
    return f"{sea.seen_km2:.4f}", f"{sea.usable_km2:.4f}", f"{sea.effective_km2:.4f}"


def _document(effort: DayEffort) -> dict[str, Any]:
    return {
        "day": effort.day.isoformat(),
        "frames": effort.frames,
        "usable_frames": effort.usable_frames,
        "flown_km": round(effort.flown_km, 3),
        "minutes": round(effort.minutes, 1),
        **_rounded(effort.sea),
        "ashore": effort.ashore,
        "zones": [
            {"zone": zone.zone_id, "zone_km2": round(zone.zone_km2, 6), **_rounded(zone.sea)}
            for zone in effort.zones
        ],
    }


def _rounded(sea: SeaEffort) -> dict[str, float]:
    return {name: round(value, 6) for name, value in asdict(sea).items()}
