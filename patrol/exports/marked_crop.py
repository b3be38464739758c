"""A piece of an original photo with the detector's box and its doubt drawn on it."""

from io import BytesIO

from PIL import Image, ImageDraw, ImageFont

_CONTEXT = 1.5  # box sides of surroundings shown on each side of the box
_SMALLEST_SIDE_PX = 480
_LARGEST_SIDE_PX = 1280
_STRIP_PX = 34
_TEXT_PX = 18
_QUALITY = 92

_BOX_COLOUR = "#ffd400"
_SHADOW_COLOUR = "#000000"


class UndrawableError(ValueError):
    """A photo whose pixels cannot be decoded."""


def marked_crop(photo: bytes, xyxy_px: tuple[float, float, float, float], note: str) -> bytes:
    """Return a JPEG, without metadata, of the surroundings of a box, the note in a strip below.

    The box is drawn around its pixels, not over them. `note` is in Latin letters, the only ones of
    Pillow's own font. Raises UndrawableError.
    """
    try:
        with Image.open(BytesIO(photo)) as image:
            # Boxes count in stored pixels, so the Exif orientation is left alone.
            window = _window(xyxy_px, image.width, image.height)
            piece = image.convert("RGB").crop(window)
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise UndrawableError(f"the photo's pixels cannot be decoded: {error}") from error
    scale = min(1.0, _LARGEST_SIDE_PX / max(piece.size))
    size = (round(piece.width * scale), round(piece.height * scale))
    sheet = Image.new("RGB", (size[0], size[1] + _STRIP_PX), _SHADOW_COLOUR)
    sheet.paste(piece.resize(size, Image.Resampling.LANCZOS), (0, 0))
    draw = ImageDraw.Draw(sheet)
    left, top, right, bottom = (
        (edge - window[axis % 2]) * scale for axis, edge in enumerate(xyxy_px)
    )
    draw.rectangle((left - 4, top - 4, right + 4, bottom + 4), outline=_SHADOW_COLOUR, width=1)
    draw.rectangle((left - 3, top - 3, right + 3, bottom + 3), outline=_BOX_COLOUR, width=2)
    draw.rectangle((0, size[1], size[0], size[1] + _STRIP_PX), fill=_SHADOW_COLOUR)
    draw.text((8, size[1] + _STRIP_PX / 2), note, "#ffffff", ImageFont.load_default(_TEXT_PX), "lm")
    written = BytesIO()
    # without subsampling of colours, which would smear the thin lines of the box
    sheet.save(written, "JPEG", quality=_QUALITY, subsampling=0)
    return written.getvalue()


def _window(
    xyxy_px: tuple[float, float, float, float], width_px: int, height_px: int
) -> tuple[int, int, int, int]:
    left, top, right, bottom = xyxy_px
    side = max(max(right - left, bottom - top) * (1 + 2 * _CONTEXT), _SMALLEST_SIDE_PX)
    middle_x, middle_y = (left + right) / 2, (top + bottom) / 2
    window = (
        max(round(middle_x - side / 2), 0),
        max(round(middle_y - side / 2), 0),
        min(round(middle_x + side / 2), width_px),
        min(round(middle_y + side / 2), height_px),
    )
    if window[0] >= window[2] or window[1] >= window[3]:
        raise UndrawableError(f"the box {xyxy_px} is not in the photo of {width_px}x{height_px} px")
    return window
