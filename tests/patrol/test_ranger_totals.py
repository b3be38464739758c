"""What each ranger's flights amount to, and by which name others see it."""

from datetime import UTC, datetime
from hashlib import sha256

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from detection.types import ObjectClass
from patrol.media import MediaStore
from patrol.ranger_totals import RangerTotals
from patrol.uploads import FileOffer, UploadPolicy
from patrol.uploads_desk import Desk
from patrol.uploads_rows import UploadRow
from patrol.user import Role

NOW = datetime(2026, 11, 22, 5, 30, tzinfo=UTC)
PHOTO = b"\xff\xd8\xff" + bytes(5000)


@pytest.fixture
def send(store, tmp_path):
    desk = Desk(
        store.uploads, MediaStore(str(tmp_path / "media")), tmp_path, UploadPolicy(), lambda: NOW
    )

    def sent(name):
        user = store.add_user(name, "no hash", Role.RANGER, NOW)
        photo = PHOTO + name.encode()
        offer = FileOffer("DJI_0001.JPG", len(photo), sha256(photo).hexdigest())
        upload = desk.announce(user, "morning", [offer])
        desk.append(upload.files[0], 0, photo)
        desk.settle(upload.files[0])
        desk.finish(user, upload.upload_id)

    return sent


def test_who_sent_nothing_has_nothing(store):
    store.add_user("don", "no hash", Role.RANGER, NOW)
    assert store.rangers.totals("don") == RangerTotals(0, 0, 0.0, 0, None)
    assert store.rangers.everybody() == ()


def test_totals_are_of_the_flights_one_sent(store, send, make_log):
    send("don")
    send("mai")
    log = make_log()
    store.log_flight(log)
    with Session(store._database.writer) as session, session.begin():  # as a worker ends
        session.execute(
            update(UploadRow).where(UploadRow.owner == "don").values(flight_id=log.flight.flight_id)
        )
    don = store.rangers.totals("don")
    dugongs = [s for s in log.sightings if s.object_class is ObjectClass.DUGONG]
    assert (don.flights, don.photos) == (1, len(log.flight.frames))
    assert don.dugongs == len(dugongs)
    assert don.seen_km2 == pytest.approx(sum(day.sea.seen_km2 for day in log.efforts))
    assert store.rangers.totals("mai").flights == 0
    assert store.rangers.everybody() == (don,)


def test_nobody_is_named_who_has_not_chosen_to_be(store):
    store.add_user("don", "no hash", Role.RANGER, NOW)
    names = []
    for credit_name in ("บังดอน", "ดอน", None):
        store.rangers.set_credit("don", credit_name, NOW)
        names.append(store.rangers.totals("don").credit_name)
    assert names == ["บังดอน", "ดอน", None]
