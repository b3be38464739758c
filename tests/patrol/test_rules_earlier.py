"""Rules on what other flights saw before, from the store to the verdict."""

from dataclasses import replace
from datetime import timedelta

from detection.types import ObjectClass
from patrol.rules import judge, look_back
from patrol.zones import RuleName


def test_what_flights_saw_before_is_held_against_the_next(
    tmp_path, open_store, site, make_log
) -> None:
    store = open_store(tmp_path / "patrol.sqlite3")
    assert look_back(site) == timedelta(days=14)
    first = make_log("flight1")
    store.log_flight(first)
    store.log_flight(make_log("elsewhere", site_id="other"))
    later = first.sightings[0].first_seen_utc + timedelta(hours=20)
    log = make_log("flight2", seen_utc=later)
    sightings = [replace(each, error_m=1.0) for each in log.sightings]
    earlier = store.earlier.before(site, sightings)
    # the boat of the first flight is not told of, nor the dugong of another site
    assert [(each.flight_id, each.object_class) for each in earlier] == [
        ("flight1", ObjectClass.DUGONG)
    ]
    rules = {verdict.rule for verdict in judge(sightings, site, earlier=earlier)}
    assert RuleName.STILL_DUGONG in rules
    assert store.earlier.before(site, []) == ()
    much_later = [
        replace(each, first_seen_utc=each.first_seen_utc + timedelta(days=30)) for each in sightings
    ]
    assert store.earlier.before(site, much_later) == ()
    store.close()
