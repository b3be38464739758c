"""The public side: what operators and visitors may read, and nothing that leads to an animal.

Modules here are given a reader of zone statuses and import nothing that knows of sightings; an
import rule (pyproject.toml) and a property test (tests/api/test_public_leaks.py) hold them to it.
"""
