"""The parts of the site that people work in, by their addresses: where one goes back to."""

from collections.abc import Mapping

from api.language import mark

# a part of a part stands before it
_SECTIONS: Mapping[str, str] = {
    "/account": mark("My account"),
    "/admin/users": mark("Accounts"),
    "/desk/permits": mark("Permits"),
    "/desk/reports": mark("Reports"),
    "/desk": mark("Alerts"),
    "/flights": mark("Flights"),
    "/ranger": mark("Send flights"),
    "/report": mark("Tell us what you saw"),
}


def section_of(path: str) -> tuple[str, str] | None:
    """Return the address and the name of the part that a page or a form is of, if of any."""
    for section, name in _SECTIONS.items():
        if path == section or path.startswith(f"{section}/"):
            return section, name
    return None
