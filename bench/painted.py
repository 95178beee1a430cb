"""Click to painted in Chromium, the same for every app that draws with Plotly.

From the pointer's going down on an option of a filter until after the frame that holds the last change in any of the
page's figures; on a page that has none, in its cards and findings. Known only in hindsight: once the app says that it
rests and nothing has moved for a while.
"""

import base64
import os
import random
import shutil
import time
from contextlib import contextmanager
from dataclasses import dataclass

from playwright.sync_api import Page, sync_playwright

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
         "--disable-sync", "--no-first-run"]  # fmt: skip
STILL = 1500  # milliseconds without a change after which a page rests: ours may hold an answer back for 1000
PATIENCE = 120  # seconds

WATCH = """
window.bench = {down: 0, painted: 0, moved: 0};
const channel = new MessageChannel();  // its task comes after the frame has been painted
channel.port1.onmessage = () => { bench.painted = performance.now(); };
addEventListener('pointerdown', e => { bench.down = e.timeStamp; bench.painted = 0; }, true);
const PLOT = '.js-plotly-plot', WORDS = '.m-cards, .m-finding';
const shown = () => { const plots = document.querySelectorAll(PLOT);
                      return [...(plots.length ? plots : document.querySelectorAll(WORDS))]; };
const within = (node, what) => (node.closest ? node : node.parentElement)?.closest(what);
const worded = node => node.matches?.(WORDS) || node.querySelector?.(WORDS);
const reworded = change => change.type !== 'attributes' &&
                           (within(change.target, WORDS) || [...change.addedNodes].some(worded));
new MutationObserver(changes => {
  const seen = document.querySelector(PLOT) ? change => within(change.target, PLOT) : reworded;
  if (!changes.some(seen)) return;
  bench.moved = performance.now();
  requestAnimationFrame(() => channel.port2.postMessage(0));
}).observe(document, {subtree: true, childList: true, characterData: true, attributes: true});
bench.figures = () => shown().map(f => f.data ? JSON.stringify(f.data) : f.innerText);
bench.rests = () => performance.now() - Math.max(bench.moved, bench.down) > STILL &&  // first: it costs nothing
  REST && (shown().length || document.querySelector('.m-notice')) &&
  (!document.querySelector(PLOT) || document.querySelector(PLOT + ' .main-svg'));
"""

@dataclass(frozen=True)
class Kind:
    """How an app says that it rests, and how its filters offer what is not chosen: side by side, or in a list."""

    rests: str
    filters: str
    beside: str  # within a filter that is no field
    key: str  # opens the list of a field
    options: str  # in an open list


STREAMLIT = Kind(
    rests="""document.querySelector("[data-testid='stApp'][data-test-script-state='notRunning']") &&
      !document.querySelector("[data-stale='true'], [data-testid='stSkeleton']")""",
    filters="[data-testid='stSidebar'] :is([data-testid='stMultiSelect'] input, [role='toolbar'])",
    beside="button[aria-pressed='false']",
    key="ArrowDown",
    options="[role='option']:not([data-key='__select_all__'])",
)
DASH = Kind(
    rests="""!document.querySelector("[data-dash-is-loading='true']") && document.title !== 'Updating...'""",
    filters="button.dash-dropdown, .dash-checklist",
    beside="[role='option'][aria-selected='false']",
    key="Enter",
    options=".dash-dropdown-content [role='option'][aria-selected='false']",
)
TOGETHER = 2  # filters that are set at most, so that rows are left
IN_SIGHT = 5  # options of a list that can be clicked without scrolling
EITHER = {0, 1}  # region and branch, of which one is set at a time


@dataclass
class Painted:
    """Milliseconds until painted, bytes that came meanwhile, figures that show something else now, and all figures."""

    ms: float
    size: int
    changed: int
    figures: int


class Tab:
    """An app in a browser that has never been there."""

    def __init__(self, page: Page, kind: Kind, url: str):
        self.page, self.kind, self.url = page, kind, url
        self.chance = random.Random(url.split("/", 3)[3])
        self.seen, self.chosen, self.size = set(), frozenset(), 0
        self.devtools = page.context.new_cdp_session(page)
        self.devtools.send("Network.enable")
        self.devtools.on("Network.loadingFinished", lambda e: self._came(e["encodedDataLength"]))
        self.devtools.on("Network.webSocketFrameReceived", lambda e: self._came(_length(e["response"])))

    def _came(self, size: float) -> None:
        self.size += int(size)

    def open(self) -> Painted:
        """Load the page, nothing chosen: from the start of navigation until all is painted."""
        self.size, self.chosen = 0, frozenset()
        self.page.goto(self.url)
        return self._wait([])

    def click(self) -> Painted:
        """Choose one more option of a filter. Opening its list, and loading the page anew after a few, is not timed.

        What changes nothing, or leaves nothing to show, is not counted: there is no frame that shows it.
        """
        while True:
            if len(self.chosen) == TOGETHER:
                self.open()
            before, option = self.page.evaluate("bench.figures()"), self._option()
            option.hover()
            self.page.wait_for_timeout(100)
            self.size = 0
            self.page.mouse.down()
            self.page.mouse.up()
            found = self._wait(before)
            if found.changed:
                return found
            self.open()

    def _option(self):
        """What to click for a choice that was not seen yet; a list that it stands in is open."""
        filters = self.page.locator(self.kind.filters)
        for _ in range(200):
            place = self.chance.randrange(filters.count())
            if any({other, place} == EITHER for other, _ in self.chosen):
                continue
            options = self._offered(filters.nth(place))
            option = options.nth(self.chance.randrange(min(options.count(), IN_SIGHT)))
            choice = self.chosen | {(place, option.inner_text())}
            if choice not in self.seen:
                self.seen.add(choice)
                self.chosen = choice
                return option
        raise LookupError("every choice has been seen")

    def _offered(self, field):
        """The options of a filter; a list is opened again where a page that is still busy has closed it."""
        options = self.page.locator(self.kind.options)
        if not field.evaluate("field => field.matches('input, button')"):
            self.page.keyboard.press("Escape")  # a list that has been opened for a choice already seen
            options.first.wait_for(state="detached")
            return field.locator(self.kind.beside)
        for _ in range(10):
            self.page.keyboard.press("Escape")
            self.page.evaluate("document.activeElement.blur()")
            field.focus()
            self.page.keyboard.press(self.kind.key)
            self.page.wait_for_timeout(300)
            if options.count():
                break
        return options

    def _wait(self, before: list[str]) -> Painted:
        until = time.monotonic() + PATIENCE
        while not self.page.evaluate("Boolean(bench.rests())"):  # the page's policy forbids wait_for_function
            if time.monotonic() > until:
                raise TimeoutError(self.url)
            self.page.wait_for_timeout(50)
        now = self.page.evaluate("bench.figures()")
        ms = self.page.evaluate("bench.painted - bench.down")
        changed = sum(a != b for a, b in zip(before, now, strict=False)) + abs(len(now) - len(before))
        if all(figure == "[]" for figure in now):  # an empty figure is how a Dash page says that nothing is left
            changed = 0
        return Painted(ms, self.size, changed, len(now))


@contextmanager
def tab(kind: Kind, url: str):
    """A Tab in the browser that ./test uses, just started."""
    path = os.environ.get("MOMENTS_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        page = browser.new_page(viewport={"width": 1440, "height": 1000})
        page.add_init_script(WATCH.replace("REST", kind.rests).replace("STILL", str(STILL)))
        yield Tab(page, kind, url)
        browser.close()


def _length(frame: dict) -> int:
    text = frame["payloadData"]
    return len(text) if frame["opcode"] == 1 else len(base64.b64decode(text))
