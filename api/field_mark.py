"""What could not be checked here of a flight from the field, for those who read it."""

from typing import Self

from pydantic import BaseModel, Field

from api.deps import Services
from patrol.field_flight import Unverified, unverified


class UnverifiedOut(BaseModel):
    """A flight that was processed in the field, with what this server could not check itself."""

    sender: str = Field(description="whose device processed it", examples=["don"])
    model_known: bool = Field(description="whether its model is the one of this server")
    missing_originals: int = Field(
        description="photos with a sighting that have not come; sending them lifts this"
    )

    @classmethod
    def of(cls, mark: Unverified | None) -> Self | None:
        """Return the answer that describes a mark."""
        if mark is None:
            return None
        return cls(
            sender=mark.sender,
            model_known=mark.model_known,
            missing_originals=len(mark.missing),
        )


def mark_of(at_hand: Services, flight_id: str) -> Unverified | None:
    """Return the mark of a flight; None for one that was processed here, or is checked by now."""
    source = at_hand.store.origins.field_source(flight_id)
    if source is None:
        return None
    return unverified(source, at_hand.store.sightings(flight_id), at_hand.media)
