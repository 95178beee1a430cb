"""Servers to be measured: the project's, a Dash app with the same page, and Streamlit as it comes."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
OURS = [sys.executable, "-m", "moments.server", "--port", "{port}"]
DASH = [sys.executable, "-m", "bench.peer", "{dataset}", "{page}", "{port}"]
STOCK = [sys.executable, "-m", "streamlit", "run", str(ROOT / "bench" / "stock.py"), "--server.port", "{port}",
         "--server.headless", "true"]  # fmt: skip


@dataclass
class Server:
    """A running server, and when it was asked to start (as time.time())."""

    url: str
    process: subprocess.Popen
    started: float

    def memory(self, what: str = "VmRSS") -> float:
        """Resident megabytes of all its processes now; what="VmHWM" for the most there ever were of each."""
        pid = self.process.pid
        return sum(_memory(one, what) for one in (pid, *_children(pid)))


def _children(pid: int) -> list[str]:
    """The processes that any thread of this one has started."""
    found: list[str] = []
    for thread in Path(f"/proc/{pid}/task").iterdir():
        with suppress(OSError):  # it may end meanwhile
            found += (thread / "children").read_text().split()
    return found


def _memory(pid: int | str, what: str) -> float:
    """0 of a process that has ended."""
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith(what):
                return int(line.split()[1]) / 1024
    return 0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def serve(command: list[str], dataset: str = "", page: str = "", port: int = 0) -> Iterator[Server]:
    """Run a server on this or a free port until it answers. Stock Streamlit runs where no settings lie."""
    port = port or free_port()
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "log"
        with log.open("wb") as file:
            started = time.time()
            process = subprocess.Popen(
                [part.format(port=port, dataset=dataset, page=page) for part in command],
                cwd=folder if command is STOCK else ROOT, stdout=file, stderr=subprocess.STDOUT,
                start_new_session=True, env={**os.environ, "DISPLAY": ""},
            )  # fmt: skip
        server = Server(f"http://127.0.0.1:{port}", process, started)
        try:
            while not _answers(server.url):
                if process.poll() is not None or time.time() > started + 90:
                    raise RuntimeError(log.read_text("utf-8", "replace"))
                time.sleep(0.02)
            yield server
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGTERM)
            process.wait(20)


def _answers(url: str) -> bool:
    try:
        return urllib.request.urlopen(url, timeout=5).status == 200
    except OSError:
        return False
