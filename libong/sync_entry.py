"""A bundle from the field becomes a logged flight, judged by this site's own zones and rules."""

from collections.abc import Sequence
from dataclasses import replace
from hashlib import file_digest
from pathlib import Path

from detection.manifest import Manifest
from libong.flight_entry import (
    FlightReport,
    OtherSiteError,
    enter_flight,
    logged_before,
    site_in_force,
)
from libong.sync_bundle import read_bundle
from patrol.field_flight import FieldSource
from patrol.media import MediaStore
from patrol.site import Site
from patrol.store import Store


def enter_bundle(
    path: Path,
    sender: str,
    site: Site,
    models: Sequence[Manifest],
    store: Store,
    media: MediaStore,
) -> FlightReport:
    """Log the flight of a bundle; one that is logged already is read back and stays as it is.

    Frames that another flight holds are left out. `models` are the models known here, the one in
    use first. The thresholds of the one that made the finds hold; finds of weights that are not
    known here are held against those of the first, and told as such. Raises BundleError,
    FlightRecordError and OtherSiteError.
    """
    with path.open("rb") as file:
        bundle_sha256 = file_digest(file, "sha256").hexdigest()
    bundle = read_bundle(path)
    record = bundle.record
    if record.site_id != site.site_id:
        raise OtherSiteError(
            f"the flight was processed for the site {record.site_id}; this server watches "
            f"{site.site_id}: set LIBONG_SITE on the laptop and process it again"
        )
    site = site_in_force(site, store)
    known = logged_before(record.flight, site, store)
    if isinstance(known, FlightReport):
        return known
    new = {frame.sha256 for frame in known.frames}
    looks = tuple(look for look in record.looks if look.frame.sha256 in new)
    for jpeg in bundle.jpegs.values():
        media.put(jpeg)
    model = next((each for each in models if each.sha256 == record.model_sha256), None)
    source = FieldSource(
        sender=sender,
        bundle_sha256=bundle_sha256,
        model_known=model is not None,
        pictures=bundle.pictures,
    )
    return enter_flight(
        replace(record, flight=known, looks=looks),
        lambda sightings: {
            sighting.sighting_id: bundle.crops[sighting.sighting_id]
            for sighting in sightings
            if sighting.sighting_id in bundle.crops
        },
        site,
        (model or models[0]).reported_thresholds,
        store,
        source,
    )
