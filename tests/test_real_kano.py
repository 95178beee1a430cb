"""The KANO page on the kiosk study shows the classes that are known for it (see test_real_data.py for the files)."""

import csv
import gzip
from collections import Counter

import pytest
from conftest import REAL, SHARED
from test_pages import faults, show, words

from moments import datasets, warehouse
from moments.filters import Filters
from moments.metrics import kano

STUDY = "kiosk_servqual_kano"
CLASSIC = ("QAAAO", "RIIIM", "RIIIM", "RIIIM", "RRRRQ")

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not SHARED.is_dir(), reason="the real surveys are not beside this folder (../shared/data)"),
]


@pytest.fixture(scope="module")
def work(brought):
    brought(STUDY)
    counted = warehouse.query("kano_by_feature", Filters(datasets.current(STUDY)), rule="classic")
    found = kano.order_of_work(kano.features(kano.summed(counted)), kano.coefficients(counted))
    return found.set_index("feature")


def test_all_features_are_classed_as_a_count_of_the_file_gives(work):
    with gzip.open(SHARED / STUDY / REAL[STUDY], "rt", encoding="utf-8") as lines:
        people = [p for p in csv.DictReader(lines) if p["sq01_exp"]]
    assert len(people) == 207 and len(work) == 29
    for number in range(1, 30):
        pairs = [(int(p[f"kano{number:02}_func_code"]), int(p[f"kano{number:02}_dysf_code"])) for p in people]
        wanted = Counter(CLASSIC[f - 1][d - 1] for f, d in pairs)
        assert {c: work.loc[f"k{number:02}", c] for c in "MOAIRQ"} == {c: wanted[c] for c in "MOAIRQ"}


@pytest.mark.parametrize(
    ("feature", "counts", "better", "worse"),
    [
        ("k01", {"A": 43, "O": 52, "M": 90, "I": 21, "R": 0, "Q": 1}, 0.4612, -0.6893),
        ("k10", {"A": 111, "O": 57, "M": 18, "I": 17, "R": 2, "Q": 2}, 0.8276, -0.3695),
    ],
)
def test_published_counts(work, feature, counts, better, worse):
    row = work.loc[feature]
    assert {c: row[c] for c in counts} == counts
    assert (row["better"], row["worse"]) == pytest.approx((better, worse), abs=5e-5)
    for name in ("better", "worse"):
        assert row[f"{name}_low"] < row[name] < row[f"{name}_high"]


def test_one_feature_is_indifferent_by_count_and_attractive_by_berger(work):
    assert (work.loc["k05", "mode"], work.loc["k05", "berger"]) == ("I", "A")


def test_the_page_shows_them(work):
    app = show("kano", STUDY, lang="en")
    assert not faults(app) and "207 KANO answers" in words(app)
    lines = {line.split("</b> ")[1].split(" <")[0]: line for line in words(app).split("<li>")[1:30]}
    assert len(lines) == 29
    assert "Better 0.46 · Worse −0.69" in lines["Does what was chosen"]
    assert "Better 0.83 · Worse −0.37" in lines["Lower cost"]
    assert "Of 29 features" in words(app)
