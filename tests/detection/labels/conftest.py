"""Made-up labelled flights."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from detection.labels.label import (
    Label,
    LabelledFlight,
    LabelledFrame,
    Origin,
    Undecided,
    Verdict,
)
from detection.types import ObjectClass

AT = datetime(2026, 3, 1, 5, 0, tzinfo=UTC)
MODEL = "e" * 64


@pytest.fixture(scope="session")
def make_label() -> Callable[..., Label]:
    def make(
        key: str = "d0",
        object_class: ObjectClass = ObjectClass.DUGONG,
        xyxy_px: tuple[float, float, float, float] = (10.5, 20.0, 60.25, 80.125),
        verdict: Verdict = Verdict.OBJECT,
        **changes: object,
    ) -> Label:
        values: dict[str, object] = {
            "version": 1,
            "origin": Origin.CONFIRMED,
            "role": "officer",
            "at_utc": AT,
            "model_sha256": MODEL,
        }
        return Label(
            key=key,
            object_class=object_class,
            xyxy_px=xyxy_px,
            verdict=verdict,
            **(values | changes),
        )

    return make


@pytest.fixture(scope="session")
def make_frame() -> Callable[..., LabelledFrame]:
    def make(
        name: str = "a",
        *labels: Label,
        complete: bool = True,
        undecided: tuple[Undecided, ...] = (),
    ) -> LabelledFrame:
        sha256 = (name.encode().hex() * 64)[:64]
        return LabelledFrame(
            sha256, f"{name}.JPG", 4000, 3000, AT, 3.5, complete, labels, undecided
        )

    return make


@pytest.fixture(scope="session")
def make_flight(make_frame: Callable[..., LabelledFrame], make_label: Callable[..., Label]):
    def make(flight_id: str, classes: tuple[ObjectClass, ...], frames: int = 2) -> LabelledFlight:
        """A flight whose first frame shows one of each class."""
        labels = tuple(make_label(f"d{n}", c) for n, c in enumerate(classes))
        return LabelledFlight(
            flight_id,
            tuple(
                make_frame(f"{flight_id}{n}", *(labels if n == 0 else ())) for n in range(frames)
            ),
        )

    return make
