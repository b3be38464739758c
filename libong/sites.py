"""Which site the settings name."""

from dataclasses import replace
from pathlib import Path

from patrol.site import Site, load_site, shipped_site


def open_site(name: str, *, sea_level_ellipsoid_m: float | None = None) -> Site:
    """Load a shipped site by name or any site from a folder, with another sea level when given."""
    folder = Path(name)
    site = load_site(folder) if folder.is_dir() else shipped_site(name)
    if sea_level_ellipsoid_m is None:
        return site
    reference = replace(
        site.reference,
        sea_level_ellipsoid_m=sea_level_ellipsoid_m,
        # who names the sea's ellipsoidal height says that the photos count from the ellipsoid
        bare_altitude_is_ellipsoidal=True,
    )
    return replace(site, reference=reference)
