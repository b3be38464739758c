"""One flight in figures, and in a sentence."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from statistics import median

import shapely

from ingest.bursts import bursts
from ingest.equal_area import M2_PER_KM2, EqualAreaPlane, union
from ingest.flight_split import flown_m, split_flights
from ingest.frame import Flight, Frame
from ingest.lonlat import LonLat
from ingest.projection import SeaView
from ingest.quality import FrameQuality
from ingest.reason_words import words_for
from ingest.water_clarity import ERROR_FACTOR

# Our own figure: at 10 cm a pixel a dugong of 2.5 m is 25 px long. What is seen more coarsely is
# searched, too, but effort does not count it as looked at.
COARSEST_USABLE_GSD_CM = 10.0


@dataclass(frozen=True)
class CodeCount:
    """How many files or frames have one thing wrong with them."""

    code: str
    count: int


@dataclass(frozen=True)
class FlightFigures:
    """What a flight amounts to.

    `unusable` counts frames by what keeps them from being a look at the sea (see `FrameQuality`;
    one frame may have two reasons) and `refused` files by why they are no frames; both the most
    frequent first. `seen_km2` is the sea within the frames, each place once; `usable_km2` that
    within usable frames, as far out as a pixel covers no more than `COARSEST_USABLE_GSD_CM`.
    `flown_km` and `time_flown` are from frame to frame, without the pauses between flights.
    `secchi_m` is the middle one of the estimates of how clear the water was, None without any.
    `in_bursts` counts the frames that were taken at once with others of the same place.
    Where no picture was `measured`, nothing is known of use, and the sentences leave it out.
    """

    frames: int
    usable_frames: int
    unusable: tuple[CodeCount, ...]
    refused: tuple[CodeCount, ...]
    seen_km2: float
    usable_km2: float
    flown_km: float
    time_flown: timedelta
    first_taken_utc: datetime | None
    last_taken_utc: datetime | None
    measured: bool = True
    secchi_m: float | None = None
    in_bursts: int = 0

    @property
    def minutes(self) -> float:
        """Minutes in the air."""
        return self.time_flown / timedelta(minutes=1)

    @property
    def refused_files(self) -> int:
        """Files that did not become frames."""
        return sum(each.count for each in self.refused)

    def sentence_en(self) -> str:
        """The figures for a ranger who reads English."""
        minutes = round(self.minutes)
        why = ", ".join(f"{each.count} {words_for(each.code).en}" for each in self.refused)
        return ", ".join(
            [
                f"{self.frames} frame{_s(self.frames)}",
                *([f"{self.in_bursts} of them taken in bursts"] if self.in_bursts else []),
                *(f"{each.count} {words_for(each.code).en}" for each in self.unusable),
                *([f"{self.refused_files} refused ({why})"] if self.refused else []),
                f"{_short(self.seen_km2)} km² seen",
                *([f"{_short(self.usable_km2)} km² of it usable"] if self.measured else []),
                *([f"water clear to about {_clear(self.secchi_m)} m"] if self.secchi_m else []),
                f"{_short(self.flown_km)} km flown",
                f"{minutes} minute{_s(minutes)}" if minutes else "less than a minute",
            ]
        )

    def sentence_th(self) -> str:
        """The figures for a ranger who reads Thai."""
        minutes = round(self.minutes)
        why = ", ".join(f"{words_for(each.code).th} {each.count}" for each in self.refused)
        return " · ".join(
            [
                f"{self.frames} รูป",
                *([f"ถ่ายรัว {self.in_bursts} รูป"] if self.in_bursts else []),
                *(f"{words_for(each.code).th} {each.count} รูป" for each in self.unusable),
                *([f"รับไม่ได้ {self.refused_files} ไฟล์ ({why})"] if self.refused else []),
                f"เห็นพื้นที่ {_short(self.seen_km2)} ตร.กม.",
                *([f"ใช้ได้ {_short(self.usable_km2)} ตร.กม."] if self.measured else []),
                *([f"น้ำใสราว {_clear(self.secchi_m)} ม."] if self.secchi_m else []),
                f"บินไกล {_short(self.flown_km)} กม.",
                f"{minutes} นาที" if minutes else "ไม่ถึง 1 นาที",
            ]
        )


def summarise(flight: Flight, qualities: Sequence[FrameQuality]) -> FlightFigures:
    """Sum up a flight; `qualities` are those of its frames, in the same order.

    Raises ValueError when there are not as many as frames.
    """
    seen = summarise_unmeasured(flight)
    usable = usable_looks(flight.frames, qualities)
    return replace(
        seen,
        usable_frames=sum(quality.usable for quality in qualities),
        unusable=_counted(note.code for quality in qualities for note in quality.reasons),
        usable_km2=_area_km2(frame.footprint for frame in usable),
        measured=True,
        secchi_m=_middle(quality.secchi_m for quality in qualities if quality.usable),
    )


def summarise_unmeasured(flight: Flight) -> FlightFigures:
    """Sum up a flight by its metadata, when its pictures were not looked at."""
    parts = split_flights(flight.frames)
    times = [frame.taken_at_utc for frame in flight.frames]
    return FlightFigures(
        frames=len(flight.frames),
        usable_frames=0,
        unusable=(),
        refused=_counted(refused.reason.code for refused in flight.refused),
        seen_km2=_area_km2(frame.footprint for frame in flight.frames),
        usable_km2=0.0,
        flown_km=sum(map(flown_m, parts)) / 1000,
        time_flown=sum(
            (part[-1].taken_at_utc - part[0].taken_at_utc for part in parts), timedelta()
        ),
        first_taken_utc=min(times, default=None),
        last_taken_utc=max(times, default=None),
        measured=False,
        in_bursts=sum(map(len, bursts(flight.frames))),
    )


def usable_looks(frames: Sequence[Frame], qualities: Sequence[FrameQuality]) -> tuple[Frame, ...]:
    """The usable frames, each with the footprint that counts as looked at.

    That ends where a pixel covers more than `COARSEST_USABLE_GSD_CM`. Raises ValueError when there
    are not as many qualities as frames.
    """
    return tuple(
        replace(frame, footprint=_usable_footprint(frame))
        for frame, quality in zip(frames, qualities, strict=True)
        if quality.usable
    )


def _usable_footprint(frame: Frame) -> tuple[LonLat, ...] | None:
    return SeaView(frame.camera, frame.pose).footprint(coarsest_gsd_cm=COARSEST_USABLE_GSD_CM)


def _counted(codes: Iterable[str]) -> tuple[CodeCount, ...]:
    counts = sorted(Counter(codes).items(), key=lambda item: (-item[1], item[0]))
    return tuple(CodeCount(code, count) for code, count in counts)


def _area_km2(footprints: Iterable[tuple[LonLat, ...] | None]) -> float:
    """Area of the union of rings, in a projection about the first that keeps areas."""
    rings = [ring for ring in footprints if ring is not None]
    if not rings:
        return 0.0
    plane = EqualAreaPlane(rings[0][0])
    return union([plane.metres(shapely.Polygon(ring)) for ring in rings]).area / M2_PER_KM2


def _middle(estimates: Iterable[float | None]) -> float | None:
    told = [estimate for estimate in estimates if estimate is not None]
    return median(told) if told else None


def _clear(secchi_m: float) -> str:
    """Half and twice the estimate: what it may be."""
    return f"{_short(secchi_m / ERROR_FACTOR)}–{_short(secchi_m * ERROR_FACTOR)}"


def _short(value: float) -> str:
    """Two figures below ten, whole numbers above: what people say. At most four decimals."""
    return f"{value:.0f}" if value >= 10 else f"{round(value, 4):.2g}"


def _s(count: int) -> str:
    return "" if count == 1 else "s"
