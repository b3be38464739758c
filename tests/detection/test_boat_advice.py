"""A detector that asks the boat network too: where it looks, and what it adds."""

import pytest

from detection.detector import Detector
from detection.errors import ModelError
from detection.manifest import BoatNetwork
from detection.types import ObjectClass
from tests.detection.test_detector import MANIFEST, ColourEngine, frame_of, painted

WITH_BOATS = MANIFEST.model_copy(
    update={"boat_network": BoatNetwork(file="boats.onnx", sha256="b" * 64, threshold=0.25)}
)
BOAT = (1, 300, 400, 600, 500)


class Blind(ColourEngine):
    """Sees nothing."""

    def _one(self, tile):
        raw = super()._one(tile)
        raw[4:] = 0
        return raw


class SeesBoats(ColourEngine):
    """Stands in for the boat network: what is of the boat's colour is a boat to it."""

    def _one(self, tile):
        raw = super()._one(tile)
        raw[4:] = raw[[5, 4, 6]]
        raw[5:] = 0
        return raw


def found(tmp_path, ours, boats):
    frame = frame_of(painted(tmp_path, BOAT))
    detector = Detector(ours, WITH_BOATS, boat_engine=boats)
    return detector.detect(frame), detector.without_boat_network().detect(frame)


def test_a_boat_that_the_boat_network_alone_sees_is_reported(tmp_path):
    both, ours = found(tmp_path, Blind(), SeesBoats())
    assert [d.object_class for d in both] == [ObjectClass.BOAT]
    assert ours == ()


def test_where_both_see_it_they_strengthen_each_other(tmp_path):
    (both,), (ours,) = found(tmp_path, ColourEngine(), SeesBoats())
    assert both.score > ours.score


def test_without_it_the_boat_network_is_not_asked(tmp_path):
    boats = SeesBoats()
    detector = Detector(ColourEngine(), WITH_BOATS, boat_engine=boats).without_boat_network()
    detector.detect(frame_of(painted(tmp_path, BOAT)))
    assert boats.tiles_seen == 0


@pytest.mark.parametrize(("manifest", "engine"), [(WITH_BOATS, None), (MANIFEST, SeesBoats())])
def test_entry_and_engine_go_together(manifest, engine):
    with pytest.raises(ModelError, match="takes both its entry in the manifest and its engine"):
        Detector(ColourEngine(), manifest, boat_engine=engine)


def test_an_engine_that_answers_otherwise_is_refused():
    wrong = SeesBoats()
    wrong.outputs = 5
    with pytest.raises(ModelError, match="must give 7 values a box"):
        Detector(ColourEngine(), WITH_BOATS, boat_engine=wrong)
