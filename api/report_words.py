"""The words of reports by people, apart from those of officers: the public side has them too."""

from collections.abc import Mapping

from api.language import Reader, mark
from patrol.witness_report import Fault, Outcome, WitnessKind

KIND_WORDS: Mapping[WitnessKind, str] = {
    WitnessKind.SIGHTING: mark("Dugong seen"),
    WitnessKind.NET: mark("Net or trap"),
    WitnessKind.BOAT: mark("Boat"),
    WitnessKind.CARCASS: mark("Dead or hurt animal"),
}

FAULT_WORDS: Mapping[Fault, str] = {
    Fault.EMPTY: mark("Add a photo or some words."),
    Fault.PHOTO_KIND: mark("The file is no photo that can be opened. Send a JPEG, PNG or HEIC."),
    Fault.PHOTO_LARGE: mark("The photo is too large: at most 15 MB."),
    Fault.PLACE_FAR: mark("The place is too far away. Mark it on the map, or only write it."),
    Fault.TOO_MANY: mark("Too many reports at this moment. Please try again in an hour."),
    Fault.ROBOT: mark("Please leave the hidden field empty, and send once more."),
}

OUTCOME_WORDS: Mapping[Outcome, str] = {
    Outcome.RECEIVED: mark("Received. An officer will look at it."),
    Outcome.CONFIRMED: mark("An officer confirmed it."),
    Outcome.RESPONDING: mark("Officers are on it."),
    Outcome.RESOLVED: mark("It is settled. Thank you."),
    Outcome.DISMISSED: mark("An officer looked at it and closed it."),
}

SCRIPT_WORDS: Mapping[str, str] = {
    "place_found": mark("Your place is known to within {metres} m."),
    "place_looking": mark("Looking for your place…"),
    "place_denied": mark("The phone does not tell its place. Tap the map, or write where it was."),
    "place_chosen": mark("The place on the map is marked."),
}


def script_words(reader: Reader) -> dict[str, object]:
    """Return what the scripts of the form say in the reader's language."""
    return {key: reader.text(text) for key, text in SCRIPT_WORDS.items()}
