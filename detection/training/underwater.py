"""What water does to the colour and the edges of a thing at one depth."""

from detection.training.world import Colour, World


def tinted_by_water(colour: Colour, depth_m: float, world: World) -> Colour:
    """A colour at a depth as it looks from above."""
    deep, left = world.water.deep_colour, world.water.transmission(depth_m)
    red, green, blue = (d + (c - d) * t for c, d, t in zip(colour, deep, left, strict=True))
    return red, green, blue


def softness_m(depth_m: float, world: World) -> float:
    """How far water smears an edge at a depth: scattering grows with depth and turbidity."""
    green_loss = world.water.attenuation_per_m[1]
    return 0.01 + 0.035 * depth_m * (0.3 + green_loss)
