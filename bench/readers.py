"""Readers without a browser: they speak Streamlit's protocol over a websocket, as its own front end does."""

import asyncio
import itertools
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import connect

PATIENCE = 120  # seconds after which a click counts as an error
TOGETHER = 2  # filters that are set at most
LOOKING = 5  # seconds before a first click
STARTING = 10  # seconds in which the server's other processes have started
PAUSE = 2, 6  # seconds between two clicks of one reader, at random


@dataclass
class Click:
    """What one click cost: seconds until the script run had finished, bytes received, whether it failed."""

    seconds: float
    size: int
    failed: bool


@dataclass
class Reader:
    """One reader of one page, who chooses in the filters of the sidebar."""

    url: str
    page: str
    query: str
    chance: random.Random
    filters: dict = field(default_factory=dict)  # widget's id -> its options
    chosen: dict = field(default_factory=dict)  # widget's id -> what is chosen
    seen: set = field(default_factory=set)
    kept: set = field(default_factory=set)  # hashes of messages that need not be sent again
    script: str = ""

    async def __aenter__(self):
        self.line = await connect(
            self.url.replace("http", "ws", 1) + "/_stcore/stream",
            origin=self.url, subprotocols=["streamlit"], max_size=None, open_timeout=PATIENCE,
            compression=None, ping_interval=None,
        )  # fmt: skip
        return self

    async def __aexit__(self, *_):
        await self.line.close()

    async def open(self) -> Click:
        """Open the page."""
        return await self._run()

    async def click(self) -> Click:
        """Choose one more option of a filter, or let go of one, so that a choice comes about that was not seen yet."""
        for _ in range(1000):
            chosen = dict(self.chosen)
            widget = self.chance.choice([w for w, options in self.filters.items() if options])
            now = {*chosen.get(widget, ())} ^ {self.chance.choice(self.filters[widget])}
            chosen[widget] = tuple(option for option in self.filters[widget] if option in now)
            if sum(map(len, chosen.values())) > TOGETHER:  # few rows are left by many filters: one alone again
                chosen = {widget: (self.chance.choice(self.filters[widget]),)}
            if (choice := tuple(sorted(chosen.items()))) not in self.seen:
                break
        self.seen.add(choice)
        self.chosen = {w: chosen.get(w, ()) for w in {*self.chosen, *chosen}}
        return await self._run()

    async def _run(self) -> Click:
        ask = BackMsg()
        run = ask.rerun_script
        run.query_string, run.page_name = self.query, "" if self.script else self.page
        run.page_script_hash = self.script
        run.cached_message_hashes.extend(self.kept)
        for widget, options in self.chosen.items():
            state = run.widget_states.widgets.add(id=widget)
            state.string_array_value.data.extend(options)
        begun, size, failed = time.perf_counter(), 0, False
        await self.line.send(ask.SerializeToString())
        while True:
            raw = await asyncio.wait_for(self.line.recv(), PATIENCE)
            size += len(raw)
            message = ForwardMsg.FromString(raw)
            kind = message.WhichOneof("type")
            if message.metadata.cacheable and message.hash:
                self.kept.add(message.hash)
            if kind == "navigation":  # new_session still names the page before
                self.script = message.navigation.page_script_hash
            elif kind == "page_info_changed":
                self.query = message.page_info_changed.query_string
            elif kind == "delta":
                element = message.delta.new_element
                failed |= element.WhichOneof("type") in ("exception", "alert")  # server.py's apology is one
                if element.WhichOneof("type") == "multiselect":
                    self.filters[element.multiselect.id] = list(element.multiselect.options)
                pills = element.button_group
                if pills.click_mode == pills.MULTI_SELECT:
                    self.filters[pills.id] = [option.content for option in pills.options]
            elif kind == "script_finished" and message.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN:
                failed |= message.script_finished != ForwardMsg.FINISHED_SUCCESSFULLY
                return Click(time.perf_counter() - begun, size, failed)


def alone(url: str, page: str, query: str, clicks: int) -> tuple[Click, list[Click]]:
    """One reader, who looks at the page and then clicks as soon as it rests: what opening cost, and each click."""

    async def go():
        async with Reader(url, page, query, random.Random(page)) as reader:
            opened = await reader.open()
            await asyncio.sleep(LOOKING)  # meanwhile the server has an assistant for a lone reader
            return opened, [await reader.click() for _ in range(clicks)]

    return asyncio.run(go())


def together(url: str, pages: list[str], query: str, readers: int, seconds: float) -> tuple[list[Click], int]:
    """So many readers at once, spread over the pages, each clicking every 2-6 s: clicks, and readers that were lost.

    The clock runs from when all have opened their page: this is about clicks, not about all arriving together. So the
    third comes when the processes that the second has had started are there.
    """

    async def opened(number: int) -> tuple[Reader, Click]:
        reader = await Reader(url, pages[number % len(pages)], query, random.Random(number)).__aenter__()
        return reader, await reader.open()

    async def clicks(reader: Reader, first: Click) -> list[Click]:
        made, until = [Click(0, 0, True)] if first.failed else [], time.monotonic() + PAUSE[1] + seconds
        await asyncio.sleep(reader.chance.uniform(0, PAUSE[1]))
        while time.monotonic() < until:
            made.append(await reader.click())
            await asyncio.sleep(reader.chance.uniform(*PAUSE))
        await reader.__aexit__()
        return made

    async def go():
        here = await asyncio.gather(*map(opened, range(min(2, readers))), return_exceptions=True)
        if readers > 2:
            await asyncio.sleep(STARTING)
            here += await asyncio.gather(*map(opened, range(2, readers)), return_exceptions=True)
        ready = [clicks(*each) for each in here if not isinstance(each, BaseException)]
        return await asyncio.gather(*ready, return_exceptions=True)

    done = [made for made in asyncio.run(go()) if not isinstance(made, BaseException)]
    return [click for made in done for click in made], readers - len(done)


def steadily(url: str, pages: list[str], query: str, readers: int, clicks: int, after: Callable[[], None]) -> None:
    """So many readers who stay and click without a pause, `clicks` in all; `after` each of them something is done.

    They stay until the last click: a server treats one who is alone in another way.
    """
    made = itertools.count()

    async def one(number: int) -> None:
        async with Reader(url, pages[number % len(pages)], query, random.Random(number)) as reader:
            await reader.open()
            while next(made) < clicks:
                await reader.click()
                after()

    async def go():
        await asyncio.gather(*map(one, range(readers)))

    asyncio.run(go())
