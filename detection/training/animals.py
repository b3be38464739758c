"""Which painter draws which animal: dugongs, and those that are not to be taken for them."""

from collections.abc import Callable

from detection.training.canvas import Canvas
from detection.training.dugongs import paint_dugong
from detection.training.swimmers import paint_dolphin, paint_ray, paint_shark, paint_turtle
from detection.training.underwater import tinted_by_water as tinted_by_water
from detection.training.world import Kind, SceneObject, World

ANIMAL_PAINTERS: dict[Kind, Callable[[Canvas, SceneObject, World], None]] = {
    Kind.DUGONG: paint_dugong,
    Kind.TURTLE: paint_turtle,
    Kind.RAY: paint_ray,
    Kind.SHARK: paint_shark,
    Kind.DOLPHIN: paint_dolphin,
}
