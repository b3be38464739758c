"""Files that are there whole or not at all, whenever the process that writes them is stopped."""

from pathlib import Path


def write_whole(path: Path, data: bytes) -> None:
    """Write a file aside, in its own folder, and put it in the place of one that is there."""
    aside = path.with_name(f".{path.name}.part")
    aside.write_bytes(data)
    aside.replace(path)
