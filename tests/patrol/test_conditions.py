"""Sea and weather as people tell them: kept in the ledger, refused where they cannot be."""

import json
from datetime import UTC, datetime

import pytest
from sqlalchemy import create_engine, text
from typer.testing import CliRunner

from libong.cli.main import app
from patrol.conditions import Conditions, ConditionsError
from patrol.store import Store, UnknownFlight

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def test_what_is_told_is_kept_beside_what_was_told_before(store, make_log) -> None:
    store.log_flight(make_log())
    first = Conditions("by eye", sea_state=3, weather="squall")
    later = Conditions("tide board", tide_m=0.6)
    store.conditions.tell("flight1", first, "mali", AT)
    store.conditions.tell("flight1", later, "nid", AT)
    told = store.conditions.of_flight("flight1")
    assert [(it.conditions, it.actor, it.at_utc) for it in told] == [
        (first, "mali", AT),
        (later, "nid", AT),
    ]
    assert store.conditions.of_flight("flight2") == ()
    assert store.verify().faults == ()
    case = store.case_file(make_log().incidents[0].incident_id)
    assert case.conditions == told


def test_an_unknown_flight_and_a_nameless_teller_are_refused(store, make_log) -> None:
    store.log_flight(make_log())
    told = Conditions("by eye", sea_state=3)
    for flight in ("flight9", "a\x00b"):
        with pytest.raises(UnknownFlight):
            store.conditions.tell(flight, told, "mali", AT)
    with pytest.raises(ConditionsError, match="who tells it"):
        store.conditions.tell("flight1", told, " ", AT)
    assert store.conditions.of_flight("a\x00b") == ()


def test_a_changed_telling_is_found(store, make_log, database_url) -> None:
    store.log_flight(make_log())
    store.conditions.tell("flight1", Conditions("by eye", sea_state=3), "mali", AT)
    engine = create_engine(database_url)
    with engine.begin() as connection:
        on = " ON ledger" if engine.dialect.name == "postgresql" else ""
        names = ["ledger_refuses_changes"] if on else ["ledger_refuses_update"]
        for name in names:
            connection.execute(text(f"DROP TRIGGER {name}{on}"))
        connection.execute(
            text("UPDATE ledger SET payload = replace(payload, '3', '1') WHERE kind = :kind"),
            {"kind": "conditions_told"},
        )
    engine.dispose()
    assert any("was changed after it was written" in it.what for it in store.verify().faults)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, "nothing is told"),
        ({"tide_m": 25.0}, "tide_m must be -20 to 20"),
        ({"tide_m": float("nan")}, "tide_m"),
        ({"sea_state": 10}, "sea_state"),
        ({"cloud_oktas": 9}, "cloud_oktas"),
        ({"wind_m_s": -1.0}, "wind_m_s"),
        ({"weather": "two\nlines"}, "weather must be one line"),
        ({"weather": "x" * 501}, "weather"),
        ({"source": " ", "sea_state": 1}, "where this is from"),
    ],
)
def test_what_cannot_be_is_refused_with_the_value(changes, said) -> None:
    with pytest.raises(ConditionsError, match=said):
        Conditions(**({"source": "by eye"} | changes))


def test_the_command(tmp_path, monkeypatch, make_log) -> None:
    monkeypatch.setenv("LIBONG_DATA_DIR", str(tmp_path))
    store = Store(f"sqlite:///{tmp_path}/libong.sqlite3")
    store.migrate()
    store.log_flight(make_log())
    store.close()
    words = ["flights", "conditions", "flight1", "--actor", "mali", "--source", "by eye"]
    run = CliRunner().invoke
    done = run(app, [*words, "--tide-m", "-0.3", "--json"], catch_exceptions=False)
    (told,) = json.loads(done.stdout)
    assert (told["actor"], told["source"], told["tide_m"]) == ("mali", "by eye", -0.3)
    assert isinstance(run(app, words).exception, ConditionsError)
