import re
from pathlib import Path

import ingest
from ingest.refusal import REMEDIES, remedy_for

ROOT = Path(ingest.__path__[0])
SOURCES = "\n".join(path.read_text() for path in ROOT.rglob("*.py"))
# what is refused where flights are uploaded and worked on
DESK = "\n".join(
    path.read_text()
    for folder in ("patrol", "libong", "api")
    for path in (ROOT.parent / folder).rglob("*.py")
)


def test_every_code_that_is_raised_has_a_remedy_and_every_remedy_a_code():
    raised = set(re.findall(r'(?:Photo|Archive|Video)Error\(\s*"(\w+)"', SOURCES))
    assert raised <= set(REMEDIES)
    elsewhere = {code for code in set(REMEDIES) - raised if f'"{code}"' in DESK}
    assert raised | elsewhere == set(REMEDIES)


def test_remedies_are_sentences():
    for code in REMEDIES:
        assert re.fullmatch(r"[A-Z].*\.", remedy_for(code))
