"""Lists a piece at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Generic, TypeVar

from fastapi import Query

Item = TypeVar("Item")

Limit = Annotated[int, Query(ge=1, le=500)]
# no list is as long as this; databases count to 2^63, and answer beyond with a fault
LONGEST = 10**12
Offset = Annotated[int, Query(ge=0, le=LONGEST)]


@dataclass(frozen=True)
class Page(Generic[Item]):
    """`limit` items of a list of `total`, from `offset` on."""

    items: Sequence[Item]
    total: int
    limit: int
    offset: int

    @property
    def previous_offset(self) -> int | None:
        """Where the page before starts; None on the first."""
        return max(0, self.offset - self.limit) if self.offset > 0 else None

    @property
    def next_offset(self) -> int | None:
        """Where the next page starts; None on the last."""
        following = self.offset + self.limit
        return following if following < self.total else None


def page_of(items: Sequence[Item], limit: int, offset: int) -> Page[Item]:
    """Return the page of `items` that starts at `offset`."""
    return Page(items[offset : offset + limit], len(items), limit, offset)
