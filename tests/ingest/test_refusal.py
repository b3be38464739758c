import re
from pathlib import Path

import ingest
from ingest.refusal import REMEDIES, remedy_for

SOURCES = "\n".join(path.read_text() for path in Path(ingest.__path__[0]).glob("*.py"))


def test_every_code_that_is_raised_has_a_remedy_and_every_remedy_a_code():
    assert set(re.findall(r'(?:Photo|Archive)Error\(\s*"(\w+)"', SOURCES)) == set(REMEDIES)


def test_remedies_are_sentences():
    for code in REMEDIES:
        assert re.fullmatch(r"[A-Z].*\.", remedy_for(code))
