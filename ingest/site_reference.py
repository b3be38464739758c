"""What ingest must be told of the place where a flight was flown."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from ingest.tide import UNKNOWN_TIDES, Tides


@dataclass(frozen=True)
class SiteReference:
    """Clock and sea level of a site.

    `timezone` is the local clock that naive camera times are in. `sea_level_ellipsoid_m` is the
    height of mean sea level above the WGS 84 ellipsoid there (the geoid undulation; negative in
    Trang), or None when unknown. `launch_height_above_sea_m` is where drones usually start, with
    its 1 sigma, which includes the tide. `bare_altitude_is_ellipsoidal` says that altitudes without
    a datum are above the ellipsoid: for flights elsewhere, whose sea level the user gives. `tides`
    tells how far the sea stands above its mean, as far as anything does.
    """

    timezone: ZoneInfo
    sea_level_ellipsoid_m: float | None
    launch_height_above_sea_m: float
    launch_height_sigma_m: float
    bare_altitude_is_ellipsoidal: bool = False
    tides: Tides = UNKNOWN_TIDES
