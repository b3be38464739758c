"""Ultralytics, once imported, replaces Pillow's `Image.open` for the whole process; undo that."""

from importlib.util import find_spec

from PIL import Image

if find_spec("ultralytics") is not None:
    plain_open = Image.open
    import ultralytics  # noqa: F401  imported for what it does to Pillow

    Image.open = plain_open
