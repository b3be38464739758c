"""Accounts after they were added: every change is proven by the ledger."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy
from sqlalchemy import text

from patrol.account import LINK_LIFETIME, AccountError, LinkError
from patrol.user import Role
from patrol.user_records import UnknownUser, UserError

NOW = datetime(2026, 3, 1, 5, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def people(store):
    for name, role in (("ada", Role.ADMIN), ("mali", Role.OFFICER), ("don", Role.RANGER)):
        store.add_user(name, f"hash of {name}", role, NOW)
    return store


def test_another_role_ends_the_sessions(people):
    changed = people.accounts.set_role("don", Role.OFFICER, LATER, "ada")
    assert (changed.role, changed.session_epoch) == (Role.OFFICER, 1)
    assert people.user("don") == changed


def test_a_closed_account_stays_and_can_be_reopened(people):
    token = people.device_tokens.add("don", "phone", NOW)
    assert not people.accounts.close_account("don", LATER, "ada").may_pass
    assert people.user("don").closed_at_utc == LATER
    assert people.device_tokens.user(token) is None
    assert people.accounts.reopen_account("don", LATER, "ada").may_pass
    assert people.device_tokens.user(token).name == "don"


@pytest.mark.parametrize("change", ["role", "close"])
def test_the_last_administrator_stays(people, change):
    def go():
        if change == "role":
            people.accounts.set_role("ada", Role.OFFICER, LATER, "ada")
        else:
            people.accounts.close_account("ada", LATER, "ada")

    with pytest.raises(AccountError, match="last administrator"):
        go()
    people.accounts.set_role("mali", Role.ADMIN, LATER, "ada")
    go()
    assert {u.name for u in people.users() if u.role is Role.ADMIN and u.may_pass} == {"mali"}


def test_a_link_sets_a_password_once_and_in_time(people):
    first = people.accounts.link_for("don", NOW, "ada")
    token = people.accounts.link_for("don", NOW, "ada")
    for bad in (first, "made up", "\udcff"):
        with pytest.raises(LinkError):
            people.accounts.link(bad, LATER)
    assert people.accounts.link(token, LATER).user_name == "don"
    with pytest.raises(LinkError):
        people.accounts.set_password_by_link(token, "new hash", NOW + LINK_LIFETIME)
    changed = people.accounts.set_password_by_link(token, "new hash", LATER)
    assert (changed.password_hash, changed.session_epoch) == ("new hash", 1)
    with pytest.raises(LinkError):
        people.accounts.set_password_by_link(token, "other", LATER)
    with pytest.raises(UnknownUser):
        people.accounts.link_for("nobody", NOW, "ada")


def test_the_link_that_sets_a_site_up_works_while_there_is_nobody(store):
    token = store.accounts.link_for(None, NOW, "libong")
    assert store.accounts.link(token, NOW).user_name is None
    with pytest.raises(LinkError, match="sets no password"):
        store.accounts.set_password_by_link(token, "hash", NOW)
    with pytest.raises(UserError):
        store.accounts.set_up(token, " ", "hash", NOW)
    assert store.accounts.set_up(token, "ada", "hash", NOW).role is Role.ADMIN
    again = store.accounts.link_for(None, NOW, "libong")
    with pytest.raises(LinkError, match="set up already"):
        store.accounts.set_up(again, "eve", "hash", NOW)
    assert store.verify().faults == ()


def test_a_second_factor_from_beginning_to_end(people):
    accounts = people.accounts
    assert accounts.second_factor("mali") is None
    with pytest.raises(AccountError, match="begin"):
        accounts.prove_second_factor("mali", 7, [], NOW)
    accounts.begin_second_factor("mali", "SECRET")
    assert not accounts.second_factor("mali").proven
    assert not people.user("mali").has_second_factor
    accounts.prove_second_factor("mali", 7, ["one", "two"], NOW)
    kept = accounts.second_factor("mali")
    assert (kept.proven, kept.last_step, kept.recovery_codes_left) == (True, 7, 2)
    assert people.user("mali").has_second_factor
    with pytest.raises(AccountError, match="remove it first"):
        accounts.begin_second_factor("mali", "OTHER")
    assert [accounts.spend_step("mali", step) for step in (7, 9, 9, 8)] == [
        False,
        True,
        False,
        False,
    ]
    assert [accounts.spend_recovery_code("mali", code, LATER) for code in ("one", "one", "x")] == [
        True,
        False,
        False,
    ]
    assert accounts.second_factor("mali").recovery_codes_left == 1
    accounts.remove_second_factor("mali", LATER, "ada")
    assert accounts.second_factor("mali") is None
    assert not accounts.spend_recovery_code("mali", "two", LATER)


def test_every_change_is_in_the_ledger(people):
    before = people.verify()
    people.accounts.set_role("don", Role.OFFICER, LATER, "ada")
    people.accounts.close_account("don", LATER, "ada")
    people.accounts.reopen_account("don", LATER, "ada")
    token = people.accounts.link_for("don", NOW, "ada")
    people.accounts.set_password_by_link(token, "new", LATER)
    people.accounts.begin_second_factor("mali", "SECRET")
    people.accounts.prove_second_factor("mali", 7, ["one"], NOW)
    people.accounts.spend_recovery_code("mali", "one", NOW)
    people.accounts.remove_second_factor("mali", NOW, "ada")
    people.set_password_hash("mali", "other", LATER)
    after = people.verify()
    assert (before.faults, after.faults) == ((), ())
    assert after.events - before.events == 9


@pytest.mark.parametrize(
    ("statement", "what"),
    [
        ("UPDATE users SET role = 'admin' WHERE name = 'don'", "account don is not as"),
        ("UPDATE users SET password_hash = 'x' WHERE name = 'don'", "account don is not as"),
        ("UPDATE users SET closed_at_utc = NULL WHERE name = 'mali'", "account mali is not as"),
        ("UPDATE users SET factor_since_utc = NULL WHERE name = 'ada'", "account ada is not as"),
        ("DELETE FROM users WHERE name = 'don'", "account don is gone"),
        (
            "INSERT INTO users (name, password_hash, role, created_at_utc, session_epoch)"
            " SELECT 'eve', password_hash, role, created_at_utc, 0 FROM users WHERE name = 'ada'",
            "account eve is in no entry",
        ),
    ],
)
def test_changes_beside_the_ledger_are_found(people, database_url, statement, what):
    people.accounts.close_account("mali", LATER, "ada")
    people.accounts.begin_second_factor("ada", "SECRET")
    people.accounts.prove_second_factor("ada", 7, [], NOW)
    engine = sqlalchemy.create_engine(database_url)
    with engine.begin() as connection:
        connection.execute(text(statement))
    engine.dispose()
    assert [what in fault.what for fault in people.verify().faults] == [True]
