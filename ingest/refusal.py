"""What to do about each kind of refused file, by the code of its error."""

REMEDIES = {
    "unreadable": "Check that the file is there and may be read, then send it again.",
    "not_an_image": "Send the drone's original photos; leave this file out.",
    "unsupported_format": "Set the drone to write JPEG, or convert the photo with its metadata.",
    "thermal": "Send the colour picture that the drone took with it; leave this one out.",
    "multispectral": "Send the colour (RGB) picture that was taken with it; leave the bands out.",
    "truncated": "Copy the photo from the drone's card again; the transfer was cut short.",
    "damaged": "Copy the photo from the drone's card again.",
    "no_gps": "Wait for the drone's GPS lock before taking photos; send originals with metadata.",
    "no_time": "Set the drone's clock; send originals, not copies that lost their metadata.",
    "no_camera": "Send the original photo, whose metadata tell the lens's focal length.",
    "bad_height": "Leave out photos from the ground; check the site's launch height and sea level.",
    "duplicate": "Nothing: the same photo is in this flight once already.",
    "known": "Nothing: it counts in that flight already.",
    # of a video, or of what lies beside one
    "video_damaged": "Copy the video from the drone's card again.",
    "video_cut_short": "Copy the video from the card again; if the drone lost power while filming, "
    "put the card back and switch the drone on, which mends the file.",
    "no_pictures": "Leave this file out.",
    "no_telemetry": "Send the .SRT file that lies beside the video on the card, or a flight log "
    "(Airdata or Litchi CSV, or GPX); switch on video captions in the drone's camera settings.",
    "no_place": "Wait for the drone's GPS lock before filming, and film the sea from the air.",
    "log_unreadable": "Export the flight log again as GPX, or as CSV from Airdata or Litchi.",
    "telemetry_alone": "Send the video of the same name with it.",
    # of a ZIP or a file in one
    "archive_too_large": "Send several smaller ZIPs, or the photos themselves.",
    "bad_archive": "Make the ZIP again from the photos on the drone's card, and send it again.",
    "encrypted": "Make the ZIP without a password.",
    "entry_too_large": "Send this file by itself, outside the ZIP.",
    "nested_archive": "Unpack it and put its photos into one ZIP, without further ZIPs inside.",
    "not_a_file": "Put the photos themselves into the ZIP, not links to them.",
    "unsafe_name": "Make the ZIP again on the computer, from the folder with the photos.",
    "unsupported_compression": "Make the ZIP again with the usual compression (Deflate).",
    # of a file on its way here
    "wrong_type": "Send the drone's photos, videos, SRT files and flight logs; leave others out.",
    "wrong_hash": "Copy the file from the drone's card again and send it again.",
    "too_large": "Cut the video into shorter ones, or set the drone to do so.",
    "empty": "Leave this file out; nothing is in it.",
    "not_sent": "Send the file with the next flight, when you have it again.",
    # of a file that the software fails on, whatever is in it
    "set_aside": "Tell who looks after this service; the file is kept, the other photos are used.",
    "unwritable": "Check this computer's free space, and that the file's name is not too long.",
}


def remedy_for(code: str) -> str:
    """Return what a ranger can do about a file refused with `code`."""
    return REMEDIES[code]
