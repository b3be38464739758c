"""Samples of DJI's `djmd` track, written by the field numbers that ExifTool lists."""

import struct
from math import radians


def varint(value):
    value %= 1 << 64
    out = b""
    while value > 0x7F:
        out += bytes([value & 0x7F | 0x80])
        value >>= 7
    return out + bytes([value])


def number(field, value):
    return varint(field << 3) + varint(value) if value else b""


def within(field, message):
    return varint(field << 3 | 2) + varint(len(message)) + message


def double(field, value):
    return varint(field << 3 | 1) + struct.pack("<d", value)


def single(field, value):
    return varint(field << 3 | 5) + struct.pack("<f", value) if value else b""


def header(schema="dvtm_wm265e.proto"):
    return within(1, within(1, within(1, schema.encode()) + within(5, b"1581F45T")))


def frame(
    lon,
    lat,
    *,
    relative_m=58.0,
    absolute_m=43.2,
    gimbal=(-90.0, 0.0, 12.5),
    drone=(1.2, -3.4, 12.0),
    zoom=1.0,
    units=0,
):
    """One picture's message; `gimbal` is pitch, roll, yaw and `drone` roll, pitch, yaw."""
    places = (lat, lon) if units else (radians(lat), radians(lon))
    gps = number(1, units) + double(2, places[0]) + double(3, places[1])
    craft = within(3, b"".join(number(n, round(a * 10)) for n, a in enumerate(drone, start=1)))
    craft += within(4, within(1, gps) + number(2, round(absolute_m * 1000)))
    craft += within(5, single(1, relative_m * 1000))
    angles = b"".join(number(n, round(a * 10)) for n, a in enumerate(gimbal, start=1))
    camera = within(6, single(1, zoom))
    return within(3, within(2, camera) + within(3, craft) + within(4, within(3, angles)))
