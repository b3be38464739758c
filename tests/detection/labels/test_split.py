"""Whole flights are kept back, never frames, and each class is in both parts where it can be."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detection.labels.errors import LabelError
from detection.labels.split import Earlier, classes_of, split_by_flight
from detection.types import ObjectClass

DUGONG, BOAT, GEAR = ObjectClass


@given(
    contents=st.lists(
        st.tuples(st.sets(st.sampled_from(ObjectClass)), st.integers(1, 6)), min_size=2, max_size=9
    ),
    share=st.floats(0.05, 0.9),
)
def test_no_flight_and_no_frame_is_in_both_parts(make_flight, contents, share):
    flights = [make_flight(f"f{n}", tuple(c), m) for n, (c, m) in enumerate(contents)]
    split = split_by_flight(flights, held_out_share=share)
    learnt, held_out = ({f.flight_id for f in part} for part in (split.learnt, split.held_out))
    assert learnt
    assert held_out
    assert not learnt & held_out
    assert learnt | held_out == {f.flight_id for f in flights}
    frames = [{x.sha256 for f in part for x in f.frames} for part in (split.learnt, split.held_out)]
    assert not frames[0] & frames[1]
    holding = Counter(c for f in flights for c in classes_of(f))
    # at least one flight shows nothing that the others do not show
    dispensable = any(all(holding[c] > 1 for c in classes_of(f)) for f in flights)
    for c in ObjectClass:
        holders = {f.flight_id for f in flights if classes_of(f)[c]}
        assert holders & learnt or not (holders and dispensable)


def test_each_class_is_kept_back_where_two_flights_have_it(make_flight):
    flights = [
        make_flight("f1", (DUGONG,)),
        make_flight("f2", (DUGONG, BOAT)),
        make_flight("f3", (BOAT,)),
        make_flight("f4", (GEAR,)),
        make_flight("f5", (GEAR,)),
        make_flight("f6", ()),
    ]
    split = split_by_flight(flights)
    assert {c for f in split.held_out for c in classes_of(f)} == set(ObjectClass)
    assert {c for f in split.learnt for c in classes_of(f)} == set(ObjectClass)


def test_the_only_flight_of_a_class_is_learnt_from(make_flight):
    flights = [make_flight("f1", (DUGONG,)), make_flight("f2", (BOAT,)), make_flight("f3", (BOAT,))]
    for order in (flights, flights[::-1]):
        split = split_by_flight(order)
        assert "f1" in {f.flight_id for f in split.learnt}


@pytest.mark.parametrize("count", [0, 1])
def test_fewer_than_two_flights_are_refused_with_the_reason(make_flight, count):
    flights = [make_flight(f"f{n}", (DUGONG,)) for n in range(count)]
    with pytest.raises(LabelError, match=rf"at least 2 flights.*got {count}.*another flight"):
        split_by_flight(flights)


def test_one_flight_given_twice_is_refused(make_flight):
    with pytest.raises(LabelError, match="got one twice"):
        split_by_flight([make_flight("f1", (DUGONG,))] * 2)


@pytest.mark.parametrize("share", [0.0, 1.0, -1.0])
def test_a_share_that_leaves_nothing_is_refused(make_flight, share):
    flights = [make_flight("f1", ()), make_flight("f2", ())]
    with pytest.raises(LabelError, match="between 0 and 1"):
        split_by_flight(flights, held_out_share=share)


# ---------------------------------------------------------------- a model that learns further


def ids(flights):
    return {flight.flight_id for flight in flights}


@given(
    sizes=st.lists(st.integers(1, 6), min_size=2, max_size=6),
    later=st.lists(st.integers(1, 6), min_size=1, max_size=6),
)
def test_what_a_model_has_learnt_from_is_never_kept_back_later(make_flight, sizes, later):
    first = [make_flight(f"f{n}", (DUGONG,), m) for n, m in enumerate(sizes)]
    split = split_by_flight(first)
    more = [make_flight(f"g{n}", (DUGONG, BOAT), m) for n, m in enumerate(later)]
    earlier = Earlier(frozenset(ids(split.learnt)), frozenset(ids(split.held_out)))
    again = split_by_flight([*first, *more], earlier=earlier)
    assert ids(split.learnt) <= ids(again.learnt)
    assert ids(split.held_out) <= ids(again.held_out)
    assert ids(again.learnt) | ids(again.held_out) == ids(first) | ids(more)


def test_the_smallest_unseen_flight_is_kept_back_where_each_has_a_class_of_its_own(make_flight):
    flights = [make_flight("f1", (DUGONG,), 1), make_flight("f2", (BOAT,), 3)]
    assert ids(split_by_flight(flights).held_out) == {"f1"}
    earlier = Earlier(learnt=frozenset({"f1"}))
    assert ids(split_by_flight(flights, earlier=earlier).held_out) == {"f2"}


def test_a_flight_kept_back_before_is_learnt_from_once_it_alone_shows_a_class(make_flight):
    flights = [make_flight("f1", (BOAT,)), make_flight("f2", (BOAT, DUGONG)), make_flight("f3", ())]
    split = split_by_flight(flights, earlier=Earlier(held_out=frozenset({"f2"})))
    assert "f2" in ids(split.learnt)


def test_nothing_is_measured_on_what_was_learnt(make_flight):
    flights = [make_flight("f1", (DUGONG,)), make_flight("f2", (DUGONG,))]
    with pytest.raises(LabelError, match="learnt from all 2 labelled flights"):
        split_by_flight(flights, earlier=Earlier(learnt=frozenset({"f1", "f2"})))
