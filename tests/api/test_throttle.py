from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest

from api import throttle
from api.throttle import FREE_FAILURES, FREE_FAILURES_OF_ADDRESS, WINDOW, LoginThrottle

HERE = "10.0.0.1"


class Clock:
    moment = datetime(2026, 11, 22, tzinfo=UTC)

    def __call__(self):
        return self.moment


def failed(times, clock):
    brake = LoginThrottle(clock)
    for _ in range(times):
        brake.try_begin(HERE, "mali")
    return brake


def test_a_few_mistakes_are_free():
    assert failed(FREE_FAILURES - 1, Clock()).try_begin(HERE, "mali") == 0


def test_more_must_wait_and_may_try_again_after_the_window():
    clock = Clock()
    brake = failed(FREE_FAILURES, clock)
    wait_s = brake.try_begin(HERE, "mali")
    assert 0 < wait_s <= WINDOW.total_seconds() + 1
    clock.moment += timedelta(seconds=wait_s)
    assert brake.try_begin(HERE, "mali") == 0


def test_waiting_is_not_made_longer_by_asking():
    clock = Clock()
    brake = failed(50, clock)
    clock.moment += WINDOW
    assert brake.try_begin(HERE, "mali") == 0


def test_nobody_else_is_locked_out():
    brake = failed(50, Clock())
    assert brake.try_begin(HERE, "don") == 0
    assert brake.try_begin("10.0.0.2", "mali") == 0


def test_an_address_has_a_limit_for_all_names_together():
    clock = Clock()
    brake = LoginThrottle(clock)
    waits = [brake.try_begin(HERE, f"name {n}") for n in range(FREE_FAILURES_OF_ADDRESS + 1)]
    assert waits[:-1] == [0] * FREE_FAILURES_OF_ADDRESS
    assert waits[-1] > 0
    assert brake.try_begin("10.0.0.2", "mali") == 0
    clock.moment += timedelta(seconds=waits[-1])
    assert brake.try_begin(HERE, "mali") == 0


def test_a_login_clears_the_count_of_its_pair():
    brake = failed(FREE_FAILURES, Clock())
    brake.forget(HERE, "mali")
    assert brake.try_begin(HERE, "mali") == 0


@pytest.mark.parametrize("done", ["forget", "take_back"])
def test_logins_that_did_not_fail_never_add_up(done):
    brake = LoginThrottle(Clock())
    for n in range(2 * FREE_FAILURES_OF_ADDRESS):
        assert brake.try_begin(HERE, f"name {n % 3}") == 0
        getattr(brake, done)(HERE, f"name {n % 3}")
    assert len(brake._begun) == 0


def test_a_login_does_not_clear_the_failures_of_other_names():
    brake = LoginThrottle(Clock())
    for n in range(FREE_FAILURES_OF_ADDRESS - 1):
        brake.try_begin(HERE, f"name {n}")
    brake.try_begin(HERE, "mali")
    brake.forget(HERE, "mali")
    assert brake.try_begin(HERE, "one more") == 0
    assert brake.try_begin(HERE, "too many") > 0


def test_guesses_sent_at_once_do_not_pass_together():
    brake, together = LoginThrottle(Clock()), Barrier(16)

    def guess(_):
        together.wait(timeout=120)
        return brake.try_begin(HERE, "mali")

    with ThreadPoolExecutor(16) as threads:
        waits = list(threads.map(guess, range(16)))
    assert waits.count(0) == FREE_FAILURES


def test_memory_is_bounded_and_the_oldest_forgotten_first(monkeypatch):
    monkeypatch.setattr(throttle, "MAX_KEYS", 4)
    brake = failed(FREE_FAILURES, Clock())
    for number in range(3):
        brake.try_begin("10.0.0.9", str(number))
    assert len(brake._begun) == 4
    assert brake.try_begin(HERE, "mali") == 0
