"""What a page is about to ask, asked meanwhile by a second process: the same rows, whatever becomes of it."""

import contextlib
import os
import pickle
import signal
import sys
import threading
import time
from datetime import date, timedelta
from pathlib import Path

import pytest
from serving import reading, serve, until
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import connect

from moments import ahead, datasets, processes, warehouse
from moments.filters import Filters
from moments.states import NothingLeft, TooLong

ASKED = ("nps_by_score", "nps_by_group", "satisfaction_by_item", "servqual_by_item", "waiting_by_kind")
DEAF = "import os, time; os.close(0); time.sleep(60)"
GIVEN = {"nps_by_group": {"by": "channel"}}


@pytest.fixture(scope="module")
def kept(few):
    """An assistant for all tests that leave it there: it needs a second until it answers."""
    made = ahead.Assistant(ahead.COMMAND)
    made.start()
    yield made
    made.dismiss()


@pytest.fixture
def there(kept, monkeypatch):
    """An assistant of this process, which is there."""
    monkeypatch.setattr(ahead, "assistant", kept)
    monkeypatch.setattr(ahead, "_last", {})
    kept._known.clear()
    yield kept
    ahead._run.set(None)


@pytest.fixture
def chosen(few):
    return lambda **limits: Filters(few, compare="none", **limits)


def page(filters, asked=ASKED) -> dict:
    """What a page that asks these shows under the filters; a state where it has nothing to show."""
    ahead.begin("page", filters)
    found = {name: one(name, filters) for name in asked}
    ahead.end()
    return found


def one(name: str, filters):
    try:
        return warehouse.query(name, filters, **GIVEN.get(name, {}))
    except Exception as state:
        return state


def alike(found: dict, other: dict) -> bool:
    """Whether two pages show the same."""
    rows = {name: None if isinstance(frame, Exception) else frame for name, frame in found.items()}
    states = {name: (type(s), s.values) for name, s in found.items() if isinstance(s, Exception)}
    same = all(frame is None or frame.equals(other[name]) for name, frame in rows.items())
    return same and states == {n: (type(s), s.values) for n, s in other.items() if isinstance(s, Exception)}


def counting(patch) -> list[str]:
    """The queries that this process answers itself, from now on."""
    asked = []
    patch.setattr(warehouse, "statement", lambda name, *given, make=warehouse.statement, **more: (
        asked.append(name), make(name, *given, **more))[1])  # fmt: skip
    warehouse.told.cache_clear()
    return asked


def answered(assistant, questions: int) -> bool:
    """Whether it has found so many answers for the run under way, and is about no more."""
    return until(lambda: len(assistant._batch.answers) == questions and not assistant._handed)


def test_what_a_page_asked_last_time_is_there_when_it_asks_again(there, chosen, monkeypatch):
    alone = page(chosen(channel=("app",)))
    page(chosen())
    warehouse.told.cache_clear()
    ahead.begin("page", chosen(channel=("app",)))
    assert answered(there, len(ASKED) - 1)
    asked = counting(monkeypatch)
    assert alike({name: one(name, chosen(channel=("app",))) for name in ASKED}, alone)
    assert asked == list(ASKED[:1]), "the first is asked at once and by the page itself"


def test_what_is_new_to_it_is_answered_while_nobody_waits(there, chosen):
    page(chosen())
    assert answered(there, len(ASKED))
    assert {question.name for question in there._batch.answers} == {*ASKED}
    page(chosen(channel=("app",)))
    page(chosen(channel=("hall",)))
    batch = there._batch
    assert len(batch.left) + len(batch.out) + len(batch.answers) < len(ASKED), "that page it knows"


def test_it_learns_what_was_asked_before_it_came(there, chosen, monkeypatch):
    monkeypatch.setattr(ahead, "assistant", late := ahead.Assistant(ahead.COMMAND))
    monkeypatch.setattr(ahead, "REST", 1)
    page(chosen())
    assert late._process is None
    assert answered(late, len(ASKED))
    late.dismiss()


def test_while_the_assistant_is_about_one_the_page_asks_another():
    """Nothing is asked twice, and nothing is left out."""
    silent = ahead.Assistant([sys.executable, "-c", "import sys; sys.stdin.read()"])
    silent.start()
    try:
        batch = silent.take([(n,) for n in range(6)])
        assert batch.out == {(1,), (2,)}, "the first is the page's"
        asked = []

        def ask(*question):
            asked.append(question)
            if question == (5,):
                threading.Thread(target=finish, args=(silent, batch, (1,), "found")).start()

        assert silent.answer(batch, (1,), ask) == "found"
        assert asked == [(3,), (4,), (5,)] and not batch.left
        assert silent.answer(batch, (3,), pytest.fail) is None, "asked by the page: kept in its own cache"
    finally:
        silent.dismiss()


def finish(assistant, batch, question, answer) -> None:
    with assistant._changed:
        batch.out.discard(question)
        batch.answers[question] = answer
        assistant._changed.notify_all()


def test_a_reason_why_there_is_nothing_comes_too(there, chosen, monkeypatch):
    page(chosen())
    ahead.begin("page", chosen(channel=("app",), region=("nowhere",)))
    assert answered(there, len(ASKED) - 1)
    asked = counting(monkeypatch)
    with pytest.raises(NothingLeft) as state:
        warehouse.query(ASKED[1], chosen(channel=("app",), region=("nowhere",)), by="channel")
    assert set(state.value.values["without"]) == {"channel", "region"} and not asked


def test_what_it_was_not_asked_is_asked_by_the_page(there, chosen, monkeypatch):
    page(chosen(), ASKED[:2])
    asked = counting(monkeypatch)
    page(chosen(channel=("app",)))
    assert {*ASKED[2:]} <= {*asked}


def test_the_period_compared_with_is_asked_too(there, few, monkeypatch):
    first, last = (date.fromisoformat(few.meta[end]) for end in ("data_from", "data_to"))
    half = first + (last - first) / 2
    for end in (last, last - timedelta(days=1)):
        filters = Filters(few, half, end, "previous")
        asked = counting(monkeypatch)
        ahead.begin("page", filters)
        if end != last:
            assert answered(there, 1)
            assert [question.filters for question in there._batch.answers] == [filters.compared()]
        for each in (filters, filters.compared()):
            one("nps_by_score", each)
        ahead.end()
    assert asked == ["nps_by_score"], "the second one came from the assistant"


def test_a_page_under_other_filters_is_not_waited_for(there, chosen):
    page(chosen())
    with there._changed:  # no answer comes in between
        ahead.begin("page", chosen(channel=("app",)))
        old = ahead._run.get()
        ahead.begin("page", chosen(channel=("hall",)))
    question = ahead.Question(datasets.root(), ASKED[1], chosen(channel=("app",)), None, (("by", "channel"),))
    assert old.assistant.answer(old.batch, question, pytest.fail) is None
    assert answered(there, len(ASKED) - 1)


@pytest.mark.parametrize("how", ["killed", "dismissed"])
def test_a_page_goes_on_alone_when_its_assistant_is_gone(there, chosen, how, monkeypatch):
    monkeypatch.setattr(ahead, "assistant", there := ahead.Assistant(ahead.COMMAND))
    there.start()
    alone = page(chosen(channel=("app",)))
    page(chosen())
    warehouse.told.cache_clear()
    ahead.begin("page", chosen(channel=("app",)))
    gone = there._process
    gone.kill() if how == "killed" else there.dismiss()
    assert alike({name: one(name, chosen(channel=("app",))) for name in ASKED}, alone)
    assert until(lambda: there._process is None and gone.returncode is not None), "and nothing is left of it"
    there.start()
    assert (there._process is not None) == (how == "killed"), "who was dismissed does not come back"
    there.dismiss()


def test_a_fault_is_found_out_by_the_page_itself(there, chosen, monkeypatch):
    broken = "import pickle, sys\nwhile True:\n number, _ = pickle.load(sys.stdin.buffer)\n"
    broken += " pickle.dump((number, None), sys.stdout.buffer)\n sys.stdout.buffer.flush()"
    alone = page(chosen(channel=("app",)))
    monkeypatch.setattr(ahead, "assistant", fool := ahead.Assistant([sys.executable, "-c", broken]))
    fool.start()
    page(chosen())
    warehouse.told.cache_clear()
    assert alike(page(chosen(channel=("app",))), alone)
    fool.dismiss()


@pytest.mark.skipif(not processes.SHARED, reason="looks into /proc; only there a server has an assistant")
def test_who_no_longer_listens_is_not_told(there, chosen, monkeypatch):
    monkeypatch.setattr(ahead, "REST", 60)
    monkeypatch.setattr(ahead, "assistant", deaf := ahead.Assistant([sys.executable, "-c", DEAF]))
    deaf.start()
    assert until(lambda: not Path(f"/proc/{deaf._process.pid}/fd/0").exists())
    page(chosen())
    assert len(page(chosen(channel=("app",)))["nps_by_score"])
    assert deaf._process is None
    deaf.dismiss()


@pytest.mark.slow
def test_what_cannot_be_understood_and_who_says_nothing_are_not_waited_for(there, chosen, monkeypatch):
    alone = page(chosen(channel=("app",)))
    for says in ("cnosuch_module\\nX\\n.", ""):
        stub = f"import sys, time; sys.stdout.write('{says}'); sys.stdout.flush(); time.sleep(60)"
        monkeypatch.setattr(ahead, "assistant", odd := ahead.Assistant([sys.executable, "-c", stub]))
        monkeypatch.setattr(ahead, "PATIENCE", 60 if says else 0.5)
        odd.start()
        page(chosen())
        warehouse.told.cache_clear()
        assert alike(page(chosen(channel=("app",))), alone)
        assert until(lambda odd=odd: odd._process is None)
        odd.dismiss()


def test_a_question_that_would_fill_a_pipe_is_left_to_the_page():
    silent = ahead.Assistant([sys.executable, "-c", "import time; time.sleep(60)"])
    silent.start()
    batch = silent.take([("first",), ("x" * 300_000,), ("small",)])
    assert batch.out == {("small",)}
    assert silent.answer(batch, ("x" * 300_000,), pytest.fail) is None
    silent.dismiss()


def test_a_reason_found_meanwhile_is_not_found_out_twice():
    silent = ahead.Assistant([sys.executable, "-c", "import sys; sys.stdin.read()"])
    silent.start()
    batch = silent.take([(n,) for n in range(4)])

    def ask(*question):
        threading.Thread(target=finish, args=(silent, batch, (1,), "found")).start()
        raise TooLong()

    assert silent.answer(batch, (1,), ask) == "found"
    assert isinstance(silent.answer(batch, (3,), pytest.fail), TooLong)
    silent.dismiss()


def test_where_there_can_be_no_more_processes_a_page_asks_alone(there, chosen, tmp_path, monkeypatch):
    monkeypatch.setattr(ahead, "assistant", nobody := ahead.Assistant([str(tmp_path / "nothing")]))
    nobody.start()
    assert nobody._process is None
    assert len(page(chosen())["nps_by_score"])


def test_it_comes_after_a_rest_and_not_after_it_was_dismissed(few):
    waiting = ahead.Assistant(ahead.COMMAND)
    waiting.start(rest=1)
    assert waiting._process is None
    assert until(lambda: waiting._process)
    waiting.dismiss()
    late = ahead.Assistant(ahead.COMMAND)
    late.start(rest=0.1)
    late.dismiss()
    time.sleep(0.3)
    assert late._process is None


def test_states_and_filters_go_from_one_process_to_another(chosen):
    state = pickle.loads(pickle.dumps(NothingLeft(without={"branch": 3})))
    assert type(state) is NothingLeft and state.values == {"without": {"branch": 3}}
    assert type(pickle.loads(pickle.dumps(TooLong()))) is TooLong
    filters = chosen(branch=("b01",))
    assert filters.snapshot.meta and filters.snapshot.codebook
    sent = pickle.dumps(filters)
    assert pickle.loads(sent) == filters and len(sent) < 500, "not what has been read of the snapshot"


@pytest.mark.skipif(processes.MOST == 1, reason="one core, or a system that does not share a port: no second process")
@pytest.mark.slow
@pytest.mark.parametrize("comes", ["another reader", "the end"])
def test_a_lone_reader_has_an_assistant_until(comes, few, data_root, tmp_path):
    with serve(data_root, tmp_path / "log") as served, lone(served):
        (one,) = until(lambda: assistants(served.pid))
        if comes == "the end":
            os.kill(served.pid, signal.SIGKILL)
        with reading(served, 1) if comes == "another reader" else contextlib.nullcontext():
            assert until(lambda: not Path(f"/proc/{one}").exists())
    assert "Traceback" not in (tmp_path / "log").read_text("utf-8")


@contextlib.contextmanager
def lone(served):
    """One reader, who has opened a page and stays."""
    line = served.url.replace("http", "ws", 1) + "/_stcore/stream"
    with connect(line, origin=served.url, subprotocols=["streamlit"], max_size=None) as there:
        ask = BackMsg()
        ask.rerun_script.page_name = "nps"
        there.send(ask.SerializeToString())
        while ForwardMsg.FromString(there.recv(60)).WhichOneof("type") != "script_finished":
            pass
        yield


def assistants(pid: int) -> list[int]:
    """The processes of a server that are assistants."""
    found = []
    for thread in Path(f"/proc/{pid}/task").iterdir():
        with contextlib.suppress(OSError):  # threads and processes end meanwhile
            for child in (thread / "children").read_text().split():
                if "moments.ahead" in Path(f"/proc/{child}/cmdline").read_text():
                    found.append(int(child))
    return found


def test_the_processes_say_when_a_reader_is_alone(monkeypatch):
    said = []
    monkeypatch.setattr(ahead, "alone", said.append)
    monkeypatch.setattr(processes, "MOST", 2)
    crowd = processes.Crowd(None)
    crowd._count(1)
    assert said == [], "a process that others have started says nothing"
    crowd.helpers = processes.Helpers(["true"], 0)
    for more in (1, -1, -1):
        crowd._count(more)
    assert said == [False, True, True]


def test_what_the_filters_leave_is_counted_once_by_the_page(chosen, monkeypatch):
    """Where a person fills several rows that is the dearest statement of all."""
    def fail(*_):
        raise AssertionError("counted by who only answers")

    filters = chosen(channel=("app",))
    monkeypatch.setattr(warehouse, "_left", fail)
    warehouse.told.cache_clear()
    assert len(warehouse.told(datasets.root(), "nps_by_score", filters, None, ()))
    with pytest.raises(AssertionError):
        warehouse.query("nps_by_score", filters)
