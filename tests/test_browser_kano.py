"""The KANO page in a real browser: a click, a filter, what axe finds, and that no label covers another."""

import itertools
import re
import shutil

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect
from serving import serve
from test_browser import NOT_OURS, choose, chromium, click_mark, reader  # noqa: F401 (chromium is a fixture)

pytestmark = pytest.mark.browser

LABELS = """panel => [...document.querySelectorAll(`.st-key-panel-kano-${panel} .scatterlayer text`)]
    .filter(e => e.textContent && getComputedStyle(e).display !== 'none' && getComputedStyle(e).fillOpacity !== '0')
    .map(e => [e.textContent, ...['left', 'top', 'right', 'bottom'].map(s => e.getBoundingClientRect()[s])])"""


@pytest.fixture(scope="module")
def served(few, shipped, data_root, tmp_path_factory):
    """A server with the few rows and the sample."""
    folder = tmp_path_factory.mktemp("browser")
    for dataset in ("few", shipped):
        shutil.copytree(data_root / dataset, folder / "data" / dataset)
    with serve(folder / "data", folder / "log") as running:
        yield running


def seats(page):
    return page.locator(".m-steps li", has_text=re.compile("Seats|座椅"))


@pytest.mark.parametrize(("language", "title"), [("zh", "KANO 需求分类"), ("en", "KANO: kinds of needs")])
def test_both_languages(chromium, served, language, title):  # noqa: F811
    with reader(chromium, served, f"kano?dataset=few&lang={language}&period=all") as page:
        expect(page.locator("h1.m-title")).to_have_text(title)
        expect(seats(page)).to_contain_text("Better 0.25 · Worse −0.25")  # A3 O1 M3 I9


def test_a_filter_changes_the_number(chromium, served):  # noqa: F811
    with reader(chromium, served, "kano?dataset=few&lang=en&period=all") as page:
        choose(page, "Segment", "VIP")
        expect(seats(page)).to_contain_text("Better 0.25 · Worse 0.00")  # A1 I3 of those ten
        expect(page.locator(".st-key-chips")).to_contain_text("Segment VIP")


def test_a_click_on_a_mark_makes_it_stand_out(chromium, served):  # noqa: F811
    with reader(chromium, served, "kano?dataset=few&lang=en&period=all&segment=vip") as page:
        click_mark(page, page.locator(".st-key-kano-quadrant-figure .points path.point").first)
        expect(page.get_by_role("button", name=re.compile("highlight Seats"))).to_be_visible()
        expect(page).to_have_url(re.compile("feature=seats"))


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("width", [360, 700, 1280, 1600])
def test_no_label_covers_another(chromium, served, language, width):  # noqa: F811
    with reader(chromium, served, f"kano?dataset=shipped&lang={language}&period=all") as page:
        page.set_viewport_size({"width": width, "height": 900})
        for panel in ("quadrant", "cloud"):
            page.locator(f".st-key-panel-kano-{panel}").scroll_into_view_if_needed()
            expect(page.locator(f".st-key-panel-kano-{panel} .scatterlayer text").first).to_be_attached()
            page.wait_for_timeout(1_000)  # Plotly follows a new width a moment later
            shown = page.evaluate(LABELS, panel)
            assert len(shown) == 12
            assert all(re.fullmatch(r"\d+", words) for words, *_ in shown) == (width == 360)
            for (one, *a), (other, *b) in itertools.combinations(shown, 2):
                across, down = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
                assert across <= 1 or down <= 3, (one, other, across, down)  # a line of text has air above its letters


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(chromium, served, scheme):  # noqa: F811
    with reader(chromium, served, "kano?dataset=shipped&lang=zh&period=all", color_scheme=scheme) as page:
        expect(page.locator(".js-plotly-plot .main-svg").first).to_be_visible()
        found = Axe().run(page, context={"exclude": [[s] for s in NOT_OURS]})
        serious = [v for v in found.response["violations"] if v["impact"] in ("serious", "critical")]
        assert not serious, [(v["id"], [n["html"][:120] for n in v["nodes"][:3]]) for v in serious]
