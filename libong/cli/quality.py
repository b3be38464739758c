"""How the commands tell a flight's quality: what can be used, what is beyond the detector."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from rich.table import Table

from detection.frame_look import FrameLook
from detection.limits import Limit
from detection.tracks import KNOTS_PER_M_S, course_deg_of
from detection.types import Sighting
from ingest.errors import PhotoError
from ingest.frame import Flight, Note, RefusedFile
from ingest.quality import FrameQuality, read_quality
from ingest.refusal import remedy_for
from ingest.summary import FlightFigures
from ingest.water_clarity import ERROR_FACTOR
from libong.cli.output import console


def measure_frames(
    flight: Flight, *, on_progress: Callable[[int, int], None]
) -> tuple[Flight, tuple[FrameQuality, ...]]:
    """Measure every frame; those that cannot be decoded are refused, and the flight goes on."""
    frames, qualities, refused = [], [], list(flight.refused)
    for done, frame in enumerate(flight.frames):
        on_progress(done, len(flight.frames))
        try:
            qualities.append(read_quality(frame))
            frames.append(frame)
        except PhotoError as error:
            note = Note(error.code, str(error))
            refused.append(RefusedFile(frame.path, frame.sha256, note, remedy_for(error.code)))
    on_progress(len(flight.frames), len(flight.frames))
    return replace(flight, frames=tuple(frames), refused=tuple(refused)), tuple(qualities)


def quality_document(quality: FrameQuality) -> dict[str, Any]:
    """What `libong frames --quality --json` says of a frame; shares and sharpness are 0 to 1."""
    return {
        "sharpness": _rounded(quality.sharpness),
        "clipped_share": _rounded(quality.clipped_share),
        "glare_share": _rounded(quality.glare_share),
        "secchi_m": _rounded(quality.secchi_m),
        "secchi_factor": None if quality.secchi_m is None else ERROR_FACTOR,
        "horizon_in_view": quality.horizon_in_view,
        "usable": quality.usable,
        "reasons": [{"code": note.code, "text": note.text} for note in quality.reasons],
    }


def figures_document(figures: FlightFigures) -> dict[str, Any]:
    """What `libong process --json` says of a flight as a whole."""
    return {
        "sentence_th": figures.sentence_th(),
        "sentence_en": figures.sentence_en(),
        "frames": figures.frames,
        "usable_frames": figures.usable_frames,
        "unusable": {each.code: each.count for each in figures.unusable},
        "seen_km2": round(figures.seen_km2, 6),
        "usable_km2": round(figures.usable_km2, 6),
        "secchi_m": _rounded(figures.secchi_m),
        "flown_km": round(figures.flown_km, 3),
        "minutes": round(figures.minutes, 1),
    }


def limit_documents(limits: Sequence[Limit]) -> list[dict[str, Any]]:
    """What is said of a frame that is beyond what the detector was taught."""
    return [
        {"code": it.code, "th": it.text_th, "en": it.text_en, "weight": round(it.weight, 3)}
        for it in limits
    ]


def motion_document(sighting: Sighting) -> dict[str, float | None]:
    """Speed, its 1 sigma and course of a sighting; nulls where no motion is shown."""
    speed_m_s, course_deg = sighting.speed_m_s, course_deg_of(sighting)
    return {
        "speed_m_s": _rounded(speed_m_s),
        "speed_error_m_s": _rounded(sighting.speed_sigma_m_s),
        "speed_knots": None if speed_m_s is None else round(speed_m_s * KNOTS_PER_M_S, 2),
        "course_deg": None if course_deg is None else round(course_deg, 1),
    }


def motion_cells(sighting: Sighting) -> tuple[str, str]:
    """Speed in knots and course for a table; dashes where no motion is shown."""
    speed_m_s, sigma_m_s = sighting.speed_m_s, sighting.speed_sigma_m_s
    course_deg = course_deg_of(sighting)
    if speed_m_s is None or sigma_m_s is None or course_deg is None:
        return "-", "-"
    knots, error = speed_m_s * KNOTS_PER_M_S, sigma_m_s * KNOTS_PER_M_S
    return f"{knots:.1f} ± {error:.1f}", f"{course_deg:.0f}°"


def print_figures(figures: FlightFigures) -> None:
    """Print a flight's sentence, Thai first."""
    console.print(figures.sentence_th(), highlight=False)
    console.print(figures.sentence_en(), highlight=False)


def print_qualities(flight: Flight, qualities: Sequence[FrameQuality]) -> None:
    """Print each frame's quality."""
    table = Table(
        *("file", "sharpness", "clipped", "glare", "horizon", "water m", "usable", "why not"),
        title="Quality",
    )
    for frame, quality in zip(flight.frames, qualities, strict=True):
        table.add_row(
            frame.path.name,
            "-" if quality.sharpness is None else f"{quality.sharpness:.2f}",
            f"{quality.clipped_share:.0%}",
            "-" if quality.glare_share is None else f"{quality.glare_share:.0%}",
            "in view" if quality.horizon_in_view else "-",
            "-" if quality.secchi_m is None else f"{quality.secchi_m:.1f}",
            "yes" if quality.usable else "no",
            "; ".join(note.text for note in quality.reasons),
        )
    console.print(table)
    if any(quality.secchi_m is not None for quality in qualities):
        console.print(
            "water m: how deep a white disc might be seen, estimated from colour and detail; good "
            f"to a factor of {ERROR_FACTOR:g} on rendered seas, not tried in the field; nothing is "
            "decided by it",
            highlight=False,
        )


def print_limits(looks: Sequence[FrameLook]) -> None:
    """Print the frames beyond what the detector was taught, and why."""
    if not looks:
        return
    table = Table("file", "weight", "ทำไม", "why", title="Beyond what the detector was taught")
    for look in looks:
        table.add_row(
            look.frame.path.name,
            f"{look.weight:.2f}",
            "; ".join(limit.text_th for limit in look.limits),
            "; ".join(limit.text_en for limit in look.limits),
        )
    console.print(table)


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
