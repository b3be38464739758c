"""What a camera is: picture size, focal length in pixels, principal point, distortion."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import hypot, sqrt

from ingest.errors import PhotoError
from ingest.exif import ExifRecord
from ingest.lens import Array, LensDistortion, lens_distortion
from ingest.sensors import sensor_width_mm
from ingest.xmp import DroneTags, Pix4dTags

_DIAGONAL_35MM = hypot(36.0, 24.0)
_NATIVE_ASPECT = 4 / 3
_WIDEST_NATIVE_ASPECT = 1.55  # 3:2 and a little; 16:9 pictures are cropped from taller sensors

# A centre of projection told in millimetres lies near the sensor's middle: on lists of calibrations
# within 2 % of its width.
_MIDDLE_ERROR = 0.02
# 1 sigma of the focal length as a fraction, by source; allowances, ours. Calibration by the maker
# holds to a few parts in a thousand; tagged lengths and sensor widths are rounded to two or three
# figures; a 35 mm equivalent is in whole millimetres (20 mm: 2.5 %), its convention not told.
_CALIBRATED_ERROR, _MEASURED_ERROR, _EQUIVALENT_ERROR = 0.005, 0.03, 0.04
# Lenses wider than this (35 mm equivalent) are near to fisheyes: a DJI Avata 2 of 12 mm sees 155
# degrees, a pinhole of that length 122 (specification page). Allowance, ours.
_WIDE_35MM, _WIDE_ERROR = 17.0, 0.2
# A photo with digital zoom: whether the tags already contain it differs from maker to maker.
_ZOOMED_ERROR = 0.10
# A lens by its millimetres may differ so from the told 35 mm equivalent before it is taken for that
# of another sensor, such as the tele camera's beside the wide one's.
_EQUIVALENT_AGREES = 1.25
# Calibrations of twice or half the pixels are of a picture of another size.
_HALF_OR_TWICE = 0.1
# Where a bend that cannot be straightened counts: two thirds of the way to the corners.
_BEND_AT = 2 / 3
_MOST_BEND = 0.3  # broken tags tell any figure
_USUAL_PHONE_35MM = 26.0
# In diagonals of the picture: 157 degrees of view, and twice a 4800 mm lens at 35 mm.
_SHORTEST_FOCAL, _LONGEST_FOCAL = 0.1, 220.0
# A calibrated centre farther than this from the middle was measured on a picture of another size.
_CENTRE_TOLERANCE = 0.05


@dataclass(frozen=True)
class CameraIntrinsics:
    """A pinhole camera, and how its lens bends what a pinhole would show.

    `focal_px` and `principal_px` (x, y from the left and top edge) are in pixels of the full
    picture `width_px` x `height_px`. `focal_rel_error` is 1 sigma as a fraction; `source` says
    where the focal length came from: `calibrated`, `pix4d`, `sensor_table`, `focal_plane` or
    `35mm_equivalent`, or `unknown`. `distortion` is None where nothing tells it, and where the
    camera has straightened the picture already.
    """

    make: str
    model: str
    width_px: int
    height_px: int
    focal_px: float
    principal_px: tuple[float, float]
    focal_rel_error: float
    source: str
    distortion: LensDistortion | None = None

    def straight_px(self, xy_px: Array) -> Array:
        """Where a pinhole of this focal length would show what N x 2 pixels show."""
        if self.distortion is None:
            return xy_px
        bent = (xy_px - self.principal_px) / self.focal_px
        straight: Array = self.distortion.straightened(bent) * self.focal_px + self.principal_px
        return straight

    def bent_px(self, straight_px: Array) -> Array:
        """The pixels (N x 2) that show what a pinhole would show at `straight_px`."""
        if self.distortion is None:
            return straight_px
        straight = (straight_px - self.principal_px) / self.focal_px
        xy_px: Array = self.distortion.bent(straight) * self.focal_px + self.principal_px
        return xy_px


@dataclass(frozen=True)
class _Lens:
    """`terms` are those of `lens_distortion`, of a picture that was not straightened, or not told.

    `is_bent` is None where it is not told whether the camera straightened the picture.
    """

    focal_px: float
    centre_px: tuple[float, float]
    rel_error: float
    source: str
    terms: tuple[float, ...] | None = None
    is_bent: bool | None = True


def read_intrinsics(
    width_px: int, height_px: int, exif: ExifRecord, drone: DroneTags, pix4d: Pix4dTags
) -> CameraIntrinsics:
    """Find the best focal length the tags offer, multiplied by a digital zoom.

    Raises PhotoError `no_camera` when they offer none that a lens could have.
    """
    if pix4d.model_type == "fisheye":
        raise PhotoError(
            "no_camera", "its lens is a fisheye, whose pictures cannot be placed on the sea"
        )
    zoom = exif.digital_zoom
    lenses = _lenses(width_px, height_px, exif, drone, pix4d)
    told = _equivalent(width_px, height_px, exif)
    lens = next(
        (
            lens
            for lens in lenses
            if _is_possible(lens, zoom, width_px, height_px) and _agrees(lens, told, zoom)
        ),
        None,
    )
    if lens is None:
        raise PhotoError(
            "no_camera",
            "the photo tells no credible focal length, calibrated or 35 mm, and none in mm with a "
            f"sensor of {exif.make or 'its'} {exif.model or 'camera'} that is known",
        )
    zoomed, zoom_error = _zoom(lens, zoom)
    middle = width_px / 2, height_px / 2
    centre_px = tuple(
        at + (told - at) * zoomed for at, told in zip(middle, lens.centre_px, strict=True)
    )
    focal_px = lens.focal_px * zoomed
    corner = hypot(*middle) / focal_px
    distortion = None
    if lens.terms is not None and lens.is_bent:
        k1, k2, k3, p1, p2 = lens.terms
        distortion = lens_distortion(k1, k2, k3, p1, p2, corner=corner)
    unmodelled = lens.terms is not None and lens.is_bent is not False and distortion is None
    bend = _bend(lens.terms or (), corner) if unmodelled else 0.0
    return CameraIntrinsics(
        make=exif.make,
        model=exif.model,
        width_px=width_px,
        height_px=height_px,
        focal_px=focal_px,
        principal_px=(centre_px[0], centre_px[1]),
        focal_rel_error=max(hypot(lens.rel_error, bend), zoom_error),
        source=lens.source,
        distortion=distortion,
    )


def _zoom(lens: _Lens, zoom: float) -> tuple[float, float]:
    """What a digital zoom multiplies the focal length by, and the error that leaves (a fraction).

    Some cameras write the zoom into the 35 mm equivalent and some do not: where that is all there
    is, the middle of both readings is taken.
    """
    if zoom <= 1:
        return zoom, 0.0
    if lens.source == "35mm_equivalent":
        return sqrt(zoom), max(sqrt(zoom) - 1, _ZOOMED_ERROR)
    return zoom, _ZOOMED_ERROR


def unknown_lens(width_px: int, height_px: int, exif: ExifRecord) -> CameraIntrinsics:
    """A camera whose lens nothing tells, of a picture of which no pixel is placed.

    The focal length is that of most phones, and means nothing.
    """
    focal_px = _USUAL_PHONE_35MM / _DIAGONAL_35MM * _sensor_diagonal_px(width_px, height_px)
    middle = width_px / 2, height_px / 2
    return CameraIntrinsics(
        exif.make, exif.model, width_px, height_px, focal_px, middle, 1.0, "unknown"
    )


def _lenses(
    width_px: int, height_px: int, exif: ExifRecord, drone: DroneTags, pix4d: Pix4dTags
) -> Iterator[_Lens]:
    """The lens without digital zoom as each kind of tag tells it, best first."""
    middle = width_px / 2, height_px / 2
    if drone.dewarp is not None and drone.dewarp[0] > 0:
        focal, _, from_middle_x, from_middle_y, k1, k2, p1, p2, k3 = drone.dewarp
        centre = middle[0] + from_middle_x, middle[1] + from_middle_y
        # DewarpFlag 0 says that the camera did not straighten the picture, 1 that it did (DJI Mavic
        # 3E/3T User Manual, XMP field list)
        is_bent = None if drone.dewarp_flag is None else drone.dewarp_flag == 0
        yield _Lens(focal, centre, _CALIBRATED_ERROR, "calibrated", (k1, k2, k3, p1, p2), is_bent)
    if drone.calibrated_focal_px:
        lens = _calibrated(drone.calibrated_focal_px, drone.calibrated_centre_px, middle)
        yield replace(lens, terms=drone.distortion)
    sensor_mm = sensor_width_mm(exif.model, drone.image_source)
    px_per_mm = _px_per_mm(width_px, height_px, exif, sensor_mm)
    if pix4d.focal_length_mm:
        yield from _pix4d(pix4d.focal_length_mm, pix4d, px_per_mm, middle)
    if exif.focal_length_mm and px_per_mm:
        source = "sensor_table" if sensor_mm else "focal_plane"
        yield _Lens(exif.focal_length_mm * px_per_mm, middle, _MEASURED_ERROR, source)
    equivalent = _equivalent(width_px, height_px, exif)
    if equivalent:
        wide = (exif.focal_length_35mm or 0.0) < _WIDE_35MM
        error = _WIDE_ERROR if wide else _EQUIVALENT_ERROR
        yield _Lens(equivalent, middle, error, "35mm_equivalent")


def _equivalent(width_px: int, height_px: int, exif: ExifRecord) -> float | None:
    """The focal length in pixels that the 35 mm equivalent tells."""
    if not exif.focal_length_35mm:
        return None
    return exif.focal_length_35mm / _DIAGONAL_35MM * _sensor_diagonal_px(width_px, height_px)


def _agrees(lens: _Lens, told_px: float | None, zoom: float) -> bool:
    """Whether a lens is of this picture's sensor and size, by the 35 mm equivalent.

    That may hold the digital zoom or not.
    """
    if told_px is None or lens.source == "35mm_equivalent":
        return True
    ratios = [max(lens.focal_px / px, px / lens.focal_px) for px in (told_px, told_px / zoom)]
    if lens.source == "calibrated":
        return min(ratios) < 2 * (1 - _HALF_OR_TWICE) or min(ratios) > 2 * (1 + _HALF_OR_TWICE)
    return min(ratios) < _EQUIVALENT_AGREES


def _pix4d(
    focal_mm: float, pix4d: Pix4dTags, px_per_mm: float | None, middle: tuple[float, float]
) -> Iterator[_Lens]:
    """The lens by Pix4D's millimetres; if need be, its centre tells the sensor's size."""
    told_mm, error = pix4d.principal_point_mm, _CALIBRATED_ERROR
    if told_mm is not None and min(told_mm) <= 0:
        told_mm = None
    if px_per_mm is None:
        if told_mm is None:
            return
        px_per_mm, error = middle[0] / told_mm[0], _MIDDLE_ERROR
    x_mm, y_mm = told_mm or (middle[0] / px_per_mm, middle[1] / px_per_mm)
    centre = x_mm * px_per_mm, y_mm * px_per_mm
    yield _Lens(focal_mm * px_per_mm, centre, error, "pix4d", pix4d.distortion)


def _bend(terms: tuple[float, ...], corner: float) -> float:
    """By how much, as a fraction, a picture is bent near its corners.

    `corner` is the distance of a corner from the middle in focal lengths.
    """
    k1, k2, k3, *_ = terms
    square = (corner * _BEND_AT) ** 2
    return min(abs(square * (k1 + square * (k2 + square * k3))), _MOST_BEND)


def _is_possible(lens: _Lens, zoom: float, width_px: int, height_px: int) -> bool:
    """Whether a lens could be so: broken tags tell focal lengths of nothing and of kilometres."""
    x, y = lens.centre_px
    inside = 0 < x < width_px and 0 < y < height_px
    relative_focal = lens.focal_px * zoom / hypot(width_px, height_px)
    return inside and _SHORTEST_FOCAL < relative_focal < _LONGEST_FOCAL


def _calibrated(
    focal_px: float, tagged_centre: tuple[float, float] | None, middle: tuple[float, float]
) -> _Lens:
    """DJI's calibrated focal length, brought to this picture's size.

    The tagged centre, near the middle of the calibrated picture, tells that picture's size.
    """
    if tagged_centre is None or min(tagged_centre) <= 0:
        return _Lens(focal_px, middle, _CALIBRATED_ERROR, "calibrated")
    scale = middle[0] / tagged_centre[0]
    if abs(scale - 1) < _CENTRE_TOLERANCE:
        # A 16:9 crop of a 3:2 sensor keeps the width and the tag of the full height.
        same_height = abs(middle[1] / tagged_centre[1] - 1) < _CENTRE_TOLERANCE
        centre = tagged_centre[0], tagged_centre[1] if same_height else middle[1]
        return _Lens(focal_px, centre, _CALIBRATED_ERROR, "calibrated")
    return _Lens(focal_px * scale, middle, _CALIBRATED_ERROR, "calibrated")


def _px_per_mm(
    width_px: int, height_px: int, exif: ExifRecord, sensor_mm: float | None
) -> float | None:
    if sensor_mm:
        return max(width_px, height_px) / sensor_mm
    if exif.focal_plane_px_per_mm is None:
        return None
    # The tag counts pixels of the camera's own picture, which a copy may have shrunk.
    return exif.focal_plane_px_per_mm * width_px / (exif.tagged_width_px or width_px)


def _sensor_diagonal_px(width_px: int, height_px: int) -> float:
    """Diagonal of the whole sensor in pixels of this picture.

    A 35 mm equivalent compares the diagonals of whole sensors, so that a 16:9 picture, which is the
    sensor's full width and less than its height, must be thought taller again. Overlapping frames
    of a Phantom 3 (FC300S, 20 mm) agree on the ground to 1.0 m that way, to 1.5 m with the width
    (36 mm), to 2.2 m with the picture's own diagonal; with the sensor's width, to 0.9 m.
    """
    longer, shorter = float(max(width_px, height_px)), float(min(width_px, height_px))
    if longer / shorter > _WIDEST_NATIVE_ASPECT:
        shorter = longer / _NATIVE_ASPECT
    return hypot(longer, shorter)
