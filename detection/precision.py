"""In how many bits a network computes."""

from enum import StrEnum


class Precision(StrEnum):
    """Scores differ a little by it (at most 0.06 measured), and f32 takes up to twice the time."""

    AUTO = "auto"
    F32 = "f32"
