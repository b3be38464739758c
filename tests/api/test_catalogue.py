"""Every text a reader may see is in Thai."""

import re

import pytest
from babel.messages.catalog import Message

from api.catalogue import messages_in_source, read_thai
from api.public.words import KIND_WORDS, PRESENCE_WORDS, STATUS_ORDER, STATUS_SIGNS, STATUS_WORDS
from api.words import (
    CERTAINTY_WORDS,
    CLASS_WORDS,
    PRIORITY_WORDS,
    REFUSAL_WORDS,
    RULE_WORDS,
    STATE_WORDS,
    STEP_WORDS,
)
from detection.types import ObjectClass
from ingest.refusal import REMEDIES
from patrol.incident import State
from patrol.verdict import Certainty, Priority
from patrol.zone_status import Presence, Status
from patrol.zones import RuleName, ZoneKind

THAI_LETTER = re.compile("[ก-ฮ]")
PLACEHOLDER = re.compile(r"%\(\w+\)s")


def faults(messages, catalogue) -> list[str]:
    found = []
    for message in messages:
        key = message if isinstance(message, str) else message[0]
        entry: Message | None = catalogue.get(key)
        if entry is None:
            found.append(f"not in the catalogue: {key}")
            continue
        thai = entry.string if isinstance(entry.string, str) else " ".join(entry.string)
        if entry.fuzzy:
            found.append(f"fuzzy: {key}")
        elif not THAI_LETTER.search(thai):
            found.append(f"not translated: {key}")
        elif set(PLACEHOLDER.findall(key)) != set(PLACEHOLDER.findall(thai)):
            found.append(f"other placeholders: {key}")
    return found


def test_every_text_is_translated():
    messages = {message for message, _ in messages_in_source()}
    assert len(messages) > 100
    assert faults(messages, read_thai()) == []


def test_the_catalogue_holds_nothing_that_is_gone():
    in_source = {m if isinstance(m, str) else m[0] for m, _ in messages_in_source()}
    in_catalogue = {m.id if isinstance(m.id, str) else m.id[0] for m in read_thai() if m.id}
    assert in_catalogue - in_source == set(), "run `python -m api.catalogue`"


def test_faults_are_found():
    catalogue = read_thai()
    catalogue.add("left out", "")
    catalogue.add("doubtful", "อาจใช่", flags={"fuzzy"})
    catalogue.add("%(num)s boats", "เรือ")
    assert faults(["nowhere", "left out", "doubtful", "%(num)s boats", "Zone"], catalogue) == [
        "not in the catalogue: nowhere",
        "not translated: left out",
        "fuzzy: doubtful",
        "other placeholders: %(num)s boats",
    ]


@pytest.mark.parametrize(
    ("words", "names"),
    [
        (STATUS_WORDS, Status),
        (STATUS_SIGNS, Status),
        (STATUS_ORDER, Status),
        (PRESENCE_WORDS, Presence),
        (KIND_WORDS, [kind.value for kind in ZoneKind]),
        (STATE_WORDS, State),
        (STEP_WORDS, State),
        (CLASS_WORDS, ObjectClass),
        (PRIORITY_WORDS, Priority),
        (CERTAINTY_WORDS, Certainty),
        (RULE_WORDS, RuleName),
        (REFUSAL_WORDS, REMEDIES),
    ],
)
def test_there_is_a_word_for_each_name(words, names):
    assert set(words) == set(names)
