from datetime import UTC, datetime, timedelta

from api import throttle
from api.throttle import FREE_FAILURES, WINDOW, LoginThrottle


class Clock:
    moment = datetime(2026, 11, 22, tzinfo=UTC)

    def __call__(self):
        return self.moment


def failed(times, clock):
    brake = LoginThrottle(clock)
    for _ in range(times):
        brake.record_failure("10.0.0.1", "mali")
    return brake


def test_a_few_mistakes_are_free():
    assert failed(FREE_FAILURES - 1, Clock()).wait_s("10.0.0.1", "mali") == 0


def test_more_must_wait_and_may_try_again_after_the_window():
    clock = Clock()
    brake = failed(FREE_FAILURES, clock)
    wait_s = brake.wait_s("10.0.0.1", "mali")
    assert 0 < wait_s <= WINDOW.total_seconds() + 1
    clock.moment += timedelta(seconds=wait_s)
    assert brake.wait_s("10.0.0.1", "mali") == 0


def test_nobody_else_is_locked_out():
    brake = failed(50, Clock())
    assert brake.wait_s("10.0.0.1", "don") == 0
    assert brake.wait_s("10.0.0.2", "mali") == 0


def test_a_login_clears_the_count():
    brake = failed(FREE_FAILURES, Clock())
    brake.forget("10.0.0.1", "mali")
    assert brake.wait_s("10.0.0.1", "mali") == 0


def test_memory_is_bounded_and_the_oldest_forgotten_first(monkeypatch):
    monkeypatch.setattr(throttle, "MAX_KEYS", 3)
    brake = failed(FREE_FAILURES, Clock())
    for number in range(3):
        brake.record_failure("10.0.0.9", str(number))
    assert brake.wait_s("10.0.0.1", "mali") == 0
    assert len(brake._failures) == 3
