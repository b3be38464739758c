import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.rotation import Angles, angles_from_pix4d, camera_from_enu, leaned

EAST, NORTH, UP = np.eye(3)


@pytest.mark.parametrize(
    ("angles", "right", "down", "forward"),
    [
        (Angles(0, 0, 0), EAST, -UP, NORTH),
        (Angles(90, 0, 0), -NORTH, -UP, EAST),
        (Angles(0, -90, 0), EAST, -NORTH, -UP),  # the top of the picture to the north
        (Angles(90, -90, 0), -NORTH, -EAST, -UP),  # to the east
        (Angles(-45, -90, 45), EAST, -NORTH, -UP),  # at nadir a roll is a yaw
        (Angles(0, 0, 90), -UP, -EAST, NORTH),  # clockwise: the right side goes down
    ],
)
def test_axes_of_the_camera(angles, right, down, forward):
    np.testing.assert_allclose(camera_from_enu(angles), [right, down, forward], atol=1e-12)


@pytest.mark.parametrize(
    ("pix4d", "gimbal"),
    [
        ((0, 0, 0), (0, -90, 0)),
        ((90, 0, 0), (90, -90, 0)),
        ((0, 90, 0), (0, 0, 0)),  # pitch 90 looks ahead, says Pix4D
        ((30, 25, 0), (30, -65, 0)),
        ((30, -25, 0), (-150, -65, 180)),  # leaning back it looks behind, upside down
        ((0, 0, 10), (-90, -80, 90)),  # rolled to the right it looks to the left
    ],
)
def test_pix4d_angles(pix4d, gimbal):
    expected = camera_from_enu(Angles(*gimbal))
    np.testing.assert_allclose(camera_from_enu(angles_from_pix4d(*pix4d)), expected, atol=1e-9)


@pytest.mark.parametrize(
    ("angles", "lean_deg", "expected"),
    [
        (Angles(30, 0, 0), 10, Angles(30, 0, 10)),  # level: about the optical axis
        (Angles(0, -90, 0), 10, Angles(-90, -80, 90)),  # straight down: it looks to the left
        (Angles(90, -90, 0), -10, Angles(180, -80, -90)),
        (Angles(-120, -40, 5), 0, Angles(-120, -40, 5)),
    ],
)
def test_leaned(angles, lean_deg, expected):
    found = camera_from_enu(leaned(angles, lean_deg))
    np.testing.assert_allclose(found, camera_from_enu(expected), atol=1e-9)


angle = st.floats(-180, 180)


@given(yaw=angle, pitch=st.floats(-89, 89), lean=st.floats(-30, 30))
def test_leaning_leaves_the_line_of_the_heading_where_it_was(yaw, pitch, lean):
    there = camera_from_enu(leaned(Angles(yaw, pitch, 0), lean))
    level_heading = np.array([np.sin(np.radians(yaw)), np.cos(np.radians(yaw)), 0])
    # what looks along the heading does not move: the camera sees it where it did
    straight = camera_from_enu(Angles(yaw, pitch, 0))
    np.testing.assert_allclose(there @ level_heading, straight @ level_heading, atol=1e-6)


@given(yaw=angle, pitch=st.floats(-89, 89), roll=st.floats(-89, 89))
def test_pix4d_angles_turn_the_camera_as_a_downward_body_turns(yaw, pitch, roll):
    """Built again from single turns about the body's axes, as Pix4D draws them."""

    def turn(axis, degrees):
        angle = np.radians(degrees)
        cross = np.cross(np.eye(3), axis)  # Rodrigues' formula
        return np.eye(3) + np.sin(angle) * cross + (1 - np.cos(angle)) * cross @ cross

    # north-east-down axes: yaw about down, pitch about right, roll about front
    body = turn([0, 0, 1], yaw) @ turn([0, 1, 0], pitch) @ turn([1, 0, 0], roll)
    front, right, down = (np.array([v[1], v[0], -v[2]]) for v in body.T)
    expected = [right, -front, down]
    np.testing.assert_allclose(
        camera_from_enu(angles_from_pix4d(yaw, pitch, roll)), expected, atol=1e-6
    )
