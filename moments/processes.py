"""More processes for more readers: one of Python's answers a handful of clicks a second, however many cores there are.

From the second reader on there is one a core, at most MOST. All listen at one port, and Linux gives each new connection
to one of them; on other systems the first stays alone. A reader's session lives in the process that their websocket
went to. Any of them may be asked for a file that another has made to download: those lie in a folder that they share.
In each, two pages are drawn at once, and others wait for their turn: all at once would end no sooner, and many later.
"""

import contextlib
import ctypes
import logging
import os
import pickle
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
from functools import cached_property
from pathlib import Path

from streamlit.runtime.media_file_storage import MediaFileStorageError
from streamlit.runtime.memory_media_file_storage import MemoryFile, MemoryMediaFileStorage
from streamlit.runtime.scriptrunner import RerunException

from moments import ahead

log = logging.getLogger(__name__)

SHARED = sys.platform == "linux"  # elsewhere a port that two listen at is not shared out evenly, or not at all
MOST = min(4, len(os.sched_getaffinity(0))) if SHARED else 1
ARENA_MAX = -8  # of malloc.h
TURNS = threading.Semaphore(2)  # one page asks the engine while another works in Python
_mine = threading.local()
_helping = False


def helping() -> bool:
    """Whether this process is a helper."""
    return _helping


def few_heaps() -> None:
    """Have the C library keep two heaps, not eight a core: each click runs in a thread of its own.

    What one leaves free in its heap is of no use to the next in another. Linux with glibc.
    """
    if sys.platform == "linux":
        with contextlib.suppress(AttributeError):  # another C library
            ctypes.CDLL(None).mallopt(ARENA_MAX, 2)


class _Turn:
    """Given back when it is forgotten: by the page it was for, or with the thread that had it."""

    def __del__(self):
        TURNS.release()


@contextlib.contextmanager
def turn():
    """Draw a page when it is its turn. One that begins anew, since its reader went on choosing, keeps its turn."""
    if not hasattr(_mine, "turn"):
        TURNS.acquire()
        _mine.turn = _Turn()
    begins_anew = False
    try:
        yield
    except RerunException:
        begins_anew = True  # at once, and in the same thread
        raise
    finally:
        if not begins_anew:
            del _mine.turn


def listen(address: str, port: int, backlog: int) -> socket.socket:
    """A socket as Streamlit makes it, at a port that the helpers listen at too.

    It is of a kind that asyncio does not recognise as TCP: that would leave Nagle's delay on, and the body of every
    small answer would wait up to 40 ms until the browser confirms its head.
    """
    six = ":" in address  # and four with it: Streamlit does that too
    made = socket.create_server(
        (address, port),
        family=socket.AF_INET6 if six else socket.AF_INET,
        backlog=backlog,
        reuse_port=SHARED,
        dualstack_ipv6=six,
    )
    made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    made.setblocking(False)
    made.set_inheritable(True)
    return made


class Downloads(MemoryMediaFileStorage):
    """Streamlit's files to download; those in the folder, once there is one, are found by every process."""

    folder: Path | None = None

    def load_and_get_id(self, *given, **more) -> str:
        """Keep a file; its name."""
        name = super().load_and_get_id(*given, **more)
        if self.folder:
            (self.folder / name).write_bytes(pickle.dumps(tuple(self._files_by_id[name])))
        return name

    def get_file(self, filename: str) -> MemoryFile:
        """The file, by whichever process it was made. Raises MediaFileStorageError where there is none."""
        try:
            return super().get_file(filename)
        except MediaFileStorageError:
            name = filename.split(".")[0]
            if self.folder and name.isalnum() and (file := self.folder / name).is_file():
                return MemoryFile(*pickle.loads(file.read_bytes()))
            raise

    def delete_file(self, file_id: str) -> None:
        """Forget a file that this process has made."""
        super().delete_file(file_id)
        if self.folder:
            (self.folder / file_id).unlink(missing_ok=True)


class Helpers:
    """The processes that this one starts; they end when it does, however it ends."""

    def __init__(self, command: list[str], most: int):
        self.command = command  # to which the folder of downloads is added
        self.most = most
        self.running: list[subprocess.Popen] = []

    def start(self) -> None:
        """Those that are missing. Where the system allows no more, readers are served by what there is."""
        self.running = [one for one in self.running if one.poll() is None]
        try:
            for _ in range(self.most - len(self.running)):
                # nothing is written to its standard input: that it is open says that this process lives. In a group
                # of its own, for Ctrl+C to reach the first process alone
                command = [*self.command, str(self._folder)]
                self.running.append(subprocess.Popen(command, stdin=subprocess.PIPE, process_group=0))
        except OSError:
            log.exception("no further process")

    @cached_property
    def _folder(self) -> Path:
        Downloads.folder = Path(tempfile.mkdtemp(prefix="moments-"))  # for this user's eyes alone
        return Downloads.folder


class Crowd:
    """ASGI middleware: from the second reader on the helpers are there."""

    helpers: Helpers | None = None  # of a process that may have some

    def __init__(self, app):
        self.app = app
        self.readers = 0

    async def __call__(self, scope, receive, send):
        if scope["type"] != "websocket":
            await self.app(scope, receive, send)
            return
        self._count(1)
        try:
            await self.app(scope, receive, send)
        finally:
            self._count(-1)

    def _count(self, more: int) -> None:
        self.readers += more
        if self.helpers:
            ahead.alone(self.readers < 2 and MOST > 1)  # none for a moment: a page that is loaded anew
            if self.readers > 1 and more > 0:
                self.helpers.start()


def help_with(folder: Path) -> None:
    """Be a helper: share this folder, and stop as soon as the process that started this one ends."""
    global _helping

    def wait() -> None:
        sys.stdin.buffer.read()
        shutil.rmtree(folder, ignore_errors=True)  # here, since the process that made it may have been killed
        os._exit(0)  # nothing of a helper is worth waiting for: its readers look for a server again

    _helping, Downloads.folder = True, folder
    threading.Thread(target=wait, name="parent", daemon=True).start()
