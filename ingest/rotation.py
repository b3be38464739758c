"""Rotations between a camera and the ground, as 3 x 3 matrices.

World axes are east, north, up (ENU). Camera axes are right, down, forward (along the optical axis),
as pixels run. All angles are degrees, in the conventions of `CameraPose`.
"""

from math import asin, atan2, cos, degrees, radians, sin
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Matrix = npt.NDArray[np.float64]

# Rows: east, north, up in terms of north, east, down.
_ENU_FROM_NED = np.array([[0.0, 1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, -1.0]])
# A gimbal's body looks along its x (forward), y is to its right, z down.
_GIMBAL_BODY_FROM_CAMERA = np.array([[0.0, 0.0, 1.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])
# A surveyor's camera looks along its body's z (down); the top of the picture points forward.
_DOWNWARD_BODY_FROM_CAMERA = np.array([[0.0, -1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]])
# Within this of straight down, yaw and roll turn about the same axis and only their sum is known.
_GIMBAL_LOCK_COS = 1e-6


class Angles(NamedTuple):
    """Yaw, pitch and roll of a camera in degrees, in the convention of `CameraPose`."""

    yaw_deg: float
    pitch_deg: float
    roll_deg: float


def camera_from_enu(angles: Angles) -> Matrix:
    """The matrix that turns east-north-up vectors into right-down-forward vectors of the camera.

    Yaw, pitch and roll are applied in the order Z, Y, X of north-east-down axes, as DJI documents
    for its gimbal angles (Mavic 3E/3T User Manual, XMP field list).
    """
    matrix: Matrix = (_ENU_FROM_NED @ _ned_from_body(angles) @ _GIMBAL_BODY_FROM_CAMERA).T
    return matrix


def angles_from_pix4d(yaw_deg: float, pitch_deg: float, roll_deg: float) -> Angles:
    """Turn yaw, pitch, roll of Pix4D's `Camera:` tags into those of `CameraPose`.

    Pix4D's angles turn a body whose camera looks down: at 0, 0, 0 the camera is at nadir with the
    top of the picture to the north; pitch 90 looks at the horizon ahead
    (support.pix4d.com, article 202558969 "Yaw, Pitch, Roll and Omega, Phi, Kappa angles").
    """
    body = _ned_from_body(Angles(yaw_deg, pitch_deg, roll_deg))
    return _angles_from_ned(body @ _DOWNWARD_BODY_FROM_CAMERA @ _GIMBAL_BODY_FROM_CAMERA.T)


def leaned(angles: Angles, lean_deg: float) -> Angles:
    """Angles of a camera leaned to the right of its heading, about the level line of the heading.

    So leans a drone's gimbal whose roll axis is off, or a camera mounted askew: straight down it
    looks to the left then, level it is turned clockwise about its optical axis.
    """
    heading = _ned_from_body(Angles(angles.yaw_deg, 0.0, 0.0))
    lean = _ned_from_body(Angles(0.0, 0.0, lean_deg))
    return _angles_from_ned(heading @ lean @ heading.T @ _ned_from_body(angles))


def _ned_from_body(angles: Angles) -> Matrix:
    yaw, pitch, roll = (radians(angle) for angle in angles)
    about_down = np.array([[cos(yaw), -sin(yaw), 0], [sin(yaw), cos(yaw), 0], [0, 0, 1]])
    about_right = np.array([[cos(pitch), 0, sin(pitch)], [0, 1, 0], [-sin(pitch), 0, cos(pitch)]])
    about_front = np.array([[1, 0, 0], [0, cos(roll), -sin(roll)], [0, sin(roll), cos(roll)]])
    turned: Matrix = about_down @ about_right @ about_front
    return turned


def _angles_from_ned(body: Matrix) -> Angles:
    pitch = asin(float(np.clip(-body[2, 0], -1.0, 1.0)))
    if cos(pitch) < _GIMBAL_LOCK_COS:
        return Angles(degrees(atan2(-body[0, 1], body[1, 1])), degrees(pitch), 0.0)
    yaw = atan2(body[1, 0], body[0, 0])
    roll = atan2(body[2, 1], body[2, 2])
    return Angles(degrees(yaw), degrees(pitch), degrees(roll))
