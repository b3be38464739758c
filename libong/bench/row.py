"""One line of a benchmark's answer."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """One comparison; `ratio` above 1 means that we are ahead.

    `peer` and `ratio` are None for what the peer does not do or does not tell.
    """

    bench: str
    metric: str
    unit: str
    ours: float
    peer: float | None
    peer_name: str
    ratio: float | None


def lower_is_better(
    bench: str, metric: str, unit: str, ours: float, peer: float | None, peer_name: str
) -> Row:
    """Compare what should be small: seconds, megabytes, false alarms."""
    ratio = None if peer is None or ours == 0 else peer / ours
    return Row(bench, metric, unit, ours, peer, peer_name, ratio)


def higher_is_better(
    bench: str, metric: str, unit: str, ours: float, peer: float | None, peer_name: str
) -> Row:
    """Compare what should be large: recall, precision."""
    ratio = None if not peer else ours / peer
    return Row(bench, metric, unit, ours, peer, peer_name, ratio)
