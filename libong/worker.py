"""Takes received flights from the store and makes logged ones of them, whatever happens meanwhile.

Each frame's result is committed with the progress in one transaction, so that a worker that is
killed costs the frames it was at and no more. What a frame or file does to the process that
searches it is told apart from what happens to the worker: only the first counts against the file.
"""

import logging
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path, PurePath
from threading import Event, Thread
from time import monotonic

from sqlalchemy.exc import SQLAlchemyError

from detection.manifest import Manifest, Model
from ingest.entry_name import safe_parts, shown_parts
from ingest.errors import ArchiveError, LibongError
from ingest.flight import photo_paths
from ingest.frame import Note, RefusedFile
from ingest.photo import sha256_of
from libong.frame_search import Fault, FrameSearch, Patience, Tools, run_alone, set_aside
from libong.outage import OutageError, outage_of
from libong.pipeline import process_flight
from libong.progress import Progress
from libong.sync_bundle import SUFFIX, BundleError
from libong.sync_entry import enter_bundle
from libong.worker_pool import detector_elsewhere
from patrol.database import DatabaseAway
from patrol.media import MediaStore
from patrol.site import Site
from patrol.store import Store
from patrol.uploads import FileState
from patrol.uploads_queue import Claim, LeaseLost

log = logging.getLogger(__name__)

# What the tries of a flight as a whole are counted under, in the place of a file's SHA-256.
WHOLE_FLIGHT = "flight"
# 255 on most disks, less where names are encrypted.
_LONGEST_NAME_BYTES = 140
# What may come of the last word on a flight: another has it, or nobody hears.
_GONE = (LeaseLost, SQLAlchemyError, DatabaseAway)


class NothingToSearchError(LibongError, ValueError):
    """A flight in which there is nothing to look for animals in."""


@dataclass(frozen=True)
class Worker:
    """Works on one flight at a time; several may share a store. `folder` holds files meanwhile.

    Each flight is searched by the model that is in use when work on it begins, and by no other,
    whatever comes into use meanwhile. `known_models` are those that were, or may be, in use here
    besides: what a laptop found with one of them is trusted as far as its own.
    """

    store: Store
    media: MediaStore
    site: Site
    model_in_use: Callable[[], Model]
    tools: Tools
    folder: Path
    patience: Patience = field(default_factory=Patience)
    known_models: Callable[[], tuple[Manifest, ...]] = tuple

    def work_once(self) -> bool:
        """Take the next flight and work on it to its end; False when none was waiting.

        Raises OutageError when that cannot go on now; the flight is back in line, uncounted.
        """
        try:
            claim = self.store.queue.claim(self.store.queue.now(), self.patience.lease)
        except DatabaseAway as away:
            raise OutageError(str(away)) from away
        if claim is None:
            return False
        log.info("flight %s: taken up", claim.upload.upload_id)
        with self._held(claim):
            try:
                self._work(claim)
            except LeaseLost as lost:
                log.warning("%s", lost)
            except (KeyboardInterrupt, SystemExit):
                self._let_go(claim)
                raise
            except Exception as error:
                outage = outage_of(error)
                if outage is not None:
                    self._let_go(claim)
                    raise outage from error
                if isinstance(error, LibongError):
                    self._give_up(claim, str(error))
                else:
                    log.exception("flight %s failed", claim.upload.upload_id)
                    self._count_whole(claim, f"{type(error).__name__}: {error}")
        return True

    def _let_go(self, claim: Claim) -> None:
        with suppress(*_GONE):  # the lease ends by itself
            self.store.queue.let_go(claim)

    def _work(self, claim: Claim) -> None:
        # files in there are copies, or second names, of what the media store holds
        for left in self.folder.glob(f"{claim.upload.upload_id}-*"):
            shutil.rmtree(left, ignore_errors=True)
        work = self.folder / f"{claim.upload.upload_id}-{claim.lease_token[:8]}"
        try:
            refused = self._lay_out(claim, work)
            bundles = list(work.rglob(f"*{SUFFIX}"))
            if bundles:
                self._enter(claim, bundles)
                return
            if claim.idle_claims > 1:
                refused += self._without_poison(claim, work)
            if not photo_paths([work]):
                raise NothingToSearchError(
                    "no photo or video is left of what was sent; look at what was refused"
                )
            model = self.model_in_use()
            report = process_flight(
                [work],
                self.site,
                detector_elsewhere(model.manifest),
                self.store,
                self.media,
                on_progress=self._progress(claim),
                refused=refused,
                search=lambda frames, *_: self._search(claim, model).run(frames),
            )
            self.store.queue.finish(claim, report.flight_id)
            log.info("flight %s: logged as %s", claim.upload.upload_id, report.flight_id)
        finally:
            shutil.rmtree(work, ignore_errors=True)

    def _enter(self, claim: Claim, bundles: Sequence[Path]) -> None:
        """Log the flight that was processed in the field; a bundle comes by itself."""
        if len(bundles) > 1:
            raise BundleError(f"a bundle comes by itself; this upload has {len(bundles)}")
        models = (self.model_in_use().manifest, *self.known_models())
        sender = claim.upload.owner
        report = enter_bundle(bundles[0], sender, self.site, models, self.store, self.media)
        self.store.queue.finish(claim, report.flight_id)
        log.info("flight %s: logged from the field as %s", claim.upload.upload_id, report.flight_id)

    def _search(self, claim: Claim, model: Model) -> FrameSearch:
        return FrameSearch(
            self.store.queue,
            claim,
            self.tools,
            self.patience,
            model,
            self.store.queue.now,
        )

    def _lay_out(self, claim: Claim, work: Path) -> list[RefusedFile]:
        """Put the files of a flight into a folder as the sender had them; returns the refused."""
        failures = self.store.queue.failures(claim.upload.upload_id)
        refused = []
        for ordinal, file in enumerate(claim.upload.files):
            path = work.joinpath(*_parts(file.path))
            if file.refusal is not None and file.state is FileState.REFUSED:
                reason = Note(file.refusal.code, file.refusal.text)
                refused.append(RefusedFile(path, file.sha256, reason, file.refusal.remedy))
                continue
            failed = failures.get(file.sha256)
            if failed is not None and failed.tries >= self.patience.most_tries:
                refused.append(set_aside(path, failed))
                continue
            try:
                path.parent.mkdir(parents=True, exist_ok=True)
            except (FileExistsError, NotADirectoryError):
                path = work / path.name  # a file has the folder's name
            if path.exists():  # or, on some disks, the same name in other letters
                path = work / f"another-{ordinal}" / path.name
                path.parent.mkdir()
            self.media.fetch(file.sha256, path)
        return refused

    def _without_poison(self, claim: Claim, work: Path) -> list[RefusedFile]:
        """Read each file in a process of its own, and take out those that end it every time.

        Done when an earlier worker ended without a word and without having got anywhere.
        """
        refused = []
        for path in photo_paths([work]):
            sha256 = sha256_of(path)
            while True:
                answer = run_alone(
                    self.tools,
                    self.patience.for_file(path.stat().st_size),
                    self.tools.read,
                    path,
                    self.site.reference,
                )
                if not isinstance(answer, Fault):
                    break
                failed = self.store.queue.count_failure(claim, sha256, answer.reason)
                if failed.tries >= self.patience.most_tries:
                    path.unlink()
                    refused.append(set_aside(path, failed))
                    break
        return refused

    def _progress(self, claim: Claim) -> Progress:
        """Tell the store how far the work is, at most once a second."""
        last: tuple[str, float] | None = None

        def told(stage: str, done: int, total: int) -> None:
            nonlocal last
            at_s = monotonic()
            if last is None or stage != last[0] or at_s - last[1] >= 1:
                last = stage, at_s
                self.store.queue.report(claim, stage, done, total, self.store.queue.now())

        return told

    def _count_whole(self, claim: Claim, fault: str) -> None:
        with suppress(*_GONE):
            failed = self.store.queue.count_failure(claim, WHOLE_FLIGHT, fault)
            if failed.tries < self.patience.most_tries:
                self.store.queue.let_go(claim)
                return
            self._give_up(claim, f"the software failed {failed.tries} times: {fault}")

    def _give_up(self, claim: Claim, fault: str) -> None:
        log.error("flight %s is given up: %s", claim.upload.upload_id, fault)
        with suppress(*_GONE):
            self.store.queue.fail(claim, fault)

    @contextmanager
    def _held(self, claim: Claim) -> Iterator[None]:
        """Renew the lease from the side, however long a frame takes."""
        done = Event()

        def beat() -> None:
            while not done.wait(self.patience.lease.total_seconds() / 4):
                try:
                    self.store.queue.renew(claim, self.store.queue.now(), self.patience.lease)
                except LeaseLost:
                    return  # the work finds out at its next commit
                except (SQLAlchemyError, DatabaseAway) as error:
                    log.warning("the lease could not be renewed, trying again: %s", error)

        heart = Thread(target=beat, daemon=True, name="lease")
        heart.start()
        try:
            yield
        finally:
            done.set()
            heart.join()


def _parts(name: str) -> tuple[str, ...]:
    """Return the parts of a path as sent; a refused one may lead nowhere, and is only shown."""
    try:
        parts = safe_parts(name)
    except ArchiveError:
        parts = shown_parts(name) or ("unnamed",)
    return tuple(map(_writable, parts))


def _writable(part: str) -> str:
    """Cut a name that no disk takes; its ending, which tells subtitles from videos, stays."""
    if len(part.encode()) <= _LONGEST_NAME_BYTES:
        return part
    path = PurePath(part)
    ending = path.suffix if len(path.suffix.encode()) < _LONGEST_NAME_BYTES // 2 else ""
    stem = part.removesuffix(ending).encode()[: _LONGEST_NAME_BYTES - len(ending.encode())]
    return stem.decode(errors="ignore") + ending
