"""A candidate is refused when it is worse by more than chance explains."""

import pytest

from detection.evaluation.scoring import FoundBox, ScoredFrame, TrueBox
from detection.training.comparison import as_markdown, compare
from detection.types import ObjectClass

DUGONG, BOAT, GEAR = ObjectClass
BOX = (0.0, 0.0, 10.0, 10.0)
ELSEWHERE = (50.0, 50.0, 60.0, 60.0)


def frames(found_of_ten_by_flight, false_alarms=0):
    """A flight for each number: ten frames of one dugong each, that many of them found."""
    scored = []
    for flight, found in enumerate(found_of_ten_by_flight):
        for n in range(10):
            finds = [FoundBox(DUGONG, 0.9, BOX)] if n < found else []
            finds += [FoundBox(DUGONG, 0.9, ELSEWHERE)] if n < false_alarms else []
            truth = (TrueBox(DUGONG, 1, BOX, fair=True),)
            scored.append(ScoredFrame(f"f{flight}", f"{n}", truth, tuple(finds), 0.0))
    return scored


def regressed(before, after):
    return {(c.object_class, c.measure) for c in compare("here", before, after) if c.regressed}


@pytest.mark.parametrize(
    ("before", "after", "refused"),
    [
        ([8] * 6, [8] * 6, False),
        ([8] * 6, [9] * 6, False),
        ([8] * 6, [6] * 6, True),  # everywhere worse
        ([8, 8, 8, 8, 8, 8], [9, 7, 8, 9, 7, 7], False),  # now here, now there: noise
        ([8], [7], True),  # one flight alone: any loss counts
        ([8], [8], False),
    ],
)
def test_recall(before, after, refused):
    assert regressed(frames(before), frames(after)) == ({(DUGONG, "recall")} if refused else set())


def test_false_alarms():
    few, many = frames([8] * 6, 1), frames([8] * 6, 4)
    assert regressed(few, many) == {(DUGONG, "false alarms a frame")}
    assert regressed(many, few) == set()


def test_what_is_measured_is_told():
    table = as_markdown(compare("here", frames([8] * 6), frames([6] * 6)))
    row = next(line for line in table.splitlines() if "dugong | recall" in line)
    assert "| 0.800 | 0.600 | -0.200 (-0.200 to -0.200) | **regressed** |" in row
    assert "boat | recall" not in table  # there was none
    assert "boat | false alarms a frame" in table


def test_of_no_frames_there_is_nothing_to_tell():
    assert compare("here", [], []) == ()
