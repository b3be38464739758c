"""What a camera is: picture size, focal length in pixels, principal point."""

from dataclasses import dataclass


@dataclass(frozen=True)
class CameraIntrinsics:
    """A pinhole camera.

    `focal_px` and `principal_px` (x, y from the left and top edge) are in pixels of the full picture
    `width_px` x `height_px`. `focal_rel_error` is 1 sigma as a fraction; `source` says where the
    focal length came from (`calibrated`, `35mm_equivalent`, `sensor_table`, ...).
    """

    make: str
    model: str
    width_px: int
    height_px: int
    focal_px: float
    principal_px: tuple[float, float]
    focal_rel_error: float
    source: str
