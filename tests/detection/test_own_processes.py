"""Processes that work side by side: in order, stopped early, and gone with their parent."""

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from detection.own_processes import side_by_side

LONG_S = 600


def noted(job):
    """Write who works on a job, and go on working for so long as it says."""
    folder, number, seconds = job
    (folder / f"{number}").write_text(str(os.getpid()))
    time.sleep(seconds)
    return number


def parent(folder):
    """What is killed: a command that has begun two long jobs."""
    with side_by_side(noted, [(Path(folder), n, LONG_S) for n in range(2)], 2) as done:
        list(done)


def wait_for(condition, seconds=60):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)


def is_running(pid):
    """Whether a process is there and no mere entry of one that has ended."""
    with suppress(FileNotFoundError):
        return " Z" not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2][:2]
    return False


def test_results_come_in_the_order_of_the_jobs(tmp_path):
    jobs = [(tmp_path, n, 0.2 if n == 0 else 0) for n in range(5)]
    with side_by_side(noted, jobs, 2, chunk=2) as done:
        assert list(done) == [0, 1, 2, 3, 4]
    with side_by_side(noted, [], 2) as done:
        assert list(done) == []


def test_who_stops_does_not_wait_for_what_was_not_begun(tmp_path):
    with side_by_side(noted, [(tmp_path, n, 0.05) for n in range(100)], 1) as done:
        assert next(done) == 0
    assert len(list(tmp_path.iterdir())) < 20


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="asks Linux who is running")
def test_they_end_when_the_command_is_killed(tmp_path):
    code = f"from tests.detection.test_own_processes import parent; parent({str(tmp_path)!r})"
    with subprocess.Popen([sys.executable, "-c", code]) as command:
        try:
            wait_for(lambda: len([f for f in tmp_path.iterdir() if f.read_text()]) == 2)
            pids = [int(file.read_text()) for file in tmp_path.iterdir()]
            assert all(is_running(pid) for pid in pids)
        finally:
            command.send_signal(signal.SIGKILL)
    wait_for(lambda: not any(is_running(pid) for pid in pids))
