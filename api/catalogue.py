"""Keeps the Thai catalogue in step with the texts of the source.

`python -m api.catalogue` enters new texts into the .po file with an empty translation and takes out
those that are gone; a test fails until every entry is translated.
"""

from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from api.language import LOCALE_DIR, Language
from ingest.refusal import REMEDIES

API_DIR = Path(__file__).parent
THAI_PO = LOCALE_DIR / Language.THAI / "LC_MESSAGES" / "messages.po"

_METHODS = [
    ("templates/**.html", "jinja2.ext:babel_extract"),
    ("**.py", "python"),
]
_KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "mark": None}


def messages_in_source() -> Iterator[tuple[str | tuple[str, ...], str]]:
    """Yield each text that readers may see, with the file it is in; plurals as pairs."""
    found = extract_from_dir(API_DIR, _METHODS, keywords=_KEYWORDS)
    for file_name, _line, message, _comments, _context in found:
        yield message, Path(file_name).as_posix()
    for remedy in REMEDIES.values():
        yield remedy, "ingest/refusal.py"


def read_thai() -> Catalog:
    """Return the Thai catalogue as it is in the source tree."""
    with THAI_PO.open("rb") as po_file:
        return read_po(po_file, locale=Language.THAI.value)


def update_thai() -> None:
    """Bring the Thai catalogue in step with the source, keeping its translations."""
    catalogue = read_thai()
    template = Catalog(
        project="libong-watch", charset="utf-8", creation_date=catalogue.creation_date
    )
    for message, file_name in messages_in_source():
        template.add(message, locations=[(file_name, 0)])
    catalogue.msgid_bugs_address = catalogue.last_translator = ""
    catalogue.update(template, no_fuzzy_matching=True, update_header_comment=False)
    with THAI_PO.open("wb") as po_file:
        write_po(
            po_file,
            catalogue,
            width=100,
            sort_output=True,
            ignore_obsolete=True,
            include_lineno=False,
        )


if __name__ == "__main__":
    update_thai()
