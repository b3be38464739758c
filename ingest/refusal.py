"""What to do about each kind of refused photo, by the code of its PhotoError."""

REMEDIES = {
    "unreadable": "Check that the file is there and may be read, then send it again.",
    "not_an_image": "Send the drone's original photos; leave this file out.",
    "unsupported_format": "Set the drone to write JPEG, or convert the photo with its metadata.",
    "truncated": "Copy the photo from the drone's card again; the transfer was cut short.",
    "damaged": "Copy the photo from the drone's card again.",
    "no_gps": "Wait for the drone's GPS lock before taking photos; send originals with metadata.",
    "no_time": "Set the drone's clock; send originals, not copies that lost their metadata.",
    "no_camera": "Send the original photo, whose metadata tell the lens's focal length.",
    "bad_height": "Leave out photos from the ground; check the site's launch height and sea level.",
    "duplicate": "Nothing: the same photo is in this flight once already.",
}


def remedy_for(code: str) -> str:
    """Return what a ranger can do about a photo refused with `code`."""
    return REMEDIES[code]
