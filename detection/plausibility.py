"""Is a box a possible size for its class? Known scale makes many false alarms impossible."""

from detection.types import ObjectClass

# Longest side of the box on the sea surface, metres. Dugongs: newborn about 1 m, adults to 3.3 m
# (Marsh, O'Shea & Reynolds, "Ecology and Conservation of the Sirenia", 2011); half of the one and
# one and a half of the other for blurred outlines and silt. Boats: a kayak of 2.5 m to a fishing
# vessel with its wake.
# Gear: one float to a line that crosses the whole frame.
LONGEST_SIDE_M = {
    ObjectClass.DUGONG: (0.5, 5.0),
    ObjectClass.BOAT: (2.0, 60.0),
    ObjectClass.FISHING_GEAR: (0.1, 1000.0),
}


def plausible(object_class: ObjectClass, longest_side_m: float) -> bool:
    """Say whether a box of this longest side, in metres, can be an object of the class."""
    low, high = LONGEST_SIDE_M[object_class]
    return low <= longest_side_m <= high
