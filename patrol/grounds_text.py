"""What a verdict rests on, as the text in which the store keeps it."""

import json

from patrol.ledger import canonical_json
from patrol.ledger_form import grounds_form
from patrol.verdict import Figure, Grounds


def grounds_text(grounds: Grounds | None) -> str | None:
    """Return the canonical JSON of grounds; None where nothing was kept."""
    return None if grounds is None else canonical_json(grounds_form(grounds))


def grounds_of_text(text: str | None) -> Grounds | None:
    """Return the grounds of a text; raises ValueError or TypeError for one that was edited."""
    if text is None:
        return None
    document = json.loads(text)
    figures = tuple(Figure(**figure) for figure in document.pop("figures"))
    sightings = tuple(document.pop("sightings"))
    return Grounds(**document, figures=figures, sightings=sightings)
