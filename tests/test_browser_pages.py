"""Every page in a real browser: both languages, a number that was counted by hand, axe in light and in dark."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect
from test_browser import ON_A_WALL, SHADES, chromium, reader, stocked  # noqa: F401 (fixtures among them)

pytestmark = pytest.mark.browser

# The title in both languages, and in which part of the page which number stands: see test_pages_*.py
PAGES = {
    "overview": ("总览", "Overview", ".m-value", "15.4"),  # 6 promoters, 4 detractors of 13
    "nps": ("净推荐值 NPS", "Net promoter score", ".m-value", "15.4"),
    "satisfaction": ("满意度", "Satisfaction", ".m-value", "72.3"),
    "servqual": ("服务质量 SERVQUAL", "Service quality (SERVQUAL)", ".m-value", "−1.23"),
    "waiting": ("等候体验", "Waiting", ".m-value", "3.8"),
    "queues": ("排队与离开", "Queues", ".js-plotly-plot .main-svg", ""),
    "staffing": ("窗口测算", "Counters", ".js-plotly-plot .main-svg", ""),
    "kano": ("KANO 需求分类", "KANO: kinds of needs", ".m-steps", "Better 0.25 · Worse −0.25"),  # A3 O1 M3 I9
    "complaints": ("投诉", "Complaints", ".js-plotly-plot .main-svg", ""),
    "deadlines": ("投诉时效", "Deadlines", ".m-value", "64.3%"),  # nine of fourteen
    "recovery": ("投诉补救", "Recovery", ".js-plotly-plot .main-svg", ""),
    "voices": ("投诉原声", "Voices", ".js-plotly-plot .main-svg", ""),
    "branches": ("网点对比", "Branches compared", ".js-plotly-plot .main-svg", ""),
    "gaming": ("分数是给的，还是做的", "Scores given or made", ".js-plotly-plot .main-svg", ""),
    "regulator": ("监管口径的投诉量", "Count for the regulator", ".m-notice", "3"),  # too few to show
}
# Streamlit's own markup, which is not ours to mend: what axe says about it is left out by selector
NOT_OURS = [
    "header.stAppHeader", ".stSidebarHeader", "[data-testid='stSidebarNavItems']", ".js-plotly-plot .modebar",
    "[data-testid='stDataFrame']",
]  # fmt: skip


@pytest.mark.parametrize("language", ["zh-CN", pytest.param("en", marks=pytest.mark.slow)])
def test_a_walk_over_all_pages(chromium, stocked, language):  # noqa: F811
    with reader(chromium, stocked, "overview?dataset=few&period=all") as page:
        if language == "en":
            page.get_by_text("English", exact=True).click()
        for *titles, place, number in PAGES.values():
            title = titles[language == "en"]
            page.get_by_role("link", name=title, exact=True).click()
            expect(page.locator("h1.m-title")).to_have_text(title)
            page.locator("[data-testid='stApp'][data-test-script-state='notRunning']").wait_for()
            expect(page.locator(place).first).to_contain_text(number)
            expect(page.locator(place).first).to_be_visible()
            expect(page.locator(".m-foot")).to_be_visible()
            expect(page.locator("[data-testid='stAlert']")).to_have_count(0)
            expect(page.locator("html")).to_have_attribute("lang", language)


@pytest.mark.slow
@pytest.mark.parametrize("query", ["nps?lang=en&view=projector", *(f"{name}?lang=zh" for name in PAGES)])
def test_axe_finds_nothing_serious(chromium, stocked, query):  # noqa: F811
    with reader(chromium, stocked, f"{query}&dataset=shipped&period=m12") as page:
        for scheme, ink in (ON_A_WALL if "projector" in query else SHADES).items():
            page.emulate_media(color_scheme=scheme)
            expect(page.locator("h1.m-title")).to_have_css("color", ink)
            page.locator("[data-testid='stApp'][data-test-script-state='notRunning']").wait_for()
            found = Axe().run(page, context={"exclude": [[s] for s in NOT_OURS]})
            serious = [v for v in found.response["violations"] if v["impact"] in ("serious", "critical")]
            assert not serious, (scheme, [(v["id"], [n["html"][:120] for n in v["nodes"][:3]]) for v in serious])


# Lines of an axis's labels that lie on a line of another one; a line has some air above and below
OVERLAPS = """[...document.querySelectorAll('.js-plotly-plot')].flatMap(figure =>
  ['xtick', 'ytick', 'x2tick', 'y2tick'].flatMap(axis => {
    const lines = [...figure.querySelectorAll(`.${axis} text`)].flatMap((label, of) => {
      const parts = label.querySelectorAll('tspan.line');
      return [...(parts.length ? parts : [label])].map(part => [of, part.textContent, part.getBoundingClientRect()]);
    }).filter(([, words, box]) => words.trim() && box.width);
    return lines.flatMap(([of, one, a], i) => lines.slice(i + 1).flatMap(([other, two, b]) =>
      of === other || a.left > b.right - 1 || b.left > a.right - 1 || a.top > b.bottom - 4 || b.top > a.bottom - 4
        ? [] : [`${figure.id}: ${one} | ${two}`]));
  }))"""


# Words of a figure that reach over its edge, where the browser cuts them off
CUT = """[...document.querySelectorAll('.js-plotly-plot')].flatMap(figure => {
  const edge = figure.getBoundingClientRect();
  return [...figure.querySelectorAll('text')].map(text => [text.textContent, text.getBoundingClientRect()])
    .filter(([, box]) => box.width && (box.left < edge.left - 1 || box.right > edge.right + 1 ||
                                       box.top < edge.top - 1 || box.bottom > edge.bottom + 1))
    .map(([words]) => `${figure.id}: ${words} is cut`);
})"""


@pytest.mark.slow
@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_labels_overlap_or_are_cut_on_a_phone(chromium, stocked, language):  # noqa: F811
    found = []
    for name in PAGES:
        path = f"{name}?lang={language}&dataset=shipped&period=m12&channel=counter"
        with reader(chromium, stocked, path, viewport={"width": 360, "height": 800}) as page:
            page.locator("[data-testid='stApp'][data-test-script-state='notRunning']").wait_for()
            if name != "overview":
                expect(page.locator(".js-plotly-plot .main-svg").first).to_be_visible()
            page.wait_for_timeout(1000)  # figures are drawn last
            found += page.evaluate(OVERLAPS) + page.evaluate(CUT)
    assert not found


@pytest.mark.parametrize("view", ["en", "zh", pytest.param("en&view=projector", marks=pytest.mark.slow)])
def test_where_a_figure_comes_from_is_all_in_it_under_many_filters_too(chromium, stocked, view):  # noqa: F811
    """A saved picture has no other words; half a page has room for its filters on two lines or three."""
    several = {"channel": ("counter", "machine"), "segment": ("mass", "wealth"), "region": ("east", "north")}
    chosen = "&".join(f"{filter}={code}" for filter, codes in several.items() for code in codes)
    with reader(chromium, stocked, f"servqual?lang={view}&dataset=shipped&by=region&{chosen}") as page:
        page.get_by_text("并排" if view == "zh" else "side by side").first.click()
        expect(page.locator(".gtitle tspan", has_text=re.compile(r"^\S+ ?[（(]n ")).first).to_be_visible()
        page.locator("[data-testid='stApp'][data-test-script-state='notRunning']").wait_for()
        beyond = page.evaluate("""[...document.querySelectorAll('.js-plotly-plot')].map(plot => {
            const outer = plot.getBoundingClientRect(), inner = plot.querySelector('.gtitle').getBoundingClientRect();
            return [inner.height, outer.bottom - inner.bottom, outer.right - inner.right, inner.left - outer.left]})""")
        assert len(beyond) >= 8 and len({round(height) for height, *_ in beyond}) > 1  # lines
        assert all(room >= 0 for _, *rooms in beyond for room in rooms), beyond
