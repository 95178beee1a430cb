"""SERVQUAL on the kiosk study gives the numbers that are known for it (see test_real_data.py for the files)."""

import pytest
from conftest import SHARED
from test_pages import faults, show, words

from moments import datasets, warehouse
from moments.codebook import Framework
from moments.filters import Filters
from moments.metrics import servqual

STUDY = "kiosk_servqual_kano"

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not SHARED.is_dir(), reason="the real surveys are not beside this folder (../shared/data)"),
]


@pytest.fixture(scope="module")
def study(brought):
    brought(STUDY)
    snapshot = datasets.current(STUDY)
    return Filters(snapshot), Framework(snapshot.codebook, "servqual", servqual.dimension_code)


def test_known_gaps(study):
    filters, book = study
    answers = book.under(warehouse.query("servqual_by_item", filters))
    items = servqual.items(answers)
    assert len(items) == 24 and (items["n"] == 207).all()
    assert items["estimate"].mean() == pytest.approx(-1.102053, rel=1e-4)
    # eight dimensions of three items each: here the mean of dimensions is that of the items
    assert servqual.overall(answers)["estimate"].iloc[0] == pytest.approx(-1.102053, rel=1e-4)
    gaps = servqual.gaps(answers).set_index("dimension")["estimate"]
    assert gaps["security"] == pytest.approx(-1.7101, abs=5e-5) and gaps["fun"] == pytest.approx(0.0531, abs=5e-5)
    assert "tangibles" in gaps  # the study calls it "tangible"


def test_known_error_of_the_paired_test(study):
    filters, book = study
    rows = warehouse.query("servqual_products", filters, items=book.parts["security"], side="gap")
    found = servqual.paired_dimensions(rows.drop(columns="hidden").assign(dimension="security")).iloc[0]
    assert (found.n, found.k) == (207, 3)
    assert found.estimate == pytest.approx(-1.7101, abs=5e-5) and found.se == pytest.approx(0.0974, abs=5e-5)


def test_the_page_shows_them(study):
    app = show("servqual", STUDY, lang="en", period="all")
    assert not faults(app)
    assert '<div class="m-value">−1.10<' in words(app) and "Security" in words(app)
