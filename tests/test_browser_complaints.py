"""The complaint pages in a real browser: a clock and a click with their numbers, links."""

# ruff: noqa: F811 (fixtures are asked for by their names)

import re

import pytest
from playwright.sync_api import expect
from test_browser import chromium, click_mark, reader, served, value  # noqa: F401

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_a_clock_set_by_the_reader_changes_the_share_and_a_link_gives_it_again(chromium, served):
    with reader(chromium, served, "deadlines?lang=en&period=all") as page:
        expect(value(page)).to_have_text("64.3%")  # nine of fourteen within 30 s, counted in test_pages_complaints.py
        page.get_by_role("button", name="Set the clocks").click()
        field = page.get_by_label("First answer (seconds)")
        field.fill("31")
        field.press("Enter")
        expect(value(page)).to_have_text("71.4%")
        expect(page).to_have_url(re.compile("answer=31"))
        link = page.url.removeprefix(served.url + "/")
        with reader(chromium, served, link) as other:
            expect(value(other)).to_have_text("71.4%")
            assert other.locator(".m-finding").all_inner_texts() == page.locator(".m-finding").all_inner_texts()


def test_a_click_on_a_kind_leaves_its_complaints(chromium, served):
    with reader(chromium, served, "voices?lang=en&period=all&kind=issue") as page:
        expect(page.get_by_text("15 complaints, newest first.")).to_be_visible()
        click_mark(page, page.locator(".st-key-voices-kinds-figure .points path").first)
        expect(page).to_have_url(re.compile("about=fee_not_told"))
        expect(page.get_by_text("6 complaints, newest first.")).to_be_visible()


def test_an_assumption_changes_the_iceberg(chromium, served):
    with reader(chromium, served, "recovery?lang=en&period=all") as page:
        field = page.get_by_label("Assumed: silent per complaint")
        field.fill("2")
        field.press("Enter")
        expect(page.get_by_text("on these assumptions 30 more are unhappy and silent")).to_be_visible()
        expect(page).to_have_url(re.compile("silent=2"))
