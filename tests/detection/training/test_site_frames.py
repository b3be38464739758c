"""Which labelled frames are of no use is told, with how many and why."""

from collections import Counter

import pytest

from detection.labels.errors import LabelError
from detection.labels.located import Unusable
from detection.training.site_frames import tell_unusable

SOME = Counter({Unusable.NO_POSE: 2, Unusable.TOO_COARSE: 1})


def test_what_is_of_no_use_is_told_with_its_reasons_the_commonest_first():
    told = []
    tell_unusable(SOME, 4, "to learn from give no tile", told.append)
    (line,) = told
    assert line.startswith("3 of 4 frames to learn from give no tile: 2 because nothing tells")
    assert line.endswith("; 1 because their ground scale is too coarse (label frames taken lower)")


def test_nothing_is_told_where_all_are_of_use():
    told = []
    tell_unusable(Counter(), 4, "to learn from give no tile", told.append)
    assert told == []


def test_it_is_an_error_where_all_are_of_no_use():
    with pytest.raises(LabelError, match="3 of 3 frames to learn from give no tile"):
        tell_unusable(SOME, 3, "to learn from give no tile", print)
