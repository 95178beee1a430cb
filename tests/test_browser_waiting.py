"""Waiting, queues and counters in a real browser: a click and the number that it must give."""

# ruff: noqa: F811 (fixtures are asked for by their names)

import re

import pytest
from playwright.sync_api import expect
from test_browser import chromium, click_mark, reader, served, value  # noqa: F401

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def click(page, figure: str, mark: str, place: int = 0) -> None:
    """Click a mark of a figure."""
    click_mark(page, page.locator(f".st-key-{figure}-figure {mark}").nth(place))


def test_a_click_on_a_branch_filters_by_it(chromium, served):
    with reader(chromium, served, "waiting?lang=en&period=all") as page:
        expect(value(page)).to_have_text("3.8")
        click(page, "waiting-groups", ".points path.point")
        expect(page.locator(".st-key-chips")).to_contain_text("Branch East Gate")
        expect(value(page)).to_have_text("3.4")  # 4, 8, 1, 4 and 0 minutes


def test_a_click_on_a_point_lists_its_answers(chromium, served):
    with reader(chromium, served, "waiting?lang=en&period=all") as page:
        click(page, "waiting-length", ".points path.point")
        expect(page).to_have_url(re.compile("bin=1"))
        page.get_by_text("The answers behind a point").click()
        expect(page.get_by_text("4 answers, newest first.")).to_be_visible()


def test_a_click_on_a_cell_asks_of_that_hour(chromium, served):
    with reader(chromium, served, "queues?lang=en&period=all&clock=600") as page:
        expect(page.get_by_text("58.3% are served within the clock (10 min)")).to_be_visible()
        click(page, "queues-cells", ".points path", 1)  # Monday, nine o'clock: the only cell with enough tickets
        expect(page.get_by_role("button", name=re.compile("only Mon"))).to_be_visible()
        expect(page.get_by_text("50.0% are served within the clock (10 min)")).to_be_visible()


def test_a_number_of_counters_is_kept_in_the_link(chromium, served):
    with reader(chromium, served, "staffing?lang=en&period=all&model=c&arrivals=30&takes=6") as page:
        field = page.get_by_label("Counters", exact=True)
        field.fill("4")
        field.press("Enter")
        expect(page.get_by_text("4, with a mean wait of 3.1 minutes; one more makes it 0.7")).to_be_visible()
        expect(page).to_have_url(re.compile("counters=4"))
