"""What holds for all tests."""

from hypothesis import HealthCheck, settings

# How long a machine took says how busy it was, not whether the code is right: what has to be fast
# is timed by `libong bench`, and by tests of its own.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")
