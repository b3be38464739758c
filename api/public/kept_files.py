"""The static files that a phone keeps for times without network, and their version."""

from functools import cache
from hashlib import sha256
from pathlib import Path

import xstatic.pkg.leaflet

STATIC_DIR = Path(__file__).parent.parent / "static"
LEAFLET_DIR = Path(xstatic.pkg.leaflet.BASE_DIR)

# as the page of zones asks for them
KEPT_FILES = (
    "/static/vendor/leaflet/leaflet.css",
    "/static/vendor/leaflet/leaflet.js",
    "/static/libong.css",
    "/static/zones.css",
    "/static/map.js",
    "/static/zones.js",
    "/static/position.js",
    "/static/mark.svg",
)


@cache
def kept_version() -> str:
    """Return a text that changes with any kept file, so that phones fetch them all anew."""
    digest = sha256((STATIC_DIR / "zones-worker.js").read_bytes())
    for name in KEPT_FILES:
        folder = LEAFLET_DIR if "/vendor/leaflet/" in name else STATIC_DIR
        digest.update((folder / name.rpartition("/")[2]).read_bytes())
    return digest.hexdigest()[:16]
