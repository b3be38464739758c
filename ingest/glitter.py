"""Where the sea can throw the sun into the camera.

A facet of the surface mirrors the sun into the camera when its normal halves the angle between
them. Cox and Munk ("Measurement of the roughness of the sea surface from photographs of the sun's
glitter", J. Opt. Soc. Am. 44, 1954) found the slopes of facets to be near enough Gaussian, alike in
all directions, with a mean square that grows with the wind.
"""

import numpy as np
import numpy.typing as npt

from ingest.sun import SunPosition

# Beaufort 4, a moderate breeze, ends at 7.9 m/s; small drones are seldom flown over the sea in
# more. Less wind glitters in less of this area, so that it is never too small.
USUAL_WIND_M_PER_S = 7.0
# Of a Gaussian's facets, 95 % have less than three times the mean square slope: exp(-3) = 5 %.
_MEAN_SQUARES = 3.0

_Array = npt.NDArray[np.float64]


def mean_square_slope(wind_m_per_s: float) -> float:
    """Mean square slope of the sea by Cox and Munk, wind in m/s at 12.5 m (up to 14 m/s)."""
    return 0.003 + 0.00512 * wind_m_per_s


def mirror_slopes_squared(directions_enu: _Array, sun: SunPosition) -> _Array:
    """Square (N) of the slope by which a facet must lean to mirror the sun into the camera.

    `directions_enu` (N x 3) are unit vectors from the camera. Infinite where one does not look
    down, or the sun is not up.
    """
    normals = sun.direction_enu() - directions_enu
    squares = np.full(len(normals), np.inf)
    lit = (directions_enu[:, 2] < 0) & (sun.elevation_deg > 0)
    east, north, up = normals[lit].T
    squares[lit] = (east**2 + north**2) / up**2
    return squares


def may_glitter(
    directions_enu: _Array, sun: SunPosition, wind_m_per_s: float = USUAL_WIND_M_PER_S
) -> npt.NDArray[np.bool_]:
    """Whether the sea in these directions (N x 3) is within the sun's glitter at this wind."""
    limit = _MEAN_SQUARES * mean_square_slope(wind_m_per_s)
    within: npt.NDArray[np.bool_] = mirror_slopes_squared(directions_enu, sun) <= limit
    return within
