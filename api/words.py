"""The words by which officers and rangers read of incidents and flights."""

from collections.abc import Mapping

from api.language import mark
from detection.types import ObjectClass
from patrol.incident import Certainty, Priority, State
from patrol.uploads import UploadState
from patrol.user import Role
from patrol.zones import RuleName

STATE_WORDS: Mapping[State, str] = {
    State.NEW: mark("New"),
    State.CONFIRMED: mark("Confirmed"),
    State.RESPONDING: mark("Responding"),
    State.RESOLVED: mark("Resolved"),
    State.DISMISSED: mark("Dismissed"),
    State.RETRACTED: mark("Retracted"),
}

# what pressing the button does
STEP_WORDS: Mapping[State, str] = {
    State.NEW: mark("Open again"),
    State.CONFIRMED: mark("Confirm"),
    State.RESPONDING: mark("Start responding"),
    State.RESOLVED: mark("Resolve"),
    State.DISMISSED: mark("Dismiss"),
    State.RETRACTED: mark("Retract"),
}

UPLOAD_WORDS: Mapping[UploadState, str] = {
    UploadState.OPEN: mark("Sending"),
    UploadState.RECEIVED: mark("Received, being looked at"),
    UploadState.PROCESSING: mark("Received, being looked at"),
    UploadState.FAILED: mark("Could not be processed"),
    UploadState.READY: mark("Done"),
}

ROLE_WORDS: Mapping[Role, str] = {
    Role.RANGER: mark("Ranger"),
    Role.OFFICER: mark("Officer"),
    Role.ADMIN: mark("Administrator"),
}

CLASS_WORDS: Mapping[ObjectClass, str] = {
    ObjectClass.DUGONG: mark("Dugong"),
    ObjectClass.BOAT: mark("Boat"),
    ObjectClass.FISHING_GEAR: mark("Fishing gear"),
}

PRIORITY_WORDS: Mapping[Priority, str] = {
    Priority.HIGH: mark("Urgent"),
    Priority.NORMAL: mark("Soon"),
    Priority.LOW: mark("When there is time"),
}

CERTAINTY_WORDS: Mapping[Certainty, str] = {
    Certainty.INSIDE: mark("inside the zone"),
    Certainty.BOUNDARY: mark("near the boundary: its error leaves a doubt about the zone"),
    Certainty.UNKNOWN: mark("cannot be told: speed, tide or which thing it is was not measured"),
}

RULE_WORDS: Mapping[RuleName, str] = {
    RuleName.BOAT_IN_CLOSED_ZONE: mark("Boat in a closed zone"),
    RuleName.BOAT_IN_GO_SLOW_ZONE: mark("Boat in a go-slow zone"),
    RuleName.GEAR_IN_NO_FISHING_ZONE: mark("Fishing gear in a no-fishing zone"),
    RuleName.BOAT_NEAR_DUGONG: mark("Boat close to a dugong"),
    RuleName.BOAT_THROUGH_PAIR: mark("Boat between two dugongs"),
    RuleName.BOATS_AROUND_DUGONG: mark("Many boats around a dugong"),
    RuleName.DUGONG_SIGHTING: mark("Dugong sighted"),
    RuleName.REPORTED: mark("Reported by a person"),
    RuleName.GEAR_SEEN_AGAIN: mark("Fishing gear at the same place again"),
    RuleName.STILL_DUGONG: mark("A dugong that may be dead: look at the pictures"),
}

# why a file was refused, by the codes of ingest.refusal.REMEDIES
REFUSAL_WORDS: Mapping[str, str] = {
    "unreadable": mark("The file cannot be read"),
    "not_an_image": mark("Not a photo"),
    "unsupported_format": mark("A kind of photo that is not supported"),
    "thermal": mark("A thermal picture"),
    "multispectral": mark("One band of a multispectral picture"),
    "truncated": mark("The photo is cut short"),
    "damaged": mark("The photo is damaged"),
    "no_gps": mark("The photo does not say where it was taken"),
    "no_time": mark("The photo does not say when it was taken"),
    "no_camera": mark("The photo does not say which camera took it"),
    "bad_height": mark("The height above the sea makes no sense"),
    "duplicate": mark("The same photo twice"),
    "known": mark("Processed before, in another flight"),
    "video_damaged": mark("The video is damaged"),
    "video_cut_short": mark("The video is cut short"),
    "no_pictures": mark("No pictures in the video"),
    "no_telemetry": mark("Nothing tells where the drone was during the video"),
    "no_place": mark("No moment of the video has a place"),
    "log_unreadable": mark("A flight log that cannot be read"),
    "telemetry_alone": mark("Telemetry without its video"),
    "archive_too_large": mark("The ZIP is too large"),
    "bad_archive": mark("The ZIP, or this file in it, is broken"),
    "encrypted": mark("Locked with a password"),
    "entry_too_large": mark("Too large for a file in a ZIP"),
    "nested_archive": mark("A ZIP inside the ZIP"),
    "not_a_file": mark("A link, not a file"),
    "unsafe_name": mark("A file name that is not safe"),
    "unsupported_compression": mark("Packed in a way that is not supported"),
    "unwritable": mark("Could not be unpacked on this computer"),
    "wrong_type": mark("Neither a photo nor a video nor a flight log"),
    "wrong_hash": mark("What arrived was not what was announced"),
    "too_large": mark("Larger than a file may be"),
    "empty": mark("The file is empty"),
    "not_sent": mark("The file was left out"),
    "set_aside": mark("The software fails on this file; it was set aside"),
}
