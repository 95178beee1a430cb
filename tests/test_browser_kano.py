"""The KANO page in a real browser: a click, and that no label covers another."""

import itertools
import re

import pytest
from playwright.sync_api import expect
from test_browser import chromium, click_mark, reader, stocked  # noqa: F401 (fixtures among them)

pytestmark = [pytest.mark.browser, pytest.mark.slow]

LABELS = """panel => [...document.querySelectorAll(`.st-key-panel-kano-${panel} .scatterlayer text`)]
    .filter(e => e.textContent && getComputedStyle(e).display !== 'none' && getComputedStyle(e).fillOpacity !== '0')
    .map(e => [e.textContent, ...['left', 'top', 'right', 'bottom'].map(s => e.getBoundingClientRect()[s])])"""


def test_a_click_on_a_mark_makes_it_stand_out(chromium, stocked):  # noqa: F811
    with reader(chromium, stocked, "kano?dataset=few&lang=en&period=all&segment=vip") as page:
        click_mark(page, page.locator(".st-key-kano-quadrant-figure .points path.point").first)
        expect(page.get_by_role("button", name=re.compile("highlight Seats"))).to_be_visible()
        expect(page).to_have_url(re.compile("feature=seats"))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_label_covers_another(chromium, stocked, language):  # noqa: F811
    with reader(chromium, stocked, f"kano?dataset=shipped&lang={language}&period=all") as page:
        for width in (360, 700, 1280, 1600):
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
                    # a line of text has air above its letters
                    assert across <= 1 or down <= 3, (width, one, other, across, down)
