"""One network over one resampling of a picture: cut into tiles, asked, put back in place."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from detection.boxes import BOTTOM, LEFT, MOST_BOXES_A_TILE, RIGHT, TOP, Boxes, Floats, decode
from detection.engine import Engine, TileBGR
from detection.resampling import PADDING_GREY
from detection.tiling import Level, Tile

# Tiles sent to the engine at once; bounds memory whatever the picture's size.
BATCH_TILES = 16
# Boxes in pixels of a tile, their scores, and the numbers of their classes.
_Decoded = tuple[Floats, Floats, NDArray[np.int64]]
# A box that ends this close to its tile's edge goes on beyond it.
CUT_MARGIN_PX = 2.0


def empty_tile(side_px: int) -> TileBGR:
    """Return a tile of `side_px` a side that shows nothing."""
    return np.full((side_px, side_px, 3), PADDING_GREY, np.uint8)


def search_level(
    engine: Engine, thresholds: Floats, pixels: NDArray[np.uint8], level: Level
) -> list[Boxes]:
    """Search one resampling of the picture; boxes come back in pixels of the original.

    `pixels` are the level's, BGR; `thresholds` the least score of each of the engine's classes.
    """
    side = engine.input_px
    return search_tiles(
        engine,
        thresholds,
        [(level, tile) for tile in level.tiles],
        lambda _, tile: _cut_tile(pixels, tile.x_px, tile.y_px, side),
    )


def search_tiles(
    engine: Engine,
    thresholds: Floats,
    tiles: Sequence[tuple[Level, Tile]],
    pixels_of: Callable[[Level, Tile], TileBGR],
    side_px: int | None = None,
) -> list[Boxes]:
    """Search tiles of levels, each as `pixels_of` gives it; each one's boxes, in their order.

    `side_px` is the side of the tiles, at most the engine's own, which it is when None. As many
    smaller ones as fit side by side are asked about together; what has its middle in one is that
    one's. Boxes are in pixels of the original.
    """
    side = engine.input_px if side_px is None else side_px
    a_row = engine.input_px // side
    together = a_row**2
    parts: list[Boxes] = []
    for start in range(0, len(tiles), BATCH_TILES * together):
        batch = tiles[start : start + BATCH_TILES * together]
        groups = [batch[i : i + together] for i in range(0, len(batch), together)]
        asked = [
            _side_by_side([pixels_of(level, tile) for level, tile in group], a_row, engine.input_px)
            for group in groups
        ]
        for group, raw in zip(groups, engine.infer(asked), strict=True):
            decoded = decode(raw, thresholds, MOST_BOXES_A_TILE * together)
            for number, (level, tile) in enumerate(group):
                own = _of_place(decoded, number, a_row, side) if side < engine.input_px else decoded
                parts.append(_in_picture(own, level, tile, side))
    return parts


def _side_by_side(pieces: Sequence[TileBGR], a_row: int, input_px: int) -> TileBGR:
    """Put square pieces into one tile, row by row."""
    if pieces[0].shape[0] == input_px:
        return pieces[0]
    tile = empty_tile(input_px)
    for number, piece in enumerate(pieces):
        side = piece.shape[0]
        y_px, x_px = (side * place for place in divmod(number, a_row))
        tile[y_px : y_px + side, x_px : x_px + side] = piece
    return tile


def _of_place(decoded: _Decoded, number: int, a_row: int, side: int) -> _Decoded:
    """The boxes whose middle is in one of the pieces put side by side, in that one's pixels."""
    xyxy, scores, classes = decoded
    row, column = divmod(number, a_row)
    corner = np.array([column * side, row * side], np.float32)
    middles = (xyxy[:, :2] + xyxy[:, 2:]) / 2 - corner
    own = ((middles >= 0) & (middles < side)).all(axis=1)
    return (xyxy - np.tile(corner, 2))[own], scores[own], classes[own]


def _cut_tile(pixels: NDArray[np.uint8], x_px: int, y_px: int, side: int) -> TileBGR:
    piece = pixels[y_px : y_px + side, x_px : x_px + side]
    if piece.shape[:2] == (side, side):
        return np.ascontiguousarray(piece)
    padded = empty_tile(side)
    padded[: piece.shape[0], : piece.shape[1]] = piece
    return padded


def _in_picture(decoded: _Decoded, level: Level, tile: Tile, side: int) -> Boxes:
    """Move one tile's boxes into the original picture, and mark where its edges cut them."""
    x_px, y_px = tile.x_px, tile.y_px
    xyxy, scores, classes = decoded
    right, bottom = min(side, level.width_px - x_px), min(side, level.height_px - y_px)
    xyxy = np.clip(xyxy, 0, np.array([right, bottom, right, bottom], np.float32))
    cut = (
        LEFT * ((xyxy[:, 0] <= CUT_MARGIN_PX) & (x_px > 0))
        | TOP * ((xyxy[:, 1] <= CUT_MARGIN_PX) & (y_px > 0))
        | RIGHT * ((xyxy[:, 2] >= right - CUT_MARGIN_PX) & (x_px + right < level.width_px))
        | BOTTOM * ((xyxy[:, 3] >= bottom - CUT_MARGIN_PX) & (y_px + bottom < level.height_px))
    )
    moved = (xyxy + np.array([x_px, y_px, x_px, y_px], np.float32)) / np.float32(level.scale)
    return Boxes(moved.astype(np.float32), scores, classes, cut)
