"""Texts and times as exports hold them."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from patrol.exports.plain_text import plain_text, utc_text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("พะยูน\t=\n🐬", "พะยูน\t=\n🐬"),
        ("a\r\nb\rc", "a\nb\nc"),
        ("\x00\x08\x0b\x1f", "\ufffd" * 4),
        ("\ud800\udfff\ufffe\uffff", "\ufffd" * 4),
        (
            "\x20\ud7ff\ue000\ufffd\U00010000\U0010ffff",
            "\x20\ud7ff\ue000\ufffd\U00010000\U0010ffff",
        ),
    ],
)
def test_only_what_xml_cannot_hold_is_replaced(text, expected) -> None:
    assert plain_text(text) == expected


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (datetime(2026, 3, 1, 5, 0, tzinfo=UTC), "2026-03-01T05:00:00Z"),
        (
            datetime(2026, 3, 1, 6, 59, 59, 40_000, tzinfo=timezone(timedelta(hours=7))),
            "2026-02-28T23:59:59.040000Z",
        ),
    ],
)
def test_times_are_in_utc_and_say_so(at, expected) -> None:
    assert utc_text(at) == expected
    assert datetime.fromisoformat(expected) == at
