"""Searches the frames of a claimed flight in an executor, from the first one not done before.

A frame that fails, hangs, or ends the process that searches it is tried alone; only what it does
alone counts against it, and after the last try it is set aside.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, wait
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeVar

from detection.frame_look import FrameLook
from detection.manifest import Model
from ingest.frame import Frame, Note, RefusedFile
from ingest.refusal import remedy_for
from ingest.site_reference import SiteReference
from libong.look_record import broken_frame, inputs_sha256, look_of, stored_look
from libong.outage import OutageError, outage_of
from libong.pipeline import Looks
from patrol.uploads_queue import Claim, FailedFile, FlightQueue

Given = TypeVar("Given")

# A third of the pace at which a drone writes its best film, 100 Mbit/s.
_SLOWEST_BYTES_PER_S = 4 << 20


@dataclass(frozen=True)
class Tools:
    """What a worker works with.

    `search` and `read` are submitted to the executors that `executors` makes; `end_processes` ends
    those of an executor that hangs or is broken.
    """

    executors: Callable[[], Executor]
    search: Callable[[Frame, Model], FrameLook | Note]
    read: Callable[[Path, SiteReference], None]
    end_processes: Callable[[], None]


@dataclass(frozen=True)
class Patience:
    """How long a worker waits, and how often it tries."""

    lease: timedelta = timedelta(minutes=2)
    most_tries: int = 3
    # A frame of 50 MP takes seconds; a slow laptop that sleeps meanwhile takes longer.
    frame_timeout: timedelta = timedelta(minutes=5)
    # A process reads half a gigabyte of libraries first, on a slow disk.
    start_timeout: timedelta = timedelta(minutes=5)
    # Submitted at once, so that a process never waits for the store between two frames.
    at_once: int = 2

    def for_file(self, size_bytes: int) -> "Patience":
        """Return the patience with a whole file: an hour's film takes longer than a frame."""
        longer = timedelta(seconds=size_bytes / _SLOWEST_BYTES_PER_S)
        return replace(self, frame_timeout=self.frame_timeout + longer)


class ExecutorDownError(OutageError):
    """Nothing can be searched at all; it says nothing of any file."""


@dataclass(frozen=True)
class Fault:
    """What a task did other than answer."""

    reason: str


def run_alone(
    tools: Tools, patience: Patience, task: Callable[..., Given], *arguments: object
) -> Given | Fault:
    """Run a task in an executor of its own; any end of it but an answer is a Fault.

    Raises OutageError for what has nothing to do with the task.
    """
    executor = _started(tools, patience)
    try:
        future = executor.submit(task, *arguments)
        return future.result(patience.frame_timeout.total_seconds())
    except (KeyboardInterrupt, SystemExit):
        tools.end_processes()
        raise
    except BaseException as error:  # whatever a file does is the file's fault here
        tools.end_processes()
        outage = outage_of(error)
        if outage is not None:
            raise outage from error
        return _fault_of(error, patience)
    finally:
        executor.shutdown(wait=False, cancel_futures=True)


def set_aside(path: Path, failed: FailedFile) -> RefusedFile:
    """Return the refusal of a file that the software failed on too often."""
    text = f"the software failed on it {failed.tries} times: {failed.reason}"
    return RefusedFile(path, failed.sha256, Note("set_aside", text), remedy_for("set_aside"))


class FrameSearch:
    """The search of one flight's frames by one model, kept in the store frame by frame.

    The model travels with each frame: a process that starts in mid-flight opens the same one.
    """

    def __init__(
        self,
        queue: FlightQueue,
        claim: Claim,
        tools: Tools,
        patience: Patience,
        model: Model,
        now: Callable[[], datetime],
    ) -> None:
        self._queue, self._claim, self._tools = queue, claim, tools
        self._patience, self._now = patience, now
        self._model = model
        self._gave: dict[str, FrameLook | RefusedFile] = {}
        self._total = 0

    def run(self, frames: Sequence[Frame]) -> Looks:
        """Search the frames; returns their looks in order, and those that broke.

        Raises LeaseLost when another worker has taken over.
        """
        self._total = len(frames)
        self._take_up(frames)
        self._queue.report(self._claim, "detect", len(self._gave), self._total, self._now())
        pending = [frame for frame in frames if frame.sha256 not in self._gave]
        while pending:
            suspects = self._search_together(pending)
            for frame in suspects:
                self._search_alone(frame)
            pending = [frame for frame in pending if frame.sha256 not in self._gave]
        gave = [self._gave[frame.sha256] for frame in frames]
        return (
            tuple(each for each in gave if isinstance(each, FrameLook)),
            tuple(each for each in gave if isinstance(each, RefusedFile)),
        )

    def _take_up(self, frames: Sequence[Frame]) -> None:
        """Enter what is known of the frames from before."""
        upload_id = self._claim.upload.upload_id
        looks, failures = self._queue.looks(upload_id), self._queue.failures(upload_id)
        for frame in frames:
            failed = failures.get(frame.sha256)
            if failed is not None and failed.tries >= self._patience.most_tries:
                self._gave[frame.sha256] = set_aside(frame.path, failed)
                continue
            gave = look_of(looks.get(frame.sha256), frame, self._inputs(frame))
            if gave is not None:
                self._gave[frame.sha256] = gave

    def _search_together(self, frames: Sequence[Frame]) -> list[Frame]:
        """Search frames until all are done or something goes wrong; returns whom to suspect."""
        executor = _started(self._tools, self._patience)
        ahead = list(reversed(frames))
        running: dict[Future[FrameLook | Note], Frame] = {}
        try:
            while ahead or running:
                while ahead and len(running) < self._patience.at_once:
                    frame = ahead.pop()
                    running[executor.submit(self._tools.search, frame, self._model)] = frame
                done, _ = wait(
                    running, self._patience.frame_timeout.total_seconds(), FIRST_COMPLETED
                )
                # in the order they were submitted, so that the same flight is kept the same way
                for future in [each for each in running if each in done]:
                    self._keep_answer(running[future], future)
                    del running[future]
                if not done:
                    return list(running.values())
        except BrokenExecutor:
            return list(running.values()) or ahead[-1:]
        except _FrameFailed as failed:
            return [failed.frame]
        finally:
            if running:
                self._tools.end_processes()
            executor.shutdown(wait=not running, cancel_futures=True)
        return []

    def _keep_answer(self, frame: Frame, future: Future[FrameLook | Note]) -> None:
        """Keep a frame's answer; raises BrokenExecutor, or _FrameFailed for an error of its own."""
        try:
            answer = future.result()
        except BrokenExecutor:
            raise
        except Exception as error:
            raise _FrameFailed(frame) from error
        self._keep(frame, answer)

    def _search_alone(self, frame: Frame) -> None:
        """Search a frame alone until it answers or was tried often enough."""
        while frame.sha256 not in self._gave:
            answer = run_alone(self._tools, self._patience, self._tools.search, frame, self._model)
            if not isinstance(answer, Fault):
                self._keep(frame, answer)
                return
            failed = self._queue.count_failure(self._claim, frame.sha256, answer.reason)
            if failed.tries >= self._patience.most_tries:
                self._gave[frame.sha256] = set_aside(frame.path, failed)

    def _keep(self, frame: Frame, answer: FrameLook | Note) -> None:
        gave = answer if isinstance(answer, FrameLook) else broken_frame(frame, answer)
        look = stored_look(frame, gave, self._inputs(frame))
        self._queue.keep_look(self._claim, look, len(self._gave) + 1, self._total)
        self._gave[frame.sha256] = gave

    def _inputs(self, frame: Frame) -> str:
        return inputs_sha256(frame, self._model.manifest)


def _started(tools: Tools, patience: Patience) -> Executor:
    """Return an executor that works at all, so that no frame is blamed for one that does not.

    Raises ExecutorDownError.
    """
    executor = tools.executors()
    try:
        executor.submit(_nothing).result(patience.start_timeout.total_seconds())
    except (BrokenExecutor, TimeoutError) as error:
        tools.end_processes()
        executor.shutdown(wait=False, cancel_futures=True)
        raise ExecutorDownError(
            "no process could be started to search frames; is there memory left?"
        ) from error
    return executor


def _nothing() -> None:
    """Do what every process can."""


class _FrameFailed(Exception):  # noqa: N818  caught where it is raised
    def __init__(self, frame: Frame) -> None:
        super().__init__(frame.path.name)
        self.frame = frame


def _fault_of(error: BaseException, patience: Patience) -> Fault:
    if isinstance(error, BrokenExecutor):
        return Fault("the process that read it ended at once, for lack of memory perhaps")
    if isinstance(error, TimeoutError):
        return Fault(f"it took longer than {patience.frame_timeout.total_seconds():.0f} seconds")
    return Fault(f"{type(error).__name__}: {error}")
