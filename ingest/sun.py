"""Where the sun stands.

The equations are those of NOAA's solar calculator (gml.noaa.gov/grad/solcalc, "Solar Calculation
Details"), which follow Meeus, "Astronomical Algorithms" (1991), chapters 22, 25 and 28.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from math import asin, atan2, cos, degrees, radians, sin, tan

import numpy as np
import numpy.typing as npt

from ingest.lonlat import LonLat

_J2000 = datetime(2000, 1, 1, 12, tzinfo=UTC)
_DAYS_PER_CENTURY = 36_525.0
_MINUTES_PER_DAY = 1440.0


@dataclass(frozen=True)
class SunPosition:
    """Direction to the sun: `azimuth_deg` clockwise from true north, `elevation_deg` above level.

    The elevation is the geometric one: the air lifts the sun by less than 0.1 degree where it
    stands higher than 10.
    """

    azimuth_deg: float
    elevation_deg: float

    def direction_enu(self) -> npt.NDArray[np.float64]:
        """The unit vector (east, north, up) to the sun."""
        azimuth, elevation = radians(self.azimuth_deg), radians(self.elevation_deg)
        return np.array(
            [sin(azimuth) * cos(elevation), cos(azimuth) * cos(elevation), sin(elevation)]
        )


def sun_position(at_utc: datetime, place: LonLat) -> SunPosition:
    """Where the sun stands, good to 0.02 degrees between 1950 and 2050; `at_utc` must be aware."""
    centuries = (at_utc - _J2000).total_seconds() / 86_400 / _DAYS_PER_CENTURY
    declination, equation_of_time_min = _declination_and_equation_of_time(centuries)
    utc = at_utc.astimezone(UTC)
    clock_min = utc.hour * 60 + utc.minute + (utc.second + utc.microsecond / 1e6) / 60
    solar_min = clock_min + equation_of_time_min + 4 * place.lon  # the earth turns 1 deg in 4 min
    hour_angle = radians(solar_min / _MINUTES_PER_DAY * 360 - 180)
    latitude = radians(place.lat)
    east = -sin(hour_angle) * cos(declination)
    north = cos(latitude) * sin(declination) - sin(latitude) * cos(declination) * cos(hour_angle)
    up = sin(latitude) * sin(declination) + cos(latitude) * cos(declination) * cos(hour_angle)
    return SunPosition(degrees(atan2(east, north)) % 360, degrees(asin(max(-1.0, min(1.0, up)))))


def _declination_and_equation_of_time(centuries: float) -> tuple[float, float]:
    """Declination in radians and equation of time in minutes, `centuries` after J2000.0."""
    t = centuries
    mean_longitude = radians((280.46646 + t * (36_000.76983 + t * 0.0003032)) % 360)
    mean_anomaly = radians(357.52911 + t * (35_999.05029 - t * 0.0001537))
    eccentricity = 0.016708634 - t * (0.000042037 + t * 0.0000001267)
    centre_deg = (
        sin(mean_anomaly) * (1.914602 - t * (0.004817 + t * 0.000014))
        + sin(2 * mean_anomaly) * (0.019993 - t * 0.000101)
        + sin(3 * mean_anomaly) * 0.000289
    )
    node = radians(125.04 - 1934.136 * t)  # of the moon's orbit, for nutation
    longitude = mean_longitude + radians(centre_deg - 0.00569 - 0.00478 * sin(node))
    mean_obliquity_deg = (
        23 + (26 + (21.448 - t * (46.815 + t * (0.00059 - t * 0.001813))) / 60) / 60
    )
    obliquity = radians(mean_obliquity_deg + 0.00256 * cos(node))
    declination = asin(sin(obliquity) * sin(longitude))
    y = tan(obliquity / 2) ** 2
    equation_of_time = (
        y * sin(2 * mean_longitude)
        - 2 * eccentricity * sin(mean_anomaly)
        + 4 * eccentricity * y * sin(mean_anomaly) * cos(2 * mean_longitude)
        - 0.5 * y**2 * sin(4 * mean_longitude)
        - 1.25 * eccentricity**2 * sin(2 * mean_anomaly)
    )
    return declination, 4 * degrees(equation_of_time)
