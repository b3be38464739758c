"""What `libong telemetry` reads of a video: only what is inside it."""

import pytest

from ingest.errors import TelemetryError
from ingest.telemetry_file import read_telemetry_file

from ..telemetry import dji_samples
from .telemetry_text import LAT, LON, srt

LINE = "F/2.8, SS 206.14, ISO 150, EV -1.0, GPS (99.4000, 7.2500, 15), D 24.26m, H 58.00m"


def test_subtitles(make_video):
    telemetry = read_telemetry_file(make_video(subtitles=[LINE, LINE]))
    assert (telemetry.dialect, len(telemetry.records)) == ("mavic_mini", 2)


def test_djis_own_track(make_video):
    path = make_video(subtitles=[dji_samples.header() + dji_samples.frame(LON, LAT)])
    path.write_bytes(path.read_bytes().replace(b"tx3g", b"djmd").replace(b"sbtl", b"meta"))
    telemetry = read_telemetry_file(path)
    assert (telemetry.dialect, len(telemetry.records)) == ("djmd_wm265e", 1)
    assert telemetry.records[0].position == pytest.approx((LON, LAT))


def test_a_video_without_any_says_what_to_name_instead(make_video):
    path = make_video()
    path.with_suffix(".SRT").write_text(srt(8))
    with pytest.raises(TelemetryError, match=r"name the \.SRT file beside it") as refused:
        read_telemetry_file(path)
    assert refused.value.code == "no_telemetry"


def test_a_broken_video_is_refused(make_video):
    path = make_video()
    path.write_bytes(path.read_bytes()[:200])
    with pytest.raises(TelemetryError) as refused:
        read_telemetry_file(path)
    assert refused.value.code == "video_cut_short"
