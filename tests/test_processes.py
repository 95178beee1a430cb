"""More processes for more readers: that they come, share the port and the downloads, and go."""

import contextlib
import os
import shutil
import signal
import socket
import sys
import tempfile
import threading
import time
from pathlib import Path

import pytest
from serving import figures, reading, serve, until
from streamlit.runtime.media_file_storage import MediaFileKind, MediaFileStorageError
from streamlit.runtime.scriptrunner import RerunException, StopException
from streamlit.runtime.scriptrunner_utils.script_requests import RerunData
from streamlit.testing.v1 import AppTest
from streamlit.web.server.starlette import starlette_server

from moments import processes, server


def children(pid: int) -> list[int]:
    return [int(c) for c in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def shared(helper: int) -> Path:
    """The folder of downloads that the helper was started with."""
    return Path(Path(f"/proc/{helper}/cmdline").read_text().split("\0")[-2])


def listening(port: int) -> int:
    """How many sockets listen at the port."""
    lines = Path("/proc/net/tcp").read_text().splitlines()[1:]
    return sum(line.split()[1].endswith(f":{port:04X}") and line.split()[3] == "0A" for line in lines)


@pytest.fixture
def served(few, data_root, tmp_path):
    shutil.copytree(data_root / "few", tmp_path / "data" / "few")
    with serve(tmp_path / "data", tmp_path / "log") as running:
        yield running


@pytest.mark.skipif(processes.MOST == 1, reason="one core, or a system that does not share a port: one process")
@pytest.mark.slow
def test_the_second_reader_has_the_others_started_and_they_end_with_the_first(served, monkeypatch):
    with reading(served, 1):
        served.read(page="nps")  # a second reader, who comes when the server is ready
    assert until(lambda: listening(served.port) == processes.MOST)
    helpers = children(served.pid)
    assert len(helpers) == processes.MOST - 1
    for _ in range(10):  # whoever of them is asked
        assert figures(served.read(page="nps"))
    folder = shared(helpers[0])
    monkeypatch.setattr(processes.Downloads, "folder", folder)
    name = processes.Downloads("").load_and_get_id(b"n", "text/csv", MediaFileKind.DOWNLOADABLE, "a.csv")
    for _ in range(10):
        assert served.get(f"/media/{name}.csv").body == b"n", "made by another process than all that listen"
    os.kill(helpers[0], signal.SIGKILL)
    assert until(lambda: listening(served.port) == processes.MOST - 1)
    with reading(served, 2):
        assert until(lambda: listening(served.port) == processes.MOST), "one that was killed is replaced"
    helpers = children(served.pid)
    os.kill(served.pid, signal.SIGKILL)
    assert until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in helpers)), "nobody is left behind"
    assert not folder.exists()
    assert listening(served.port) == 0
    assert "Traceback" not in served.log.read_text("utf-8")


def test_one_reader_has_one_process(served):
    with reading(served, 1):
        time.sleep(0.5)
        assert children(served.pid) == []


def test_ctrl_c_ends_all_of_them_and_says_nothing(served):
    with reading(served, 2):
        assert until(lambda: listening(served.port) == processes.MOST)
        folders = [shared(helper) for helper in children(served.pid)]
    os.killpg(served.pid, signal.SIGINT)  # as a terminal does: whoever is in its group
    os.waitpid(served.pid, 0)
    assert until(lambda: listening(served.port) == 0)
    assert until(lambda: not any(folder.exists() for folder in folders))
    said = [line for line in served.log.read_text("utf-8").splitlines() if line.strip()]
    assert len(said) == 2, "where it listens, in two languages"


def test_helpers_that_are_missing_are_started_and_share_a_folder(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(processes.Downloads, "folder", None)  # as it was, afterwards
    helpers = processes.Helpers([sys.executable, "-c", "import sys; sys.stdin.read()"], 2)
    try:
        helpers.start()
        first = list(helpers.running)
        helpers.start()
        assert helpers.running == first and len(first) == 2
        assert os.getpgid(0) not in {os.getpgid(one.pid) for one in first}, "Ctrl+C is not for them"
        assert oct(processes.Downloads.folder.stat().st_mode)[-3:] == "700"
        first[0].kill()
        first[0].wait()
        helpers.start()
        assert helpers.running[0] is first[1] and len(helpers.running) == 2
    finally:
        for helper in helpers.running:
            helper.stdin.close()  # what ends them where this process ends
            assert helper.wait(20) == 0


def test_readers_are_served_where_no_further_process_can_be_had(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(processes.Downloads, "folder", None)  # as it was, afterwards
    helpers = processes.Helpers([str(tmp_path / "nothing")], 1)
    helpers.start()
    assert helpers.running == []


def test_a_download_is_found_by_every_process(tmp_path, monkeypatch):
    monkeypatch.setattr(processes.Downloads, "folder", tmp_path / "shared")
    processes.Downloads.folder.mkdir()
    (tmp_path / "secret").write_bytes(b"")
    made, other = processes.Downloads("/media"), processes.Downloads("/media")
    name = made.load_and_get_id("网点,n\n".encode(), "text/csv", MediaFileKind.DOWNLOADABLE, "a.csv")
    file = made.get_url(name).removeprefix("/media/")
    assert other.get_file(file) == made.get_file(file) and other.get_file(file).filename == "a.csv"
    for unknown in ("nothing.csv", "../secret", "..", ""):
        with pytest.raises(MediaFileStorageError):
            other.get_file(unknown)
    made.delete_file(name)
    with pytest.raises(MediaFileStorageError):
        other.get_file(file)


def test_a_process_alone_writes_no_download(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    made = processes.Downloads("/media")
    name = made.load_and_get_id(b"n", "text/csv", MediaFileKind.DOWNLOADABLE, "a.csv")
    made.delete_file(name)
    assert processes.Downloads.folder is None and list(tmp_path.iterdir()) == []


@pytest.fixture
def turns():
    """How many pages may be drawn at once; all turns have been given back when a test ends."""
    there = processes.TURNS._value
    yield there
    until(lambda: processes.TURNS._value == there)


def drawn(page=lambda: None, ends=None) -> None:
    with contextlib.suppress(ValueError, RerunException, StopException), processes.turn():
        page()
        if ends is not None:
            raise ends


def test_others_wait_while_two_pages_are_drawn(turns):
    together, most, inside = threading.Barrier(turns, timeout=10), [], []

    def page():
        inside.append(0)
        together.wait()  # there is room for two: each alone would wait for ever
        most.append(len(inside))
        together.wait()
        inside.pop()

    threads = [threading.Thread(target=drawn, args=(page,)) for _ in range(3 * turns)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert most == [turns] * 3 * turns


def test_a_page_that_begins_anew_keeps_its_turn_and_others_give_it_back(turns):
    def clicks():
        drawn(ends=RerunException(RerunData()))
        assert processes.TURNS._value == turns - 1
        drawn()
        assert processes.TURNS._value == turns
        for ends in (ValueError(), StopException()):
            drawn(ends=ends)
            assert processes.TURNS._value == turns
        drawn(ends=RerunException(RerunData()))
        said.append("all of this")  # and never begins anew: the turn goes with the thread

    said = []
    thread = threading.Thread(target=clicks)
    thread.start()
    thread.join(10)
    assert said


def test_streamlit_begins_anew_in_the_same_thread():
    def script():
        import threading

        import streamlit as st

        st.session_state.setdefault("seen", []).append(threading.get_ident())
        if len(st.session_state.seen) < 3:
            st.rerun()

    seen = AppTest.from_function(script).run().session_state["seen"]
    assert len(seen) == 3 and len(set(seen)) == 1


def test_streamlit_takes_our_socket_and_our_downloads():
    """Both are Streamlit's own names: that it still uses them is what can change."""
    with contextlib.closing(starlette_server._bind_socket("127.0.0.1", 0, 1)) as made:
        assert made.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY), "small answers are sent at once"
        assert bool(made.getsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT)) == processes.SHARED
        assert not made.getblocking()
        port = made.getsockname()[1]
        assert server._problem("127.0.0.1", port) == "port_taken", "who starts it twice is told"
    assert starlette_server._bind_server_socket.__globals__["_bind_socket"] is server._bind
    assert "_bind_socket" in starlette_server._bind_server_socket.__code__.co_names
    assert "MemoryMediaFileStorage" in server.app._create_runtime.__func__.__code__.co_names
