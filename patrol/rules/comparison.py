"""What a change of the sightings of a flight changes in what the rules say of them."""

from collections.abc import Sequence
from dataclasses import dataclass

from patrol.verdict import Verdict

_Key = tuple[str, str | None, str]


@dataclass(frozen=True)
class VerdictChanges:
    """Verdicts that came, those that went, and those that stay but say something else now."""

    raised: tuple[Verdict, ...] = ()
    gone: tuple[Verdict, ...] = ()
    altered: tuple[Verdict, ...] = ()


def compare(before: Sequence[Verdict], after: Sequence[Verdict]) -> VerdictChanges:
    """Return what differs between two judgements; a verdict is known by rule, zone and sighting."""
    was = {_key(verdict): verdict for verdict in before}
    now = {_key(verdict): verdict for verdict in after}
    return VerdictChanges(
        raised=tuple(verdict for key, verdict in now.items() if key not in was),
        gone=tuple(verdict for key, verdict in was.items() if key not in now),
        altered=tuple(
            verdict
            for key, verdict in now.items()
            if key in was and _said(was[key]) != _said(verdict)
        ),
    )


def _key(verdict: Verdict) -> _Key:
    return verdict.rule, verdict.zone_id, verdict.sighting_id


def _said(verdict: Verdict) -> tuple[str, str]:
    return verdict.certainty, verdict.reason_en
