"""Telemetry as a drone writes it, for the tests' videos."""
# ruff: noqa: DTZ001 - the drone's own clock is naive

from datetime import datetime, timedelta

START = datetime(2026, 3, 14, 10, 0, 0)
LON, LAT = 99.40, 7.25
M_PER_DEGREE = 111_195.0


def block(
    number,
    begin_ms,
    end_ms,
    *,
    north_m=0.0,
    lonlat=None,
    clock=None,
    height=58.0,
    angles="[gb_yaw: 0.0 gb_pitch: -90.0 gb_roll: 0.0]",
    focal="[focal_len: 24.00] ",
):
    def cue(ms):
        return str(timedelta(seconds=ms // 1000)).zfill(8) + f",{ms % 1000:03d}"

    lon, lat = lonlat or (LON, LAT + north_m / M_PER_DEGREE)
    when = START + timedelta(milliseconds=begin_ms) if clock is None else clock
    return (
        f"{number}\n{cue(begin_ms)} --> {cue(end_ms)}\n"
        f"{when:%Y-%m-%d %H:%M:%S}.{when.microsecond // 1000:03d}\n"
        f"[iso: 100] {focal}[latitude: {lat:.7f}] [longitude: {lon:.7f}] "
        f"[rel_alt: {height:.3f} abs_alt: 40.0] {angles}\n"
    )


def srt(seconds, *, per_s=10, speed_m_s=8.0, stretch=1.0, skip=(), **fields):
    step_ms = 1000 / per_s
    return "\n".join(
        block(
            n + 1,
            round(n * step_ms * stretch),
            round((n + 1) * step_ms * stretch),
            north_m=speed_m_s * n / per_s,
            clock=START + timedelta(seconds=n / per_s),
            **fields,
        )
        for n in range(round(seconds * per_s))
        if n / per_s not in skip and not any(a <= n / per_s < b for a, b in skip)
    )
