"""The sea state of a rendered surface, as a person on a boat would call it."""

from bisect import bisect_right

from detection.training.world import Surface

# The significant wave height in metres from which on each state of the Douglas scale's wind sea
# begins (WMO code table 3700): 1 calm and rippled, 2 smooth, 3 slight, and so on to 9. Below a
# centimetre the sea is a mirror.
_STATES_FROM_M = (0.01, 0.1, 0.5, 1.25, 2.5, 4.0, 6.0, 9.0, 14.0)
# A young sea near the coast is at its steepest about one high to 15 long (significant height to
# length); waves of full strength are drawn as such, others by their share of it.
_STEEPNESS = 1 / 15
_RIPPLES_M = 0.02  # the highest ripples between the waves
# Crests begin to break at Beaufort 3, in the open sea with waves of about 0.6 m (WMO Manual on
# Codes, table of the Beaufort scale).
_WHITE_CAPS_M = 0.6


def wave_height_m(surface: Surface) -> float:
    """The significant height of the waves that the wind makes; swell has a scale of its own."""
    height_m = _STEEPNESS * surface.waves * surface.wave_length_m + _RIPPLES_M * surface.ripples
    return max(height_m, _WHITE_CAPS_M) if surface.foam > 0 else height_m


def sea_state(surface: Surface) -> int:
    """The state on the Douglas scale, 0 (a mirror) to 9.

    An estimate: the renderer draws slopes and their strengths, from which heights are inferred.
    """
    return bisect_right(_STATES_FROM_M, wave_height_m(surface))
