"""What to do about each kind of refused file, by the code of its PhotoError or ArchiveError."""

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
    "known": "Nothing: it counts in that flight already.",
    # of a ZIP or a file in one
    "archive_too_large": "Send several smaller ZIPs, or the photos themselves.",
    "bad_archive": "Make the ZIP again from the photos on the drone's card, and send it again.",
    "encrypted": "Make the ZIP without a password.",
    "entry_too_large": "Send this file by itself, outside the ZIP.",
    "nested_archive": "Unpack it and put its photos into one ZIP, without further ZIPs inside.",
    "not_a_file": "Put the photos themselves into the ZIP, not links to them.",
    "unsafe_name": "Make the ZIP again on the computer, from the folder with the photos.",
    "unsupported_compression": "Make the ZIP again with the usual compression (Deflate).",
    "unwritable": "Check this computer's free space, and that the file's name is not too long.",
}


def remedy_for(code: str) -> str:
    """Return what a ranger can do about a file refused with `code`."""
    return REMEDIES[code]
