"""Files that lie beside photos on a drone's card or in a data set and are no photos."""

from pathlib import PurePath

_SUFFIXES = frozenset(
    {".csv", ".geojson", ".html", ".json", ".kml", ".log", ".md", ".toml", ".txt", ".xml", ".xmp"}
    | {".bin", ".mrk", ".nav", ".obs", ".rpt"}  # DJI's RTK records
    | {".kmz"}  # DJI's flight plans, which are ZIPs inside
    | {".lrf", ".thm"}  # small previews of DJI's videos
)
_NAMES = frozenset({"readme", "license", "licence", "thumbs.db", "makefile"})


def is_sidecar(path: PurePath) -> bool:
    """Whether a file's name says that it is no photo, video or track."""
    return path.suffix.lower() in _SUFFIXES or path.stem.lower() in _NAMES
