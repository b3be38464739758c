"""Thai and English: which one a reader wants, the catalogue, and dates as people write them.

English texts in the source are the message keys; `locale/th/LC_MESSAGES/messages.po` holds the
Thai. It is read from the .po file at start, so that no build step stands between an edited
text and the page.
"""

from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from enum import StrEnum
from functools import cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path

from babel.dates import format_date, format_time, get_month_names
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LOCALE_DIR = Path(__file__).parent / "locale"
LANGUAGE_COOKIE = "libong_lang"
BUDDHIST_ERA_OFFSET_YEARS = 543  # B.E. 2569 is 2026; the calendar Thai readers use


class Language(StrEnum):
    """The languages of the pages, the default first."""

    THAI = "th"
    ENGLISH = "en"


def mark(text: str) -> str:
    """Return `text` unchanged, marking it for extraction into the catalogues."""
    return text


def choose_language(
    asked: str | None, remembered: str | None, accept_language: str | None
) -> Language:
    """Return the language to answer in; Thai unless the reader shows that they want English.

    Args:
        asked: the `lang` of the query, which wins.
        remembered: the cookie of an earlier choice.
        accept_language: the browser's header. English is taken from it only when Thai is not
            named at all: many phones here are set to English and list Thai second.
    """
    for choice in (asked, remembered):
        if choice in tuple(Language):
            return Language(choice)
    offered = [part.split(";")[0].strip().lower() for part in (accept_language or "").split(",")]
    primary = [tag.split("-")[0] for tag in offered if tag]
    if "en" in primary and "th" not in primary and "*" not in primary:
        return Language.ENGLISH
    return Language.THAI


@cache
def translations(language: Language) -> NullTranslations:
    """Return the catalogue of `language`; English is the source text itself."""
    path = LOCALE_DIR / language / "LC_MESSAGES" / "messages.po"
    if not path.is_file():
        return NullTranslations()
    with path.open("rb") as po_file:
        catalogue = read_po(po_file, locale=language)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return GNUTranslations(compiled)


def date_text(day: date, language: Language) -> str:
    """Return a day as read locally: `22 พ.ย. 2569` (Buddhist era) or `22 Nov 2026`."""
    if language is Language.THAI:
        month = format_date(day, "d MMM", locale="th")
        return f"{month} {day.year + BUDDHIST_ERA_OFFSET_YEARS}"
    return format_date(day, "d MMM y", locale="en_GB")


def moment_text(moment: datetime, timezone: tzinfo, language: Language) -> str:
    """Return an aware time on the local clock: `22 พ.ย. 2569 14:05 น.` or `22 Nov 2026 14:05`."""
    local = moment.astimezone(timezone)
    clock = format_time(local, "HH:mm", locale="en")
    suffix = "\u00a0น." if language is Language.THAI else ""
    return f"{date_text(local.date(), language)} {clock}{suffix}"


@dataclass(frozen=True)
class Reader:
    """Who reads a page: their language and the site's clock."""

    language: Language
    timezone: tzinfo

    def text(self, message: str) -> str:
        """Return the translation of a marked `message`, as plain text that a template escapes."""
        # the empty message is the catalogue's own header
        return translations(self.language).gettext(message) if message else ""

    def pick(self, thai: str, english: str) -> str:
        """Return the one of two texts that is in the reader's language."""
        return thai if self.language is Language.THAI else english

    def date(self, day: date) -> str:
        """Return `day` as `date_text` writes it."""
        return date_text(day, self.language)

    def moment(self, moment: datetime) -> str:
        """Return `moment` as `moment_text` writes it, on the site's clock."""
        return moment_text(moment, self.timezone, self.language)

    def clock(self, moment: datetime) -> str:
        """Return the time of day to the second on the site's clock: `14:05:07`."""
        return format_time(moment.astimezone(self.timezone), "HH:mm:ss", locale="en")

    def month_names(self) -> list[str]:
        """Return the twelve months' names, January first."""
        names = get_month_names("wide", "stand-alone", locale=self.language.value)
        return [str(names[month]) for month in range(1, 13)]
