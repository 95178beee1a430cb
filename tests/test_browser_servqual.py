"""The SERVQUAL page in a real browser: both languages, a click with its number, axe."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect
from test_browser import NOT_OURS, choose, chromium, reader, served, value  # noqa: F401 (fixtures among them)

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(("language", "title"), [("zh", "服务质量 SERVQUAL"), ("en", "Service quality (SERVQUAL)")])
def test_both_languages(chromium, served, language, title):  # noqa: F811
    with reader(chromium, served, f"servqual?lang={language}&period=all") as page:
        expect(page.locator("h1.m-title")).to_have_text(title)
        expect(value(page)).to_have_text("−1.23")  # counted by hand in test_pages_servqual.py


def test_a_filter_changes_the_number(chromium, served):  # noqa: F811
    with reader(chromium, served, "servqual?lang=en&period=all") as page:
        choose(page, "Branch", "East Gate")
        expect(value(page)).to_have_text("−1.40")
        expect(page.locator(".st-key-chips")).to_contain_text("Branch East Gate")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(chromium, served, scheme):  # noqa: F811
    with reader(chromium, served, "servqual?lang=zh&period=all", color_scheme=scheme) as page:
        expect(page.locator(".js-plotly-plot .main-svg").first).to_be_visible()
        found = Axe().run(page, context={"exclude": [[s] for s in NOT_OURS]})
        serious = [v for v in found.response["violations"] if v["impact"] in ("serious", "critical")]
        assert not serious, [(v["id"], [n["html"][:120] for n in v["nodes"][:3]]) for v in serious]
