"""Frames with known truths and finds."""

import pytest

from detection.evaluation.scoring import FoundBox, ScoredFrame, TrueBox
from detection.types import ObjectClass


@pytest.fixture(scope="session")
def make():
    return Maker()


class Maker:
    """Short ways to write boxes of 10 px in a row, by their number."""

    def truth(self, place, object_class=ObjectClass.DUGONG, **more):
        values = {"object_id": None, "fair": True, "xyxy_px": self.box(place)} | more
        return TrueBox(object_class, **values)

    def find(self, place, score=0.9, object_class=ObjectClass.DUGONG, shift=0.0):
        left, top, right, bottom = self.box(place)
        return FoundBox(object_class, score, (left + shift, top, right + shift, bottom))

    def frame(self, truths=(), finds=(), flight="a", frame="1.jpg", **more):
        values = {"area_km2": 0.5, "candidates": tuple(finds)} | more
        return ScoredFrame(flight, frame, tuple(truths), tuple(finds), **values)

    @staticmethod
    def box(place):
        return (20.0 * place, 0.0, 20.0 * place + 10, 10.0)
