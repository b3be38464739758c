"""What a change of the sightings of a flight changes in what the rules say of them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from patrol.verdict import Certainty, Priority, Verdict

_Key = tuple[str, str | None, str]
_SAME_IDS: Mapping[str, str] = MappingProxyType({})
_SOONEST, _SUREST = tuple(Priority), tuple(Certainty)


@dataclass(frozen=True)
class VerdictChanges:
    """Verdicts that came, those that went, and those that stay but say something else now."""

    raised: tuple[Verdict, ...] = ()
    gone: tuple[Verdict, ...] = ()
    altered: tuple[Verdict, ...] = ()


def compare(
    before: Sequence[Verdict], after: Sequence[Verdict], now: Mapping[str, str] = _SAME_IDS
) -> VerdictChanges:
    """Return what differs between two judgements; a verdict is known by rule, zone and sighting.

    `now` gives the sighting that another of before is part of now, by their ids.
    """
    said: dict[_Key, list[Verdict]] = {}
    for verdict in before:
        known = replace(verdict, sighting_id=now.get(verdict.sighting_id, verdict.sighting_id))
        said.setdefault(_key(known), []).append(known)
    says = {_key(verdict): verdict for verdict in after}
    return VerdictChanges(
        raised=tuple(verdict for key, verdict in says.items() if key not in said),
        gone=tuple(verdicts[-1] for key, verdicts in said.items() if key not in says),
        altered=tuple(
            verdict
            for key, verdict in says.items()
            if key in said and _said(verdict) not in map(_said, said[key])
        ),
    )


def strongest(verdicts: Iterable[Verdict]) -> tuple[Verdict, ...]:
    """Return one verdict for each rule, zone and sighting: the most urgent, then the surest."""
    kept: dict[_Key, Verdict] = {}
    for verdict in verdicts:
        known = kept.setdefault(_key(verdict), verdict)
        if _strength(verdict) < _strength(known):
            kept[_key(verdict)] = verdict
    return tuple(kept.values())


def _strength(verdict: Verdict) -> tuple[int, int]:
    return _SOONEST.index(verdict.priority), _SUREST.index(verdict.certainty)


def _key(verdict: Verdict) -> _Key:
    return verdict.rule, verdict.zone_id, verdict.sighting_id


def _said(verdict: Verdict) -> tuple[str, str]:
    return verdict.certainty, verdict.reason_en
