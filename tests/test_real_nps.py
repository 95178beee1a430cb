"""The NPS page on real answers shows the numbers that are known for them (see test_real_data.py for the files)."""

import pytest
from conftest import SHARED
from test_pages import faults, show, words

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not SHARED.is_dir(), reason="the real surveys are not beside this folder (../shared/data)"),
]


@pytest.mark.parametrize(
    ("dataset", "query", "score", "n"),
    [
        ("telecom_nps_verbatims", {"period": "all"}, "−24.7", "2,353"),
        ("telecom_nps_verbatims", {"period": "all", "service": "order"}, "−10.0", "962"),
        ("telecom_nps_verbatims", {"period": "custom", "from": "2018-03-01", "to": "2018-03-31"}, "−25.2", "528"),
        ("sfo_airport_survey", {"period": "custom", "from": "2018-01-01", "to": "2018-12-31"}, "31.0", "2,650"),
        (
            "sfo_airport_survey",
            {"period": "custom", "from": "2018-01-01", "to": "2018-12-31", "branch": "E"},
            "51.0",
            "157",
        ),
    ],
)
def test_known_scores(brought, dataset, query, score, n):
    brought(dataset)
    app = show("nps", dataset, lang="en", **query)
    assert not faults(app)
    assert f'<div class="m-value">{score}<' in words(app) and f"n {n}<" in words(app)


def test_survey_weights_are_said_beside_the_plain_score(brought):
    brought("sfo_airport_survey")
    app = show("nps", "sfo_airport_survey", lang="en", period="custom", **{"from": "2018-01-01", "to": "2018-12-31"})
    assert "With the survey weights the NPS is 35.1" in words(app) and "worth 2,134 equal answers" in words(app)
