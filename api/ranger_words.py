"""What the scripts of the ranger's pages say, by key; `{name}` stands for what they fill in."""

from collections.abc import Mapping

from api.language import Reader, mark
from api.report_words import FAULT_WORDS, KIND_WORDS, script_words
from api.words import CLASS_WORDS, REFUSAL_WORDS
from ingest.refusal import REMEDIES

PAGE_WORDS: Mapping[str, str] = {
    "online": mark("Connected: sends by itself."),
    "offline": mark("No network now. Everything is kept on this phone and sent by itself later."),
    "unreached": mark("The server cannot be reached now; trying again by itself."),
    "signed_out": mark("Log in again to go on sending. What is kept here stays."),
    "no_one_here": mark("Nobody is logged in on this phone. Log in when there is a network."),
    "log_in": mark("Log in"),
    "keeping": mark("Copying to the phone: {done} of {all} files. Please keep this page open."),
    "kept": mark("Kept on this phone. You may close the browser; it goes on when you come back."),
    "not_kept": mark(
        "The phone has no room for a copy of {count} files. Keep this page open until they are "
        "sent, and do not take the card out."
    ),
    "cut_short": mark(
        "The copy was cut short when the page closed. Choose the same files once more."
    ),
    "nothing_chosen": mark("There was no file to send in this folder."),
    "total": mark("{files} of {all_files} files sent · {sent} of {all}"),
    "time_left": mark("about {minutes} min left"),
    "all_sent": mark("Everything is sent."),
    "nothing_yet": mark("Nothing here yet. Choose the files of a flight above."),
    "step_waiting": mark("Waits to be sent"),
    "step_sending": mark("Sending"),
    "step_received": mark("Received, being looked at"),
    "step_ready": mark("Done"),
    "step_failed": mark("Could not be processed"),
    "step_halted": mark("Stopped"),
    "file_waiting": mark("waits"),
    "file_checking": mark("checking {percent} %"),
    "file_sending": mark("{percent} % sent"),
    "file_sent": mark("sent"),
    "file_refused": mark("not taken"),
    "files_of": mark("{count} files, {size}"),
    "show_files": mark("Files"),
    "refused_title": mark("Not taken: {count}"),
    "found_title": mark("What was found"),
    "found_none": mark("No dugong, boat or fishing gear was found."),
    "found_photos": mark("{count} photos looked at, {area} of sea seen"),
    "found_to_officers": mark("Only officers see where. The places of dugongs stay secret."),
    "thanks": mark("Thank you for watching over the sea."),
    "processing": mark("{done} of {total}"),
    "remove": mark("Remove from this list"),
    "remove_sure": mark("This flight is not sent yet. Press again to delete it from the phone."),
    "try_again": mark("Try again"),
    "surveyed": mark("of sea surveyed"),
    "km2": mark("{area} km²"),
    "m2": mark("{area} m²"),
    "flights": mark("Flights"),
    "photos": mark("Photos"),
    "dugongs": mark("dugongs found"),
    "credit_saved": mark("Saved."),
    "anonymous": mark("A ranger who stays unnamed"),
    "gone_from_phone": mark("The file is no longer on the phone; choose it again"),
    "left_out": mark("The file was left out"),
    "quota": mark("There is no room for this flight now. Keep the card and ask an administrator."),
    "report_kept": mark("Kept. It is sent by itself when there is a network."),
    "report_sent": mark("Sent. Officers see it now."),
    "report_refused": mark("Not taken: {why}"),
    "report_waiting": mark("waits to be sent"),
}


def page_words(reader: Reader) -> dict[str, object]:
    """Return all that the scripts say in the reader's language."""
    return {
        **{key: reader.text(text) for key, text in PAGE_WORDS.items()},
        **script_words(reader),
        "kinds": {kind.value: reader.text(text) for kind, text in KIND_WORDS.items()},
        "faults": {fault.value: reader.text(text) for fault, text in FAULT_WORDS.items()},
        "language": reader.language.value,
        "classes": {kind.value: reader.text(text) for kind, text in CLASS_WORDS.items()},
        "refusals": {code: reader.text(text) for code, text in REFUSAL_WORDS.items()},
        "remedies": {code: reader.text(text) for code, text in REMEDIES.items()},
    }
