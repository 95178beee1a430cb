"""What a page is about to ask, asked meanwhile by a second process: so a click of one reader uses a second core.

Under new filters a page asks what it asked under those before. As soon as they are known its assistant is told, and
answers one question after the other while the page is drawn. The page takes what is there; for what the assistant is
about it waits, and asks the next one itself meanwhile. What it did not ask last time it asks alone.

For a reader who has the first process of a server to themselves, and while nobody reads: where more do, other processes
need the cores (`moments/processes.py`).
"""

import contextlib
import gc
import os
import pickle
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from moments.states import State

if TYPE_CHECKING:
    from moments.filters import Filters

COMMAND = [sys.executable, "-m", "moments.ahead"]
AT_ONCE = 2  # one that is being answered and one that waits, so that the assistant never does
LARGE = 4000  # bytes of a question that is not handed out: a pipe takes two smaller ones without anybody's reading
PATIENCE = 150  # seconds without an answer after which an assistant is no good: the engine gives up after 60
REST = 2  # seconds after a first page in which its browser needs the cores


class Question(NamedTuple):
    """What `warehouse.told` is asked."""

    root: Path
    name: str
    filters: "Filters | None"
    items: tuple[str, ...] | None
    given: tuple[tuple[str, Any], ...]


@dataclass
class Batch:
    """The questions of one run: still to be handed out, handed out, and answered."""

    left: dict[Question, None] = field(default_factory=dict)
    out: set[Question] = field(default_factory=set)
    answers: dict[Question, Any] = field(default_factory=dict)


@dataclass
class Run:
    """A page being drawn: its filters, those of the period compared with, what it has asked, what was asked for it.

    `asked` keeps, for each question, which of the two filters it was asked under, and the question without them.
    """

    page: str
    filters: tuple["Filters", "Filters | None"]
    assistant: "Assistant"
    batch: Batch
    asked: dict[tuple[int, Question], None] = field(default_factory=dict)


class Assistant:
    """A process that answers questions, those of the newest run only. It ends when this process does."""

    def __init__(self, command: list[str]):
        self._command = command
        self._process: subprocess.Popen | None = None
        self._dismissed = False
        self._known: dict[str, list[Question]] = {}  # pages, and what each asked when it was first drawn
        self._changed = threading.Condition()
        self._batch = Batch()
        self._handed: dict[int, Question] = {}  # what it has not answered yet, of whichever run
        self._number = 0

    def start(self, rest: float = 0) -> None:
        """Be there, after a rest. Where the system allows no more processes, pages ask alone."""
        if rest and not self._process:
            timer = threading.Timer(rest, self.start)
            timer.daemon = True
            timer.start()
            return
        with self._changed:
            if self._process is None and not self._dismissed:
                with contextlib.suppress(OSError):
                    # in a group of its own, for Ctrl+C to reach the first process alone
                    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "process_group": 0}
                    self._process = subprocess.Popen(self._command, **pipes)
                    threading.Thread(target=self._listen, args=(self._process,), name="assistant", daemon=True).start()
                    self._begin(question for asked in self._known.values() for question in asked)

    def dismiss(self) -> None:
        """Go for good: what was handed out is asked by the pages themselves."""
        with self._changed:
            self._dismissed = True
        self._gone(self._process)

    def learn(self, page: str, questions: Iterable[Question]) -> None:
        """A page has been drawn and has asked these. What is new to it, it answers while nobody waits.

        So it has opened the tables and knows where branches lie before it is needed.
        """
        with self._changed:
            if page not in self._known:
                self._known[page] = [*questions]
                self._begin(self._known[page])

    def take(self, questions: Iterable[Question]) -> Batch:
        """Begin with these, and leave those of the run before. The first is left to the page, which asks it at once."""
        with self._changed:
            self._begin([*questions][1:])
            return self._batch

    def _begin(self, questions: Iterable[Question]) -> None:
        self._forget()
        self._batch = Batch(dict.fromkeys(questions if self._process else ()))
        self._hand_out()

    def answer(self, batch: Batch, question: Question, ask: Callable) -> Any:
        """What was found; None for what the page has to ask itself. Meanwhile it may `ask(*another)`."""
        while True:
            with self._changed:
                if question in batch.answers or question not in batch.out:
                    batch.left.pop(question, None)
                    return batch.answers.pop(question, None)
                if not batch.left:
                    if not self._changed.wait(PATIENCE):
                        self._gone(self._process)
                    continue
                other = next(iter(batch.left))
                del batch.left[other]
            try:
                ask(*other)
            except State as state:
                batch.answers[other] = state
            except Exception:  # said where the page asks for it
                continue

    def _hand_out(self) -> None:
        while self._batch.left and len(self._handed) < AT_ONCE:
            question = next(iter(self._batch.left))
            del self._batch.left[question]
            said = pickle.dumps((self._number + 1, question))
            if len(said) > LARGE:
                continue
            self._batch.out.add(question)
            self._number += 1
            self._handed[self._number] = question
            try:
                self._process.stdin.write(said)
                self._process.stdin.flush()
            except OSError:
                self._gone(self._process)

    def _listen(self, process: subprocess.Popen) -> None:
        with contextlib.suppress(Exception), process.stdout:  # it has ended, or says what cannot be understood
            while True:
                number, answer = pickle.load(process.stdout)
                with self._changed:
                    if self._process is not process:
                        break
                    question = self._handed.pop(number)
                    if question in self._batch.out:
                        self._batch.out.remove(question)
                        self._batch.answers[question] = answer
                    self._hand_out()
                    self._changed.notify_all()
        self._gone(process)

    def _gone(self, process: subprocess.Popen | None) -> None:
        with self._changed:
            if process is None or self._process is not process:
                return
            self._process = None
            self._handed.clear()
            self._forget()
        process.kill()
        process.wait()
        with contextlib.suppress(OSError):
            process.stdin.close()

    def _forget(self) -> None:
        self._batch.left.clear()
        self._batch.out.clear()
        self._changed.notify_all()


assistant: Assistant | None = None  # while there is one reader at most, in a process that may have one
_last: dict[str, list[tuple[int, Question]]] = {}  # page -> what it asked last time
_run: ContextVar[Run | None] = ContextVar("run", default=None)


def alone(yes: bool) -> None:
    """Whether this process has one reader at most, who may have an assistant: from the end of their first page on."""
    global assistant
    if not yes and assistant:
        assistant.dismiss()
    assistant = (assistant or Assistant(COMMAND)) if yes else None


def begin(page: str, filters: "Filters") -> None:
    """A page is drawn under these filters: have asked what it asked last time."""
    run, there = None, assistant
    if there:
        both = filters, filters.compared()
        asked = (question._replace(filters=both[which]) for which, question in _last.get(page, ()) if both[which])
        run = Run(page, both, there, there.take(asked))
    _run.set(run)


def end() -> None:
    """The page has been drawn."""
    if run := _run.get():
        _last[run.page] = list(run.asked)
        run.assistant.learn(run.page, (question._replace(filters=run.filters[which]) for which, question in run.asked))
        run.assistant.start(REST)
    _run.set(None)


def note(question: Question) -> None:
    """The page that is being drawn asks this; kept if it will ask the same under other filters."""
    run = _run.get()
    if run and question.filters in run.filters:
        run.asked[run.filters.index(question.filters), question._replace(filters=None)] = None


def answer(question: Question, ask: Callable) -> Any:
    """The rows that the assistant has found; None if the page has to `ask(*question)`. Raises as that would."""
    run = _run.get()
    found = run.assistant.answer(run.batch, question, ask) if run else None
    if isinstance(found, State):
        raise found
    return found


def _assist() -> None:
    """Be an assistant: answer what comes in, until nothing can come any more."""
    from moments import warehouse

    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what is printed is no answer
    gc.collect()
    gc.freeze()
    snapshots: dict = {}  # as they were read the first time
    with contextlib.suppress(EOFError, OSError):
        while True:
            number, question = pickle.load(sys.stdin.buffer)
            filters = question.filters
            filters = filters.only(snapshot=snapshots.setdefault(filters.snapshot, filters.snapshot))
            try:
                found = warehouse.told(*question._replace(filters=filters))
            except State as state:
                found = state
            except Exception:
                found = None  # the page finds out itself
            pickle.dump((number, found), answers)
            answers.flush()


if __name__ == "__main__":
    _assist()
    sys.stdout.flush()
    os._exit(0)
