"""libong locate: the place on the sea that a pixel shows."""

from pathlib import Path
from typing import Annotated

import typer

from ingest.errors import LibongError
from ingest.photo import read_frame
from ingest.projection import SeaView
from libong.cli.flight_files import SeaLevelOption, SiteOption
from libong.cli.output import JsonOption, console, print_json
from libong.settings import read_settings
from libong.sites import open_site


class OutsidePictureError(LibongError, ValueError):
    """A pixel that a picture does not have."""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(locate)


def locate(
    photo: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="The photo.")],
    x: Annotated[float, typer.Argument(help="Pixel from the left, as the file is stored.")],
    y: Annotated[float, typer.Argument(help="Pixel from the top.")],
    site: SiteOption = None,
    sea_level_ellipsoid_m: SeaLevelOption = None,
    as_json: JsonOption = False,
) -> None:
    """Tell where on the sea a pixel of a photo is.

    Example: libong locate DJI_0018.JPG 2000 1125
    """
    where = open_site(
        site or read_settings().site, sea_level_ellipsoid_m=sea_level_ellipsoid_m
    ).reference
    frame = read_frame(photo, where)
    if not (0 <= x <= frame.width_px and 0 <= y <= frame.height_px):
        raise OutsidePictureError(
            f"the picture has {frame.width_px} x {frame.height_px} pixels; "
            f"{x:g}, {y:g} is outside it"
        )
    ground = SeaView(frame.camera, frame.pose).to_ground((x, y))
    if as_json:
        print_json(
            {
                "lon": ground.position.lon,
                "lat": ground.position.lat,
                "error_m": round(ground.error_m, 2),
            }
        )
    else:
        lon, lat = ground.position
        console.print(f"{lon:.7f} {lat:.7f} ± {ground.error_m:.1f} m (1 sigma)")
