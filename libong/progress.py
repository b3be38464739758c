"""How long work tells how far it is."""

from collections.abc import Callable

# The stage, how many of its steps are done, and how many there are.
Progress = Callable[[str, int, int], None]
