"""Overview, satisfaction and branches in a real browser: two compared, a click that stays, a shared link."""

import re
import shutil
from pathlib import Path

import pytest
from playwright.sync_api import expect
from serving import serve
from test_browser import chromium, click_mark, reader, served, value  # noqa: F401 (fixtures among them)

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def bank(tmp_path_factory):
    """A server with the shipped sample: the few rows have too few branches to compare."""
    folder = tmp_path_factory.mktemp("bank")
    shutil.copytree(Path(__file__).parents[1] / "data" / "sample", folder / "data" / "sample")
    with serve(folder / "data", folder / "log") as running:
        yield running


@pytest.mark.parametrize(
    ("language", "title", "below"), [("zh", "网点对比", "明显低于"), ("en", "Branches compared", "below")]
)
def test_a_or_b_in_both_languages(chromium, bank, language, title, below):  # noqa: F811
    with reader(chromium, bank, f"branches?lang={language}&period=all&one=s02&other=s05") as page:
        expect(page.locator("h1.m-title")).to_have_text(title)
        expect(page.locator(".m-finding").first).to_contain_text(below)


def test_a_branch_that_is_clicked_is_the_filter_on_other_pages_too(chromium, bank):  # noqa: F811
    with reader(chromium, bank, "branches?lang=en&period=m12&one=s02&other=s05") as page:
        said = page.locator(".m-finding").all_inner_texts()
        click_mark(page, page.locator(".st-key-branches-versus-figure .points path.point").first)
        chips = page.locator(".st-key-chips")
        expect(chips).to_contain_text(re.compile("Branch \\w"))
        expect(page).to_have_url(re.compile("branch=s0[25]"))
        chosen = chips.get_by_role("button").first.inner_text().removesuffix("✕").strip()
        with reader(chromium, bank, page.url.removeprefix(bank.url + "/")) as other:
            expect(other.locator(".st-key-chips")).to_contain_text(chosen)
            expect(other.locator(".m-finding").first).to_have_text(said[0])
        page.get_by_role("link", name="Satisfaction", exact=True).click()
        expect(page.locator("h1.m-title")).to_have_text("Satisfaction")
        expect(chips).to_contain_text(chosen)


def test_a_branch_that_is_clicked_is_one_of_the_pair(chromium, bank):  # noqa: F811
    """Unless the reader chose a pair: what was shown until then is no choice."""
    with reader(chromium, bank, "branches?lang=en&period=m6") as page:
        click_mark(page, page.locator(".st-key-branches-funnel-figure .points path.point").nth(3))
        chips = page.locator(".st-key-chips")
        expect(chips).to_contain_text("Branch ")
        chosen = chips.get_by_role("button").first.inner_text().removesuffix("✕").removeprefix("Branch").strip()
        expect(page.locator(".m-finding").first).to_contain_text(chosen)
        assert "one=" not in page.url and "other=" not in page.url


def test_a_finger_scrolls_over_a_figure_and_filters_with_a_tap(chromium, bank):  # noqa: F811
    with reader(chromium, bank, "branches?lang=en&period=m12", has_touch=True) as page:
        page.set_viewport_size({"width": 360, "height": 740})
        page.locator("[data-testid='stApp'][data-test-script-state='notRunning']").wait_for()
        mark = page.locator(".st-key-branches-shrunk-figure .points path.point").nth(8)
        mark.scroll_into_view_if_needed()
        page.wait_for_timeout(500)
        box = mark.bounding_box()
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        finger = page.context.new_cdp_session(page)
        for step in range(9):
            told = {"type": "touchMove" if step else "touchStart", "touchPoints": [{"x": x, "y": y - 20 * step}]}
            finger.send("Input.dispatchTouchEvent", told)
        finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
        page.wait_for_timeout(1500)
        assert mark.bounding_box()["y"] < box["y"] - 100
        mark.evaluate("mark => mark.scrollIntoView({block: 'center'})")  # at the top it would lie under the toolbar
        page.wait_for_timeout(500)
        y = mark.bounding_box()["y"] + box["height"] / 2
        page.mouse.move(x, y)
        page.mouse.down()  # whose pointer the browser takes for a scroll, so that lifting it on a mark means nothing
        page.evaluate("([x, y]) => document.elementFromPoint(x, y).dispatchEvent("
                      "new PointerEvent('pointercancel', {bubbles: true}))", [x, y])  # fmt: skip
        page.mouse.up()
        page.wait_for_timeout(1000)
        page.locator("[data-testid='stApp'][data-test-script-state='notRunning']").wait_for()
        expect(page.locator(".st-key-chips")).not_to_contain_text("Branch ")
        page.touchscreen.tap(x, y)
        expect(page.locator(".st-key-chips")).to_contain_text("Branch ")


@pytest.mark.parametrize("name", ["overview?lang=en&period=all", "satisfaction?lang=en&period=all&case=calls&goal=80"])
def test_a_link_gives_the_same_numbers_in_a_clean_browser(chromium, served, name):  # noqa: F811
    with reader(chromium, served, name) as page:
        findings = page.locator(".m-finding, .m-value").all_inner_texts()
        page.reload()
        expect(page.locator(".m-foot")).to_be_visible()
        expect(page.locator(".m-finding, .m-value")).to_have_text(findings)
        with reader(chromium, served, name) as other:
            expect(other.locator(".m-finding, .m-value")).to_have_text(findings)


@pytest.mark.parametrize("wide", [1400, 360])
def test_links_below_each_other_do_not_overlap(chromium, bank, wide):  # noqa: F811
    with reader(chromium, bank, "overview?lang=zh&period=m12", viewport={"width": wide, "height": 900}) as page:
        page.locator("[data-testid='stApp'][data-test-script-state='notRunning']").wait_for()
        links = page.locator(".st-key-panel-overview-first .stPageLink")
        expect(links).to_have_count(3)
        # of one moment: what is above may still grow
        boxes = links.evaluate_all("found => found.map(link => link.getBoundingClientRect().toJSON())")
        assert all(a["bottom"] <= b["top"] for a, b in zip(boxes, boxes[1:], strict=False)), boxes
