from datetime import datetime

import pytest

from ingest.telemetry.values import clock, exposure_s, number


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2017.8.5 14:11:51", "2017-08-05T14:11:51"),
        ("2021-12-25 12:27:52.373", "2021-12-25T12:27:52.373000"),
        ("2019-09-27 10:28:08,438,904", "2019-09-27T10:28:08.438904"),
        ("2017.08.05 14:11:51,393,525,393,525", "2017-08-05T14:11:51.393525"),
        ("HOME(1.0,2.0) 2017.07.03 10:15:03\nGPS", "2017-07-03T10:15:03"),
        ("FrameCnt: 0 2026-08-21 17:38:52.463\n[iso", "2026-08-21T17:38:52.463000"),
        ("2020-08-12 08:55:2", None),
        ("2020-08-12 08:55:21,74", None),
        ("2020-08-12 08:55:21,745,07", None),
        ("2020-13-12 08:55:21", None),
        ("2020-02-30 08:55:21", None),
        ("2020-02-20 08:61:21", None),
        ("0000-00-00 00:00:00", None),
    ],
)
def test_clock(text, expected):
    assert clock(text) == (expected and datetime.fromisoformat(expected))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("12.5", 12.5),
        ("-12,5", -12.5),
        (" +3 ", 3.0),
        ("", None),
        (None, None),
        ("1e5", None),
        ("nan", None),
        ("inf", None),
        ("12.", None),
        ("9" * 400, None),
    ],
)
def test_number(text, expected):
    assert number(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1/60.0", 1 / 60),
        ("60", 1 / 60),
        ("30.15", 1 / 30.15),
        ("2/1", 2.0),
        ("1/0", None),
        ("0", None),
        ("-5", None),
        ("fast", None),
        (None, None),
    ],
)
def test_exposure_s(text, expected):
    assert exposure_s(text) == expected
