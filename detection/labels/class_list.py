"""The names that a YOLO data set gives to its class numbers: a list of lines, or a data.yaml."""

import re

from detection.labels.errors import LabelError

NAME_LISTS = ("classes.txt", "obj.names")
YAML_FILES = ("data.yaml", "data.yml", "dataset.yaml")
YAML_SUFFIXES = (".yaml", ".yml")

# A list in brackets, numbers and names in braces, or a line each. These are the ways in which tools
# write it; a parser of all YAML would be a dependency more.
_NAMES = re.compile(
    r"^names:[ \t]*(?:[\[{](.*?)[\]}])?[^\n]*\n?((?:[ \t]*(?:-|\d+:)[^\n]*\n?)*)", re.M | re.S
)
_NUMBERED = re.compile(r"(?:(\d+)[ \t]*:|-)?(.*)", re.S)


def names_classes(text: str) -> bool:
    """Whether a YAML file says anything under `names:`."""
    return _NAMES.search(text.replace("\r", "")) is not None


def class_list(text: str, source: str) -> tuple[str, ...]:
    """Return the names in a file called `source`, in the order of their numbers.

    Raises LabelError, naming `source`, for a data.yaml that does not say.
    """
    if not source.casefold().endswith(YAML_SUFFIXES):
        return tuple(line.strip() for line in text.splitlines() if line.strip())
    found = _NAMES.search(text.replace("\r", ""))
    if found is None:
        raise LabelError(
            f"{source} must name the classes under `names:`; put a classes.txt with one name a "
            "line beside it"
        )
    parts = found[1].split(",") if found[1] is not None else found[2].splitlines()
    names: dict[int, str] = {}
    for part in filter(None, map(str.strip, parts)):
        number, name = _NUMBERED.fullmatch(part).groups()  # type: ignore[union-attr]  # fits all
        names[len(names) if number is None else int(number)] = _unquoted(name)
    if sorted(names) != list(range(len(names))) or not names:
        raise LabelError(
            f"the names under `names:` of {source} cannot be read; put a classes.txt, one name a "
            "line, beside it"
        )
    return tuple(names[number] for number in sorted(names))


def _unquoted(text: str) -> str:
    return text.split(" #")[0].strip().strip("'\"")
