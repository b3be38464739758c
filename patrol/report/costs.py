"""What patrols cost, and what the same search would have cost by boat.

Each figure comes from the site's file with its source. One that is not set gives no indicator.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class CostFigure:
    """A figure of the site and where it comes from."""

    value: float
    citation: str


@dataclass(frozen=True)
class PatrolCosts:
    """What a site knows of its costs.

    `drone_hour_baht`: one hour in the air with crew, batteries and wear. `boat_hour_baht`: one hour
    of a patrol boat with crew and fuel. `boat_km2_per_hour`: how much sea one boat searches.
    """

    drone_hour_baht: CostFigure | None = None
    boat_hour_baht: CostFigure | None = None
    boat_km2_per_hour: CostFigure | None = None


NOTHING_SET = PatrolCosts()


@dataclass(frozen=True)
class CostIndicators:
    """Hours and baht of a month; None where a figure is not set or nothing was looked at."""

    drone_hours: float
    drone_baht: float | None
    drone_baht_per_km2: float | None
    boat_hours: float | None
    hours_saved: float | None
    boat_baht: float | None
    baht_saved: float | None


def cost_indicators(costs: PatrolCosts, minutes: float, usable_km2: float) -> CostIndicators:
    """Return the indicators of so many minutes in the air and so much sea looked at."""
    drone_hours = minutes / 60
    drone_baht = _times(costs.drone_hour_baht, drone_hours)
    speed = costs.boat_km2_per_hour
    boat_hours = None if speed is None else usable_km2 / speed.value
    boat_baht = None if boat_hours is None else _times(costs.boat_hour_baht, boat_hours)
    return CostIndicators(
        drone_hours=drone_hours,
        drone_baht=drone_baht,
        drone_baht_per_km2=None
        if drone_baht is None or not usable_km2
        else drone_baht / usable_km2,
        boat_hours=boat_hours,
        hours_saved=None if boat_hours is None else boat_hours - drone_hours,
        boat_baht=boat_baht,
        baht_saved=None if boat_baht is None or drone_baht is None else boat_baht - drone_baht,
    )


def _times(figure: CostFigure | None, amount: float) -> float | None:
    return None if figure is None else figure.value * amount
