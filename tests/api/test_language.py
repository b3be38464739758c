from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from api.language import Language, Reader, choose_language, date_text, moment_text

BANGKOK = ZoneInfo("Asia/Bangkok")


@pytest.mark.parametrize(
    ("asked", "remembered", "header", "expected"),
    [
        (None, None, None, "th"),
        (None, None, "", "th"),
        (None, None, "en-US,en;q=0.9", "en"),
        (None, None, "en-US,en;q=0.9,th;q=0.1", "th"),
        (None, None, "th-TH,th;q=0.9,en;q=0.8", "th"),
        (None, None, "de,fr;q=0.5", "th"),
        (None, None, "en,*;q=0.1", "th"),
        (None, "en", "th", "en"),
        ("th", "en", "en", "th"),
        ("en", "th", None, "en"),
        ("xx", "yy", None, "th"),
        ("<script>", "en", None, "en"),
    ],
)
def test_thai_unless_english_is_wanted(asked, remembered, header, expected):
    assert choose_language(asked, remembered, header) == expected


@pytest.mark.parametrize(
    ("day", "thai", "english"),
    [
        (date(2026, 11, 22), "22 พ.ย. 2569", "22 Nov 2026"),
        (date(2027, 1, 1), "1 ม.ค. 2570", "1 Jan 2027"),
        (date(2024, 2, 29), "29 ก.พ. 2567", "29 Feb 2024"),
    ],
)
def test_dates_as_people_write_them(day, thai, english):
    assert date_text(day, Language.THAI) == thai
    assert date_text(day, Language.ENGLISH) == english


def test_a_moment_is_shown_on_the_local_clock_and_day():
    late = datetime(2026, 12, 31, 20, 5, tzinfo=UTC)
    assert moment_text(late, BANGKOK, Language.THAI) == "1 ม.ค. 2570 03:05\u00a0น."
    assert moment_text(late, BANGKOK, Language.ENGLISH) == "1 Jan 2027 03:05"


def test_reader_translates_and_picks():
    thai, english = Reader(Language.THAI, BANGKOK), Reader(Language.ENGLISH, BANGKOK)
    assert thai.text("Slow down") == "ชะลอความเร็ว"
    assert english.text("Slow down") == "Slow down"
    assert (thai.pick("ก", "a"), english.pick("ก", "a")) == ("ก", "a")


@pytest.mark.parametrize("language", list(Language))
def test_the_empty_text_stays_empty(language):
    assert Reader(language, BANGKOK).text("") == ""
