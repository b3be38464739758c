"""What `frames.json` says is read in each of its forms."""

import json
from dataclasses import replace

import pytest

from detection.labels.errors import LabelError
from detection.labels.flight_document import VERSION, flight_document, read_flight_document
from ingest.camera import CameraIntrinsics
from ingest.lens import LensDistortion
from ingest.lonlat import LonLat
from ingest.pose import CameraPose, HeightSource
from ingest.projection import SeaView

VIEW = SeaView(
    CameraIntrinsics(
        "DJI", "Test", 4000, 3000, 2900.5, (2001.0, 1499.5), 0.005, "calibrated",
        LensDistortion(0.01, -0.02, 0.003, 0.0001, -0.0002, 1.1),
    ),
    CameraPose(
        LonLat(99.42, 7.25), 61.5, HeightSource.RELATIVE, 12.0, -75.5, 0.5, 2.0, 1.5, 2.0, 1.0
    ),
)  # fmt: skip
# As written by this form: a field that is renamed no longer reads what people have.
VIEW_2 = {
    "camera": {
        "make": "DJI", "model": "Test", "width_px": 4000, "height_px": 3000,
        "focal_px": 2900.5, "principal_px": [2001.0, 1499.5], "focal_rel_error": 0.005,
        "source": "calibrated",
        "distortion": {
            "k1": 0.01, "k2": -0.02, "k3": 0.003, "p1": 0.0001, "p2": -0.0002, "reach": 1.1,
        },
    },
    "pose": {
        "position": [99.42, 7.25], "height_above_sea_m": 61.5,
        "height_source": "relative_altitude", "yaw_deg": 12.0, "pitch_deg": -75.5, "roll_deg": 0.5,
        "position_sigma_m": 2.0, "height_sigma_m": 1.5, "yaw_sigma_deg": 2.0,
        "tilt_sigma_deg": 1.0, "assumed_nadir": False, "position_only": False,
    },
}  # fmt: skip


@pytest.fixture
def flight(make_flight):
    """One frame with a view, one without."""
    made = make_flight("f1", ())
    first, second = made.frames
    return replace(made, frames=(replace(first, view=VIEW), second))


def test_the_newest_form_comes_back_and_is_as_it_is_documented(flight):
    document = json.loads(flight_document(flight))
    assert document["version"] == VERSION == 2
    assert [frame["view"] for frame in document["frames"]] == [VIEW_2, None]
    assert read_flight_document(flight_document(flight), "frames.json") == flight


def test_the_first_form_tells_no_views(flight):
    document = json.loads(flight_document(flight))
    del document["version"]
    for frame in document["frames"]:
        del frame["view"]
    read = read_flight_document(json.dumps(document).encode(), "frames.json")
    assert read == replace(flight, frames=tuple(replace(f, view=None) for f in flight.frames))


def test_a_later_form_is_refused_by_name(flight):
    document = json.loads(flight_document(flight)) | {"version": VERSION + 1}
    with pytest.raises(LabelError, match=r"f1/frames\.json has the form 3 of a later version"):
        read_flight_document(json.dumps(document).encode(), "f1/frames.json")


def test_a_view_that_is_not_whole_is_told_by_its_place(flight):
    document = json.loads(flight_document(flight))
    del document["frames"][0]["view"]["pose"]["yaw_deg"]
    with pytest.raises(LabelError, match=r"frames\.0\.view\.pose\.yaw_deg: Field required"):
        read_flight_document(json.dumps(document).encode(), "frames.json")
