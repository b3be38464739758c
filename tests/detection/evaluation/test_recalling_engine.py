"""A network that two searches share."""

import numpy as np

from detection.boxes import decode
from detection.evaluation.recalling_engine import RecallingEngine


class Counts:
    """Stands in for a network: boxes and scores drawn by a tile's brightness; counts the tiles."""

    input_px, outputs = 32, 7

    def __init__(self):
        self.asked = 0

    def infer(self, tiles):
        self.asked += len(tiles)
        return [self.answer(tile) for tile in tiles]

    @staticmethod
    def answer(tile):
        raw = np.random.default_rng(int(tile[0, 0, 0])).random((7, 400), np.float32)
        raw[4:] **= 20  # most scores are next to nothing
        return raw


def tile(brightness):
    return np.full((32, 32, 3), brightness, np.uint8)


def test_a_tile_is_asked_once_and_answered_as_the_network_does():
    network = Counts()
    recalling = RecallingEngine(network)
    assert (recalling.input_px, recalling.outputs) == (32, 7)
    first = recalling.infer([tile(1), tile(2), tile(1)])
    again = recalling.infer([tile(2), tile(3)])
    assert network.asked == 3
    assert np.array_equal(first[1], again[0])
    least = np.full(3, 0.05, np.float32)
    for shown, raw in zip((1, 2, 1, 2, 3), (*first, *again), strict=True):
        assert raw.shape[1] < 400
        whole = decode(Counts.answer(tile(shown)), least)
        assert all(np.array_equal(a, b) for a, b in zip(decode(raw, least), whole, strict=True))
        assert len(whole[1])
