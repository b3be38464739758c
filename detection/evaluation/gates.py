"""The gates a model must pass on rendered flights before it is shipped or promoted."""

from collections.abc import Mapping
from dataclasses import dataclass

from detection.evaluation.evaluation import CLEARLY_VISIBLE, ClassEvaluation, Evaluation
from detection.types import ObjectClass

# What rangers and officers were promised; held against rendered flights of held-out scene families.
DUGONG_RECALL = 0.90
FALSE_DUGONGS_PER_FRAME = 0.2
MOST_FALSE_ON_PHOTOS = 1  # dugongs, on all real photographs at hand that show none
DUGONG_COUNT_ERROR = 0.10
BOAT_RECALL = BOAT_PRECISION = 0.95
GEAR_RECALL = GEAR_PRECISION = 0.80


@dataclass(frozen=True)
class Gate:
    """One demand: what was wanted and reached.

    `wanted` is the least, or with `at_most` the most. `reached` is None where the flights cannot
    tell: nobody may take that for passed.
    """

    name: str
    wanted: float
    reached: float | None
    at_most: bool = False

    @property
    def passed(self) -> bool:
        """Whether the demand is met."""
        if self.reached is None:
            return False
        return self.reached <= self.wanted if self.at_most else self.reached >= self.wanted

    @property
    def verdict(self) -> str:
        """Whether it is passed, in words."""
        if self.reached is None:
            return "not measured"
        return "passed" if self.passed else "not passed"

    def __str__(self) -> str:
        """One line for people."""
        reached = "not measured" if self.reached is None else f"{self.reached:.3f}"
        sign = "≤" if self.at_most else "≥"
        return f"{self.name}: {reached}, wanted {sign} {self.wanted:g}"


def gates(evaluation: Evaluation) -> tuple[Gate, ...]:
    """Hold an evaluation against every gate of the classes that it scores."""
    return tuple(gate for c in evaluation.classes for gate in _GATES[c.object_class](c))


def photo_gates(false_alarms: Mapping[str, int]) -> tuple[Gate, ...]:
    """Hold false alarms by class, all told on real photographs of nothing, against their gate."""
    name = f"false {ObjectClass.DUGONG}s on photographs of nothing"
    found = false_alarms.get(ObjectClass.DUGONG.value)
    return () if found is None else (Gate(name, MOST_FALSE_ON_PHOTOS, found, at_most=True),)


def _dugong_gates(dugong: ClassEvaluation) -> tuple[Gate, ...]:
    return (
        Gate(
            f"dugong recall at visibility {CLEARLY_VISIBLE:g} and more",
            DUGONG_RECALL,
            dugong.when_clear.value,
        ),
        Gate(
            "false dugongs a frame",
            FALSE_DUGONGS_PER_FRAME,
            dugong.false_alarms_per_frame.value,
            at_most=True,
        ),
        Gate(
            "dugong count error by flight",
            DUGONG_COUNT_ERROR,
            # flights without place count no sightings
            None if dugong.sightings is None else dugong.sightings.relative.value,
            at_most=True,
        ),
    )


def _boat_gates(boat: ClassEvaluation) -> tuple[Gate, ...]:
    return (
        Gate("boat recall", BOAT_RECALL, boat.scores.recall.value),
        Gate("boat precision", BOAT_PRECISION, boat.scores.precision.value),
    )


def _gear_gates(gear: ClassEvaluation) -> tuple[Gate, ...]:
    return (
        Gate("fishing gear recall", GEAR_RECALL, gear.scores.recall.value),
        Gate("fishing gear precision", GEAR_PRECISION, gear.scores.precision.value),
    )


_GATES = {
    ObjectClass.DUGONG: _dugong_gates,
    ObjectClass.BOAT: _boat_gates,
    ObjectClass.FISHING_GEAR: _gear_gates,
}
