"""The real server in a real browser: what a reader clicks, shares and reloads, and what the page asks of the world."""

import os
import re
import shutil
from contextlib import contextmanager

import conftest
import pytest
from playwright.sync_api import Page, expect, sync_playwright
from serving import serve
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from moments import browser

pytestmark = pytest.mark.browser

SHADES = {"light": "rgb(27, 32, 38)", "dark": "rgb(232, 235, 238)"}  # of a page's title
ON_A_WALL = {"light": "rgb(0, 0, 0)", "dark": "rgb(255, 255, 255)"}
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--no-first-run",
]  # fmt: skip
WAIT = 60_000
expect.set_options(timeout=45_000)


@pytest.fixture(scope="module")
def served(few, data_root, tmp_path_factory):
    """A server that nobody has asked anything yet."""
    folder = tmp_path_factory.mktemp("browser")
    shutil.copytree(data_root / "few", folder / "data" / "few")
    with serve(folder / "data", folder / "log") as running:
        yield running


@pytest.fixture(scope="module")
def stocked(few, shipped, data_root, tmp_path_factory):
    """A server with the few rows and with the sample, for what needs many branches."""
    folder = tmp_path_factory.mktemp("browser")
    for dataset in ("few", shipped):
        shutil.copytree(data_root / dataset, folder / "data" / dataset)
    with serve(folder / "data", folder / "log") as running:
        yield running


@pytest.fixture(scope="module")
def chromium():
    path = os.environ.get("MOMENTS_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    assert path, "no Chromium: ./test installs one"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@contextmanager
def reader(chromium, served, path: str, **context):
    """A page in a clean browser; on leaving, nothing must have been asked of another host or said in the console."""
    fresh = chromium.new_context(**{"viewport": {"width": 1280, "height": 900}} | context)
    page = fresh.new_page()
    page.set_default_timeout(WAIT)
    foreign, complaints = [], []
    page.on("request", lambda r: None if r.url.startswith((served.url, "data:", "blob:")) else foreign.append(r.url))
    page.on("console", lambda m: complaints.append(m.text) if m.type in ("error", "trace") else None)
    page.on("pageerror", lambda e: complaints.append(str(e)))
    page.goto(f"{served.url}/{path}")
    expect(page.locator(".m-foot")).to_be_visible(timeout=WAIT)
    yield page
    fresh.close()
    assert not foreign, "something was asked of another host"
    assert not complaints


def click_mark(page: Page, mark) -> None:
    """Click a mark once the page rests: Plotly listens on a layer above its marks, and late panels move them."""
    expect(mark).to_be_visible()
    page.locator("[data-testid='stApp'][data-test-script-state='notRunning']").wait_for()
    mark.scroll_into_view_if_needed()
    page.wait_for_timeout(500)
    box = mark.bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)


def value(page: Page):
    """The big number of the first card."""
    return page.locator(".m-value").first


def choose(page: Page, label: str, option: str) -> None:
    """One of few codes, which stand side by side in the sidebar."""
    page.get_by_role("toolbar", name=re.compile(f"^{label}")).get_by_role("button", name=option, exact=True).click()


def choose_from_list(page: Page, label: str, option: str) -> None:
    """One of many in the sidebar; a list closes at a scroll, and what scrolled it into view is told a frame later."""
    box = page.get_by_role("combobox", name=re.compile(label)).first
    box.scroll_into_view_if_needed()
    page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    box.click()
    wanted = page.get_by_role("option", name=option, exact=True)
    expect(wanted).to_be_visible()
    expect(page.get_by_role("option", name="Select all")).to_have_count(0)  # English in every language
    wanted.click()


def called(chromium, served, asked: str, script: str):
    """What JavaScript makes of one of our scripts alone, on a page of the server that has no other."""
    page = chromium.new_page()
    page.goto(f"{served.url}/healthz")
    found = page.evaluate(asked, served.url + script)
    page.close()
    return found


def test_a_cold_deep_link_opens_the_page_with_its_filters(chromium, served):
    """First in this file: the server has just started, and Streamlit takes `pages/` for an app of its own."""
    with reader(chromium, served, "nps?lang=en&period=all&channel=app") as page:
        expect(page.locator("h1.m-title")).to_have_text("Net promoter score")
        expect(value(page)).to_have_text("66.7")
        expect(page.locator("html")).to_have_attribute("lang", "en")


def test_a_filter_changes_the_number_the_link_and_back_undoes_it(chromium, served):
    with reader(chromium, served, "nps?lang=en&period=all") as page:
        expect(page.locator(".js-plotly-plot .main-svg").first).to_be_visible()
        page.evaluate("window.early = 0; addEventListener('figure', e => { early += e.defaultPrevented; })")
        page.evaluate("""window.later = true, window.atOnce = false;
            const send = WebSocket.prototype.send;
            WebSocket.prototype.send = function (told) { atOnce ||= !later; send.call(this, told); };
            addEventListener('click', () => { later = false; setTimeout(() => { later = true; }); }, true)""")
        choose(page, "Channel", "App")
        expect(value(page)).to_have_text("66.7")  # 4 promoters of 6, nobody against: 3, 4, 7, 10, 11, 14
        assert page.evaluate("early") > 0, "no figure was drawn before Streamlit had drawn the rest"
        assert page.evaluate("atOnce"), "the server was not told of the choice within the click"
        expect(page.locator(".st-key-chips")).to_contain_text("Channel App")
        expect(page).to_have_url(re.compile("channel=app"))
        link = page.url
        with reader(chromium, served, link.removeprefix(served.url + "/")) as other:
            expect(value(other)).to_have_text("66.7")
        page.reload()
        expect(value(page)).to_have_text("66.7")
        page.go_back()
        expect(value(page)).to_have_text("15.4")


def test_back_undoes_also_after_a_reload_where_nothing_had_been_chosen(chromium, served):
    with reader(chromium, served, "nps") as page:
        chips = page.locator(".st-key-chips")
        choose(page, "渠道", "手机")
        expect(chips).to_contain_text("渠道 手机")
        expect(page).to_have_url(re.compile("channel=app"))
        page.reload()
        expect(chips).to_contain_text("渠道 手机")
        expect(page.locator(".m-foot")).to_be_visible()
        page.go_back()
        expect(page).to_have_url(re.compile(r"/nps$"))
        expect(chips).not_to_contain_text("手机")
        expect(page).to_have_url(re.compile(r"/nps$"))


def test_a_chip_lets_go_of_its_filter_and_reset_of_all(chromium, served):
    with reader(chromium, served, "nps?lang=en&period=all&channel=app") as page:
        expect(value(page)).to_have_text("66.7")
        page.get_by_role("button", name=re.compile("Channel App")).click()
        expect(value(page)).to_have_text("15.4")
        page.get_by_role("button", name="Reset").click()
        expect(page.locator(".st-key-chips")).not_to_contain_text("App")
        expect(page).to_have_url(re.compile(r"nps(\?lang=en)?$"))


def test_few_codes_stand_side_by_side_and_branches_in_a_list(chromium, served):
    """A second click lets go; what is chosen stays lit, also after a reload; branches are those of the region."""
    with reader(chromium, served, "nps?lang=en&period=all") as page:
        app = page.get_by_role("toolbar", name=re.compile("^Channel")).get_by_role("button", name="App", exact=True)
        segments = page.get_by_role("toolbar", name="Segment: all")
        expect(segments.get_by_role("button")).to_have_text(["Mass", "VIP"])
        app.click()
        expect(value(page)).to_have_text("66.7")
        page.reload()
        expect(app).to_have_attribute("aria-pressed", "true")
        app.click()
        expect(value(page)).to_have_text("15.4")
        expect(page).to_have_url(re.compile(r"nps\?lang=en&period=all$"))
        choose(page, "Region", "South")
        expect(page.locator(".st-key-chips")).to_contain_text("Region South")
        choose_from_list(page, "Branch", "Riverside")
        expect(page.locator(".st-key-chips")).to_contain_text("Branch Riverside")


@pytest.mark.slow
def test_peoples_names_are_shown_as_they_are_and_whole(chromium, data_root, tmp_path_factory):
    names = ["**a** :material/home: <b>b</b> -> $c$ :streamlit:", "Donaudampfschifffahrtsgesellschaftskapitänsmütze"]
    codes = dict(zip(("loan", "cash"), ({"zh": name, "en": name} for name in names), strict=True))
    folder = tmp_path_factory.mktemp("names")
    snapshot = conftest.write("odd_names", codebook=conftest.CODEBOOK | {"codes": {"service": codes}})
    shutil.copytree(data_root / snapshot.dataset, folder / "data" / snapshot.dataset)
    with serve(folder / "data", folder / "log") as running:
        with reader(chromium, running, "nps?lang=en&period=all&service=loan&service=cash") as page:
            for place in (page.get_by_role("toolbar", name="Service"), page.locator(".st-key-chips")):
                for name in names:
                    button = place.get_by_role("button").filter(has_text=name[-6:])
                    assert name in button.inner_text().replace("\u2060", "")
                    cut = "e => [e, ...e.querySelectorAll('*')].some(x => x.scrollWidth > x.clientWidth + 1)"
                    assert not button.evaluate(cut)


@pytest.mark.slow
def test_language_changes_and_the_choice_stays(chromium, served):
    with reader(chromium, served, "nps?period=all&channel=app") as page:
        finding = page.locator(".m-finding").first
        expect(finding).to_have_css("font-variant-east-asian", "normal")
        page.get_by_text("English", exact=True).click()
        expect(finding).to_have_css("font-variant-east-asian", "proportional-width")
        expect(page.locator("h1.m-title")).to_have_text("Net promoter score")
        expect(value(page)).to_have_text("66.7")
        expect(page.locator(".st-key-chips")).to_contain_text("Channel App")


def test_a_click_on_a_mark_filters_by_it(chromium, served):
    with reader(chromium, served, "nps?lang=en&period=all") as page:
        click_mark(page, page.locator(".st-key-nps-groups-figure .points path.point").first)
        expect(page.locator(".st-key-chips")).to_contain_text("Branch East Gate")
        expect(value(page)).to_have_text("0.0")  # b1: 2 promoters, 2 detractors of 7


@pytest.mark.slow
def test_a_figure_that_was_changed_looks_like_one_drawn_anew(chromium, served):
    """Every word of every figure is in the same place, to a pixel: room is made for names before they are drawn."""
    placed = """() => [...document.querySelectorAll('.js-plotly-plot')].flatMap(figure => {
      const { left, top } = figure.getBoundingClientRect();
      return [...figure.querySelectorAll('text')].filter(text => text.textContent.trim()).map(text => {
        const box = text.getBoundingClientRect();
        return [text.textContent, box.left - left, box.top - top]; }); })"""

    def rested(page) -> list:
        expect(value(page)).to_have_text("66.7")
        expect(page.locator(".js-plotly-plot .main-svg").first).to_be_visible()
        page.locator("[data-testid='stApp'][data-test-script-state='notRunning']").wait_for()
        page.wait_for_timeout(500)
        return sorted(page.evaluate(placed))

    with reader(chromium, served, "nps?lang=en&period=all") as page:
        choose(page, "Channel", "App")
        changed = rested(page)
        with reader(chromium, served, page.url.removeprefix(served.url + "/")) as other:
            anew = rested(other)
    assert [words for words, *_ in changed] == [words for words, *_ in anew] and len(anew) > 40
    off = [(a, b) for a, b in zip(changed, anew, strict=True) if a[1:] != pytest.approx(b[1:], abs=1)]
    assert not off


@pytest.mark.slow
def test_numbers_stand_beside_their_rows(chromium, served):
    """Each in line with its name, to the right of the marks, none cut."""
    beside = """figure => {
      const box = e => e.getBoundingClientRect(), boxes = kind => [...figure.querySelectorAll(kind)].map(box);
      const middle = one => (one.top + one.bottom) / 2, plot = box(figure.querySelector('.nsewdrag'));
      const names = boxes('.ytick text').map(middle);
      return boxes('.y2tick text').map(one => names.some(at => Math.abs(at - middle(one)) < 3)
                                              && one.left > plot.right && one.right <= box(figure).right);
    }"""
    with reader(chromium, served, "nps?lang=en&period=all") as page:
        for wide in (1280, 360):
            page.set_viewport_size({"width": wide, "height": 900})
            numbers = page.locator(".st-key-nps-groups-figure .y2tick text")
            expect(numbers).to_have_text(["0.0  n 7", "…", "…"])
            page.wait_for_timeout(500)
            assert page.locator(".st-key-nps-groups-figure").evaluate(beside) == [True] * 3, wide


def test_a_screen_that_turns_dark_turns_the_page_and_its_figures(chromium, served):
    with reader(chromium, served, "nps?lang=en&period=all", color_scheme="light") as page:
        title, figure = page.locator("h1.m-title"), page.locator(".js-plotly-plot .main-svg .xtick text").first
        for scheme, fill in {"light": "rgb(90, 100, 114)", "dark": "rgb(154, 164, 175)"}.items():
            page.emulate_media(color_scheme=scheme)
            expect(title).to_have_css("color", SHADES[scheme])
            expect(figure).to_have_css("fill", fill)


def test_and_turns_a_page_without_figures_there_and_back(chromium, served):
    with reader(chromium, served, "overview?lang=en&period=all", color_scheme="light") as page:
        assert not page.locator(".js-plotly-plot").count()
        for scheme in ("dark", "light"):
            page.emulate_media(color_scheme=scheme)
            expect(page.locator("h1.m-title")).to_have_css("color", SHADES[scheme])


def test_a_screen_that_turns_back_before_it_is_answered_is_asked_for_again_but_never_for_ever(chromium, served):
    """By the script that Streamlit calls when the screen turns and when the server has drawn."""
    asked = """async script => {
      const { default: call } = await import(script), found = [], parentElement = document.createElement('div');
      document.body.append(parentElement);
      for (const [screen, scheme] of [['dark', 'light'], ['light', 'light'], ['light', 'dark'], ['light', 'dark']]) {
        parentElement.style.colorScheme = screen;
        call({ data: { language: 'en', scheme }, parentElement, setTriggerValue: (_, what) => found.push(what) });
      }
      return found;
    }"""
    assert called(chromium, served, asked, browser.READER) == ["dark", "light"]


def test_a_figure_that_is_ended_and_called_again_stays_and_one_that_left_is_let_go(chromium, served):
    """As Streamlit does when a second change comes before the first is drawn; by the script that it calls."""
    ended = """async script => {
      const { default: draw } = await import(script);
      const axis = { tickfont: { size: 12 } }, font = { family: 'sans-serif', size: 12 };
      const layout = { height: 200, template: { layout: { font, margin: { l: 8 }, yaxis: axis } } };
      const bars = { data: [{ type: 'bar', y: [1] }], layout };
      const told = { name: 'one', figure: bars, config: {}, alt: 'one', clicks: false };
      const data = new TextEncoder().encode(JSON.stringify(told));
      const later = () => new Promise(done => setTimeout(done, 1500));
      const parentElement = document.createElement('div');
      parentElement.style.width = '400px';
      document.body.append(parentElement);
      const shown = () => parentElement.querySelector('.main-svg')?.getAttribute('width');
      const found = [];
      for (const order of ['ended first', 'ended last']) {
        const first = draw({ data, parentElement, setTriggerValue() {} });
        if (order === 'ended first') first();
        const end = draw({ data, parentElement, setTriggerValue() {} });
        if (order === 'ended last') first();
        parentElement.style.width = order === 'ended first' ? '300px' : '350px';
        await later();
        found.push(shown());
        if (order === 'ended last') { parentElement.remove(); end(); await later(); found.push(shown()); }
      }
      return found;
    }"""
    assert called(chromium, served, ended, browser.FIGURE) == ["300", "350", None]


def test_a_figure_whose_names_get_shorter_is_drawn_once(chromium, served):
    """Plotly draws again where names take another room than those before; the first time it has to."""
    drawn = """async script => {
      const { default: draw } = await import(script);
      const axis = { tickfont: { size: 12 }, automargin: true }, font = { family: 'sans-serif', size: 12 };
      const template = { layout: { font, margin: { l: 8 }, yaxis: axis } };
      const parentElement = document.createElement('div');
      parentElement.style.width = '400px';
      document.body.append(parentElement);
      const found = [];
      for (const name of ['a name that takes much room', 'short', 'a longer one']) {
        const layout = { height: 200, template, yaxis: { tickvals: [1], ticktext: [name], range: [0, 2] } };
        const bars = { data: [{ type: 'bar', y: [1] }], layout };
      const told = { name: 'one', figure: bars, config: {}, alt: 'one', clicks: false };
        draw({ data: new TextEncoder().encode(JSON.stringify(told)), parentElement, setTriggerValue() {} });
        const { _size, _redrawFromAutoMarginCount: again } = parentElement.querySelector('.js-plotly-plot')._fullLayout;
        await new Promise(done => setTimeout(done, 200));
        const label = parentElement.querySelector('.ytick text').getBoundingClientRect();
        found.push([again ?? 0, label.left - parentElement.getBoundingClientRect().left]);
      }
      return found;
    }"""
    (_, first), *changed = called(chromium, served, drawn, browser.FIGURE)
    assert [again for again, _ in changed] == [0, 0]
    assert [left for _, left in changed] == pytest.approx([first, first], abs=1)


def test_no_line_of_the_figure_before_stays(chromium, served):
    """Else a row that is hidden now would show the interval of the one that stood there."""
    drawn = """async script => {
      const { default: draw } = await import(script);
      const axis = { tickfont: { size: 12 } }, font = { family: 'sans-serif', size: 12 };
      const template = { layout: { font, margin: { l: 8 }, yaxis: axis } };
      const parentElement = document.createElement('div');
      parentElement.style.width = '400px';
      document.body.append(parentElement);
      const line = (y, more) => ({ type: 'line', x0: 0, x1: 1, y0: y, y1: y, layer: 'between', ...more });
      const found = [];
      for (const shapes of [[line(1), line(2), line(3)], [line(1), line(2, { visible: false })], undefined]) {
        const bars = { data: [{ type: 'bar', y: [1] }], layout: { height: 200, template, shapes } };
        const told = { name: 'one', figure: bars, config: {}, alt: 'one', clicks: false };
        draw({ data: new TextEncoder().encode(JSON.stringify(told)), parentElement, setTriggerValue() {} });
        await new Promise(done => setTimeout(done, 200));
        found.push(parentElement.querySelectorAll('.shapelayer path').length);
      }
      return found;
    }"""
    assert called(chromium, served, drawn, browser.FIGURE) == [3, 1, 0]


def test_a_quick_answer_is_handed_over_at_once_and_a_slow_one_or_the_first_as_it_comes(chromium):
    """What the script of the document does with Streamlit's own messages, which come on a socket of the test."""
    component = {"id": "i", "component_name": "moments.figure", "bytes": b"x" * 90_000}
    messages = {
        "begun": ForwardMsg(hash="h" * 200, new_session={"main_script_path": "app.py"}),
        "part": ForwardMsg(delta={"new_element": {"html": {"body": "x" * 70_000}}}),
        "figure": ForwardMsg(hash="h", delta={"new_element": {"bidi_component": component}}),
        "ended": ForwardMsg(script_finished=ForwardMsg.FINISHED_SUCCESSFULLY),
        "cut": ForwardMsg(hash="h", script_finished=ForwardMsg.FINISHED_EARLY_FOR_RERUN),
        "other": ForwardMsg(session_event={"script_changed_on_disk": True}),
    }
    asked = """async ([script, messages]) => {
      window.WebSocket = class extends EventTarget {};
      const errors = [], figures = [];
      let draws = false;
      window.onerror = (words) => errors.push(words);
      addEventListener('figure', (event) => {
        figures.push(event.detail.length);
        if (draws) event.preventDefault();
      });
      new Function(script)();
      const socket = new WebSocket(), told = [], found = [];
      const buffer = kind => new Uint8Array(messages[kind]).buffer;
      const named = data => Object.keys(messages).find(kind => messages[kind].length === data.byteLength);
      socket.addEventListener('message', event => {
        told.push(named(event.data));
        if (told.length === 5) throw new Error('of the reader');
      });
      const tell = kind => socket.dispatchEvent(new MessageEvent('message', { data: buffer(kind) }));
      for (const step of ['begun cut', 'begun', 'part ended', 'begun part', 'ended', 'other', 'begun part', 1000,
                          'part', 'ended', 'begun part cut', 'begun', 'ended', 'begun figure ended', true,
                          'begun figure ended', 200, 'begun', 200, 'figure', 500, 700]) {
        if (step === true) draws = true;
        else if (typeof step === 'number') await new Promise(done => setTimeout(done, step));
        else step.split(' ').forEach(tell);
        found.push(told.length);
      }
      return [told.join(' '), found, errors.length, figures];
    }"""
    page = chromium.new_page()
    order, told, errors, figures = page.evaluate(asked, [
        browser.GATHER.read_text("utf-8"), {kind: list(m.SerializeToString()) for kind, m in messages.items()}
    ])  # fmt: skip
    page.close()
    assert order == (
        "begun cut begun part ended begun part ended other begun part part ended begun part cut begun ended"
        " begun figure ended begun figure ended begun figure"
    )
    assert told[:13] == [2, 3, 5, 5, 8, 9, 9, 11, 12, 13, 16, 16, 18]
    assert told[13:] == [21, 21, 21, 24, 24, 24, 24, 24, 26], "figures that are drawn come first"
    assert errors == 1 and figures == [90_000] * 3


def test_a_figure_is_drawn_as_soon_as_its_data_are_here_and_not_again_when_it_is_called(chromium, served):
    drawn = """async script => {
      const { default: draw } = await import(script);
      const axis = { tickfont: { size: 12 } }, font = { family: 'sans-serif', size: 12 };
      const data = (name, value, height) => new TextEncoder().encode(JSON.stringify({
        name, alt: `of ${value}`, config: {}, clicks: false, figure: {
          data: [{ type: 'bar', x: [1], y: [value] }],
          layout: { height, template: { layout: { font, margin: { l: 8 }, yaxis: axis } } },
        },
      }));
      document.body.innerHTML = '<div class="stElementContainer" style="width: 400px"><div></div></div>';
      const parentElement = document.body.firstChild.firstChild, found = [];
      const call = (...said) => draw({ data: data(...said), parentElement, setTriggerValue() {} });
      const soon = (...said) => !dispatchEvent(new CustomEvent('figure', { detail: data(...said), cancelable: true }));
      const later = () => new Promise(done => setTimeout(done, 100));
      let drawings = 0;
      const state = () => {
        const place = parentElement.querySelector('.js-plotly-plot'), { flexBasis } = document.body.firstChild.style;
        found.push([place.data[0].y[0], place.getAttribute('aria-label'), flexBasis, drawings]);
      };
      found.push(soon('one', 1, 200));
      call('one', 1, 200);
      parentElement.querySelector('.js-plotly-plot').on('plotly_afterplot', () => (drawings += 1));
      found.push(soon('one', 2, 250), soon('another', 3, 300));
      await later(); state();
      call('one', 2, 250);
      await later(); state();
      call('one', 4, 200);
      await later(); state();
      parentElement.remove();
      found.push(soon('one', 5, 200));
      return found;
    }"""
    unknown, known, another, *shown, gone = called(chromium, served, drawn, browser.FIGURE)
    assert (unknown, known, another, gone) == (False, True, False, False)
    assert [words for *words, _ in shown] == [[2, "of 2", "250px"], [2, "of 2", "250px"], [4, "of 4", "200px"]]
    first, second, third = (drawings for *_, drawings in shown)
    assert 0 < first == second < third


def test_the_answers_behind_a_number_are_as_many_as_it_says(chromium, served):
    with reader(chromium, served, "nps?lang=en&period=all&who=detractor") as page:
        page.get_by_text("What they said, in their words").click()
        expect(page.get_by_text("4 answers, newest first.")).to_be_visible()


def test_the_menu_gives_rows_sql_and_formula(chromium, served):
    with reader(chromium, served, "nps?lang=en&period=all") as page:
        page.locator(".st-key-head-nps-trend").get_by_role("button").click()
        expect(page.get_by_text("read_parquet('data/few/s1/responses.parquet')").first).to_be_visible()
        expect(page.get_by_text("Rocks 2016").first).to_be_visible()
        with page.expect_download() as download:
            page.get_by_role("button", name="CSV").click()
        lines = open(download.value.path(), encoding="utf-8-sig").read().splitlines()
        assert lines[0].startswith("Period,") and "2024-12" in lines[1]


def test_a_phone_shows_everything_in_one_column(chromium, served):
    with reader(chromium, served, "nps?lang=zh&period=all", has_touch=True) as page:
        page.set_viewport_size({"width": 360, "height": 740})
        expect(value(page)).to_be_visible()
        wide = page.evaluate(
            "[...document.querySelectorAll('.stMain *')].filter(e => e.getBoundingClientRect().right > 361 &&"
            " !e.closest('.js-plotly-plot, [data-testid=stDataFrame]')).map(e => e.className.toString()).slice(0, 3)"
        )
        assert not wide


@pytest.mark.slow
def test_a_picture_is_saved_from_a_button_that_shows_only_when_looked_for(chromium, served):
    with reader(chromium, served, "nps?lang=zh&period=all", has_touch=True) as page:
        figure = page.locator(".st-key-nps-groups-figure .js-plotly-plot")
        figure.scroll_into_view_if_needed()
        button = figure.locator(".modebar-btn")
        expect(button).to_be_hidden()
        figure.hover()
        expect(button).to_be_visible()
        with page.expect_download() as download:
            button.click()
        assert "正在保存" in page.locator(".plotly-notifier").inner_text()
        head = open(download.value.path(), "rb").read(26)
        assert head.startswith(b"\x89PNG")
        assert int.from_bytes(head[16:20]) == pytest.approx(2 * figure.bounding_box()["width"], abs=4)


def test_a_name_that_looks_like_a_tag_is_a_name(chromium, served):
    with reader(chromium, served, "nps?period=all&branch=b2") as page:
        expect(page.locator(".st-key-chips")).to_contain_text("<img src=x onerror=alert(1)>")
        assert page.locator("img[src='x']").count() == 0
