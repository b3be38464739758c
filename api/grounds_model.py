"""What the JSON interface says of the grounds of a verdict."""

from typing import Self

from pydantic import BaseModel, Field

from patrol.verdict import Grounds


class FigureOut(BaseModel):
    """A figure that a verdict rests on, with one standard deviation, and its limit."""

    name: str = Field(examples=["speed_m_s"])
    value: float = Field(examples=[5.8])
    sigma: float | None = Field(examples=[0.27])
    limit: float | None = Field(examples=[3.09])


class GroundsOut(BaseModel):
    """What a verdict rests on; a zone's version is at /api/v1/zones/{id}/versions/{number}."""

    zone_version: int | None
    zone_sha256: str | None
    probability: float | None = Field(
        ge=0, le=1, description="that it lies in the zone, from the error of its place alone"
    )
    figures: list[FigureOut]
    sightings: list[str] = Field(description="other sightings that the verdict rests on")

    @classmethod
    def of(cls, grounds: Grounds) -> Self:
        """Return the answer that describes `grounds`."""
        return cls(
            zone_version=grounds.zone_version,
            zone_sha256=grounds.zone_sha256,
            probability=grounds.probability,
            figures=[
                FigureOut(name=it.name, value=it.value, sigma=it.sigma, limit=it.limit)
                for it in grounds.figures
            ],
            sightings=list(grounds.sightings),
        )
