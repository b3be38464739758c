"""The words of the desk: what was done with an incident, and why one is dismissed."""

from collections.abc import Mapping

from api.language import mark
from patrol.incident_event import Deed
from patrol.zone_versions import AS_IN_FILE, NOT_IN_FILE

DEED_WORDS: Mapping[Deed, str] = {
    Deed.OPENED: mark("opened"),
    Deed.MOVED: mark("decided"),
    Deed.ASSIGNED: mark("assigned"),
    Deed.PRIORITISED: mark("changed the priority"),
    Deed.COMMENTED: mark("commented"),
    Deed.JOINED: mark("joined it to another"),
    Deed.SEPARATED: mark("separated it again"),
    Deed.SPLIT: mark("split another thing off"),
    Deed.UNDONE: mark("undid the step before"),
}

# the reasons of the software itself, which the ledger keeps in English
FILE_REASON_WORDS: Mapping[str, str] = {
    AS_IN_FILE: mark("as in the file of the site"),
    NOT_IN_FILE: mark("no longer in the file of the site"),
}

# the reasons officers give most, so that nobody has to type them; the note says anything else
DISMISSAL_REASONS: tuple[str, ...] = (
    mark("Waves, foam or glare"),
    mark("Rock, sandbar or seagrass"),
    mark("Floating debris"),
    mark("Another animal or bird"),
    mark("The same thing seen twice"),
    mark("It had leave to be there"),
    mark("Cannot be told from the picture"),
)
