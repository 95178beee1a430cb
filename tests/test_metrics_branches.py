"""Branches compared: published data, scipy as the second source, and leagues of which the truth is known."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize, stats

from moments.metrics import casemix, funnel, gaming, nps, ranks, scores, shrinkage, versus

close = pytest.approx
SURGERY = pd.DataFrame({
    "branch": list("ABCDEFGHIJKL"),
    "n": [47, 148, 119, 810, 211, 196, 148, 215, 207, 97, 256, 360],
    "hits": [0, 18, 8, 46, 8, 13, 9, 31, 14, 8, 29, 24],
})  # fmt: skip
FIVE = pd.DataFrame({"branch": list("abcde"), "estimate": [62.0, 48, 35, 55, 20], "n": [100, 80, 60, 150, 20]})
FIVE["se"] = 100 * np.sqrt(np.array([0.50, 0.60, 0.70, 0.55, 0.80]) / FIVE["n"])


def share_league(rng, k, share, smallest=10, largest=200):
    n = rng.integers(smallest, largest, k)
    return pd.DataFrame({"branch": [f"b{i}" for i in range(k)], "n": n, "hits": rng.binomial(n, share)})


def nps_league(rng, k, detractors=0.2, promoters=0.5, smallest=10, largest=200):
    n = rng.integers(smallest, largest, k)
    counts = rng.multinomial(n, [detractors, 1 - detractors - promoters, promoters])
    names = [f"b{i}" for i in range(k)]
    return pd.DataFrame(counts, columns=["detractors", "passives", "promoters"]).assign(branch=names)


def mean_league(rng, k, smallest=10, largest=60):
    """Waits in minutes, as skewed as waits are."""
    waits = [rng.exponential(8, size) for size in rng.integers(smallest, largest, k)]
    return pd.DataFrame({
        "branch": [f"b{i}" for i in range(k)], "n": [len(w) for w in waits],
        "total": [w.sum() for w in waits], "total_sq": [(w**2).sum() for w in waits],
    })  # fmt: skip


# --- one shape -------------------------------------------------------------------------------------------------------


def test_every_form_is_a_mean_of_scores():
    counts = pd.DataFrame({"branch": ["a", "b"], "detractors": [10, 0], "passives": [20, 0], "promoters": [70, 0]})
    before = counts.copy()
    league = scores.league(counts)
    assert league["estimate"].tolist() == close([60, np.nan], nan_ok=True)
    assert league["n"].tolist() == [100, 0]
    assert scores.of(counts)["total_sq"][0] == 8e5
    share = scores.league(SURGERY)
    assert share["estimate"].tolist() == close((SURGERY["hits"] / SURGERY["n"]).tolist())
    assert [scores.form(frame) for frame in (counts, SURGERY, scores.of(SURGERY))] == ["nps", "share", "mean"]
    pd.testing.assert_frame_equal(counts, before)
    with pytest.raises(KeyError):
        scores.form(FIVE)


def test_agreement_among_few_is_not_certainty():
    counts = pd.DataFrame({"branch": ["few", "many"], "n": [3, 400], "hits": [3, 200]})
    few, many = scores.league(counts)["se"]
    assert few > 0.1 and many == close(0.025, rel=0.01)
    assert (scores.league(counts.assign(hits=counts["n"]))["se"] == 0).all()  # nothing anywhere to learn an error from


# --- funnel ----------------------------------------------------------------------------------------------------------


def test_surgery_as_published():
    against = funnel.target(SURGERY, "none")
    assert (against.theta, against.phi) == close((0.0739161, 3.21297), rel=1e-5)
    additive = funnel.target(SURGERY)
    assert (additive.phi_w, additive.tau2) == close((2.37979, 0.00180957), rel=1e-5)
    out = funnel.funnel(SURGERY, "none").set_index("branch")
    assert out.loc["H", "z"] == close(3.938, abs=5e-4)
    assert out.loc["H", "q"] == close(0.0010, abs=5e-5)
    assert out.index[out["real"]].tolist() == ["H"]
    assert out["q"].to_numpy() == close(stats.false_discovery_control(out["p"]))
    theta, n = 0.0739161336, 215
    half = 1.959964 * np.sqrt(theta * (1 - theta) / n)
    assert out.loc["H", ["low_95", "high_95"]].tolist() == close([theta - half, theta + half], rel=1e-6)
    assert out.loc["H", "high_998"] == close(theta + 3.090232 * np.sqrt(theta * (1 - theta) / n), rel=1e-6)
    # in a league that differs this much anyway, not even H stands out
    assert not funnel.funnel(SURGERY)["real"].any() and not funnel.funnel(SURGERY, "multiplicative")["real"].any()


def test_a_branch_that_scatters_more_than_the_league_proves_less():
    calm = {"n": 50, "total": 400.0, "total_sq": 3250.0}
    wild = {"n": 10, "total": 60.0, "total_sq": 500.0}
    league = pd.DataFrame([calm, calm, calm, wild])
    against, out = funnel.target(league, "none"), funnel.funnel(league, "none")
    own = (500 - 60**2 / 10) / 9
    assert own > against.variance
    assert out["z"][3] == close((6 - against.theta) / np.sqrt(own / 10))
    assert out["z"][0] == close((8 - against.theta) / np.sqrt(against.variance / 50))


def test_multiplicative_scales_by_the_root_of_phi():
    plain, wide = funnel.funnel(SURGERY, "none"), funnel.funnel(SURGERY, "multiplicative")
    assert (plain["z"] / wide["z"]).to_numpy() == close(np.sqrt(2.37979), rel=1e-5)


@pytest.mark.parametrize("dispersion", ["none", "additive", "multiplicative"])
def test_a_point_lies_outside_the_wall_when_its_z_says_so(dispersion):
    league = pd.concat([SURGERY, pd.DataFrame({"branch": ["M", "N"], "n": [900, 30], "hits": [700, 0]})])
    out = funnel.funnel(league, dispersion)
    for name, z in (("95", 1.959964), ("998", 3.090232)):
        outside = (out["estimate"] < out["low_" + name]) | (out["estimate"] > out["high_" + name])
        assert (outside == (out["z"].abs() > z)).all()


def test_funnel_of_nps_and_of_means():
    rng = np.random.default_rng(3)
    league = nps_league(rng, 30, smallest=80)
    league.loc[0, ["detractors", "passives", "promoters"]] = [200, 30, 20]
    out = funnel.funnel(league)
    assert out["z"].idxmin() == 0 and out["z"][0] < -5 and out["real"][0] and out["real"].sum() <= 2
    flat = funnel.target(league.iloc[1:])
    total = league.iloc[1:].sum(numeric_only=True)
    p, d = total["promoters"] / total.sum(), total["detractors"] / total.sum()
    assert (flat.theta, flat.variance) == close((100 * (p - d), 1e4 * (p + d - (p - d) ** 2)))


def test_funnel_of_nothing_one_and_all_equal():
    for dispersion in ("none", "additive", "multiplicative"):
        assert len(funnel.funnel(SURGERY.iloc[:0], dispersion)) == 0
        one = funnel.funnel(SURGERY.iloc[1:2], dispersion)
        assert one["z"].tolist() == close([0], abs=1e-9) and not one["real"].any()
        same = funnel.funnel(SURGERY.assign(hits=SURGERY["n"]), dispersion)
        assert (same["z"] == 0).all() and not same["real"].any()
        empty = funnel.funnel(pd.concat([SURGERY, pd.DataFrame({"branch": ["M"], "n": [0], "hits": [0]})]), dispersion)
        assert np.isnan(empty["z"].iloc[-1]) and not empty["real"].iloc[-1]
    with pytest.raises(ValueError, match="unknown"):
        funnel.target(SURGERY, "both")


def test_between_variance_as_worked():
    assert funnel.between_variance(FIVE["estimate"], FIVE["se"] ** 2) == close(67.0630, rel=1e-6)
    assert funnel.between_variance([1.0], [1.0]) == 0 and funnel.between_variance([1, 1.1], [1, 1]) == 0


# --- shrinkage -------------------------------------------------------------------------------------------------------


def test_surgery_shrunk_as_published():
    out = shrinkage.beta_binomial(SURGERY).set_index("branch")
    assert out.loc["A", "estimate"] == close(0.05329, abs=5e-6)
    assert out.loc["H", "estimate"] == close(0.12157, abs=5e-6)
    assert (out["low"] < out["estimate"]).all() and (out["estimate"] < out["high"]).all()


def test_the_prior_is_the_maximum_that_scipy_finds():
    def minus(at):
        a, b = np.exp(at)
        return -stats.betabinom.logpmf(SURGERY["hits"], SURGERY["n"], a, b).sum()

    a, b = np.exp(optimize.minimize(minus, [1, 3], method="Nelder-Mead", options={"xatol": 1e-9, "fatol": 1e-12}).x)
    mean, weight = shrinkage.beta_prior(SURGERY["hits"], SURGERY["n"])
    assert (mean, weight) == close((a / (a + b), a + b), rel=1e-5)


@settings(max_examples=40)
@given(st.lists(st.tuples(st.integers(1, 300), st.floats(0, 1)), min_size=1, max_size=30))
def test_shrunk_shares_lie_between_their_own_and_the_leagues(pairs):
    n, share = (np.array(c) for c in zip(*pairs, strict=True))
    counts = pd.DataFrame({"n": n, "hits": np.round(n * share)})
    out = shrinkage.beta_binomial(counts)
    theta, _ = shrinkage.beta_prior(counts["hits"], counts["n"])
    low, high = np.minimum(out["raw"], theta), np.maximum(out["raw"], theta)
    assert ((out["estimate"] >= low - 1e-9) & (out["estimate"] <= high + 1e-9)).all()
    assert ((0 <= out["low"]) & (out["low"] <= out["estimate"])).all()
    assert ((out["estimate"] <= out["high"]) & (out["high"] <= 1)).all()
    assert out["weight"].between(0, 1).all()


def test_shares_that_do_not_differ_all_become_the_mean():
    counts = pd.DataFrame({"branch": ["a", "b", "c"], "n": [40, 80, 0], "hits": [20, 40, 0]})
    out = shrinkage.beta_binomial(counts)
    assert out["estimate"].tolist() == close([0.5, 0.5, np.nan], nan_ok=True)
    never = shrinkage.beta_binomial(counts.assign(hits=0))
    assert never["estimate"][0] == 0 and never["low"][0] == 0 and 0 < never["high"][0] < 0.05
    assert len(shrinkage.beta_binomial(counts.iloc[:0])) == 0


def test_five_nps_as_worked():
    before = FIVE.copy()
    out = shrinkage.normal(FIVE)
    assert out["estimate"].tolist() == close([56.754, 48.907, 44.346, 53.133, 45.451], abs=5e-4)
    assert out["estimate"].idxmin() == 2 and out["raw"].idxmin() == 4  # the worst is not the worst after
    variance, tau2 = FIVE["se"] ** 2, 67.0630
    weight = 1 / (variance + tau2)
    assert (weight * FIVE["estimate"]).sum() / weight.sum() == close(49.7183, rel=1e-5)
    pd.testing.assert_frame_equal(FIVE, before)


def test_normal_shrinkage_of_nothing_one_certain_and_unknown():
    assert len(shrinkage.normal(FIVE.iloc[:0])) == 0
    assert shrinkage.normal(FIVE.iloc[:1])["estimate"].tolist() == [62]
    out = shrinkage.normal(FIVE.assign(se=[0, 8, 9, np.nan, 20], estimate=[62.0, 48, 35, np.nan, 20]))
    assert out["estimate"][0] == 62 and out["low"][0] == 62
    assert np.isnan(out["estimate"][3]) and out["estimate"].notna().sum() == 4


# --- ranks -----------------------------------------------------------------------------------------------------------


def covered(leagues, branches, seed):
    """Share of true ranks inside their interval, over leagues of differing spread."""
    rng = np.random.default_rng(seed)
    inside = 0
    for _ in range(leagues):
        se, truth = rng.uniform(2, 8, branches), rng.normal(50, rng.uniform(2, 12), branches)
        league = pd.DataFrame({"estimate": truth + se * rng.standard_normal(branches), "se": se, "n": 1})
        out = ranks.ranks(league, draws=1000)
        place = (-truth).argsort().argsort() + 1
        inside += ((out["low"] <= place) & (place <= out["high"])).mean()
    return inside / leagues


def test_rank_intervals_cover_the_truth():
    assert 0.92 <= covered(40, 40, seed=1) <= 0.98


@pytest.mark.slow
@pytest.mark.parametrize("branches", [20, 60])
def test_rank_intervals_cover_the_truth_in_a_thousand_leagues(branches):
    assert 0.93 <= covered(1000, branches, seed=2) <= 0.97


def test_ranks_are_a_permutation_inside_their_intervals_and_repeat():
    league = scores.league(SURGERY)
    out = ranks.ranks(league, descending=False)
    assert sorted(out["estimate"]) == list(range(1, 13))
    assert ((out["low"] <= out["estimate"]) & (out["estimate"] <= out["high"])).all()
    pd.testing.assert_frame_equal(out, ranks.ranks(league, descending=False))
    turned = ranks.ranks(league)
    assert out.set_index("branch").loc["H", "estimate"] == 12 and turned.set_index("branch").loc["H", "estimate"] == 1


def test_ranks_of_equals_span_the_league():
    alike = pd.DataFrame({"branch": range(8), "estimate": 5.0, "se": 1.0, "n": 9})
    out = ranks.ranks(alike)
    assert (out["low"] == 1).all() and (out["high"] >= 7).all()
    known = ranks.ranks(alike.assign(estimate=np.arange(8.0), se=1e-9))
    assert (known["low"] == known["high"]).all()


def test_ranks_of_nothing_one_and_unknown():
    league = scores.league(SURGERY)
    assert len(ranks.ranks(league.iloc[:0])) == 0
    assert ranks.ranks(league.iloc[:1])[["estimate", "low", "high"]].to_numpy().tolist() == [[1, 1, 1]]
    holed = league.assign(estimate=league["estimate"].where(league["branch"] != "C"))
    out = ranks.ranks(holed)
    assert np.isnan(out["estimate"][2]) and out["estimate"].max() == 11


def test_five_thousand_branches():
    rng = np.random.default_rng(4)
    league = nps_league(rng, 5_000)
    out = ranks.ranks(scores.league(league), draws=300)
    assert sorted(out["estimate"]) == list(range(1, 5_001)) and (out["high"] - out["low"]).median() > 500
    assert len(versus.against(league, "b7")) == 4_999
    order = np.argsort(out["estimate"].to_numpy())
    assert (np.diff(versus.bands(league.iloc[order])) >= 0).all()
    assert len(funnel.funnel(league)) == 5_000


# --- A or B? ---------------------------------------------------------------------------------------------------------


def two(times):
    """NPS 10 (12 promoters, 9 detractors of 30) against 46.7 (18 and 4), `times` over."""
    return pd.DataFrame({
        "branch": ["A", "B"], "detractors": [9 * times, 4 * times], "passives": [9 * times, 8 * times],
        "promoters": [12 * times, 18 * times],
    })  # fmt: skip


def test_thirty_answers_each_are_not_enough_and_three_hundred_are():
    row = versus.a_or_b(two(1), "A", "B")
    assert row["estimate"] == close(-36.6667, abs=1e-3) and row["p"] == close(0.08, abs=0.005)
    assert not row["real"] and row["more"] > 0 and row["needed"] == row["n"] + row["more"]
    row = versus.a_or_b(two(10), "A", "B")
    assert row["p"] == close(1e-8, rel=0.5) and row["real"] and row["more"] == 0
    assert row["low"] < row["estimate"] < row["high"] < 0


def test_the_answers_said_to_be_needed_are_enough():
    row = versus.a_or_b(two(1), "A", "B")
    later = versus.a_or_b(two(int(np.ceil(row["needed"] / 30)) + 1), "A", "B")
    assert later["real"]
    rng, shares = np.random.default_rng(6), {"A": [0.3, 0.3, 0.4], "B": [4 / 30, 8 / 30, 18 / 30]}
    many = [
        pd.DataFrame(rng.multinomial(int(row["needed"]), p, 2000), columns=["detractors", "passives", "promoters"])
        for p in shares.values()
    ]
    told = nps.difference(*(side.assign(go=range(2000)) for side in many), on=["go"])["p"] <= 0.05
    assert told.mean() == close(0.8, abs=0.04)


def test_needed_is_the_sample_size_of_the_nps_module():
    assert versus.needed(10, 6000, 6000) == nps.needed_to_tell(0.6, 10) == 942
    assert versus.needed(0, 1, 1) == np.inf


def test_shares_and_means_are_compared_their_own_way():
    shares = pd.DataFrame({"branch": ["A", "B"], "n": [70, 80], "hits": [56, 48]})
    row = versus.a_or_b(shares, "A", "B")
    assert (row["estimate"], row["low"], row["high"]) == close((0.2, 0.05243, 0.33387), rel=1e-3)
    back = versus.a_or_b(shares, "B", "A")
    assert (back["estimate"], back["low"], back["high"]) == close((-0.2, -0.33387, -0.05243), rel=1e-3)
    means = pd.DataFrame({"branch": ["A", "B"], "n": [400, 60], "total": [400 * 7.8, 60 * 8.3]})
    means["total_sq"] = [399 * 1.5**2 + 400 * 7.8**2, 59 * 1.6**2 + 60 * 8.3**2]
    row = versus.a_or_b(means, "B", "A")
    assert (row["estimate"], row["p"], row["low"], row["high"]) == close((0.5, 0.025732, 0.06227, 0.93773), rel=1e-3)


def test_q_counts_all_pairs_of_the_league():
    league = nps_league(np.random.default_rng(9), 6)
    q = [versus.against(league, b).set_index("other")["q"] for b in league["branch"]]
    assert q[0]["b1"] == q[1]["b0"]
    pairs = versus._all_pairs(league)
    assert len(pairs) == 15 and pairs["q"].to_numpy() == close(stats.false_discovery_control(pairs["claim"]))
    assert (pairs["claim"] >= pairs["p"]).all()


def test_above_the_most_branches_the_correction_is_only_stricter(monkeypatch):
    league = nps_league(np.random.default_rng(9), 12, smallest=100, largest=400)
    league.loc[3, ["detractors", "passives", "promoters"]] = [300, 20, 20]
    worst_last = pd.concat([league.drop(3), league.loc[[3]]])
    exact, exact_bands = versus.against(league, "b3"), versus.bands(worst_last)
    monkeypatch.setattr(versus, "MOST", 5)
    strict = versus.against(league, "b3")
    assert (strict["q"] >= exact["q"] - 1e-12).all() and strict["real"].all() and exact["real"].all()
    assert versus.bands(worst_last).tolist() == exact_bands.tolist() == [1] * 11 + [2]


@pytest.mark.parametrize("most", [versus.MOST, 2])
def test_a_band_ends_where_somebody_in_it_is_really_better(monkeypatch, most):
    monkeypatch.setattr(versus, "MOST", most)
    counts = pd.DataFrame({"branch": list("abcde"), "n": 400, "hits": [380, 376, 240, 236, 100]})
    assert versus.bands(counts).tolist() == [1, 1, 2, 2, 3]
    assert versus.bands(counts[::-1]).tolist() == [1, 2, 2, 3, 3]
    few = pd.concat([pd.DataFrame({"branch": ["few"], "n": [4], "hits": [4]}), counts])  # knows too little to lead
    assert versus.bands(few).tolist() == [1, 1, 1, 2, 2, 3]


@pytest.mark.parametrize("most", [versus.MOST, 2])
def test_nobody_within_a_band_is_told_apart_by_a_or_b(monkeypatch, most):
    monkeypatch.setattr(versus, "MOST", most)
    rng = np.random.default_rng(13)
    slower, waits = rng.uniform(0.5, 3, 25), mean_league(rng, 25)
    waits = waits.assign(total=waits["total"] * slower, total_sq=waits["total_sq"] * slower**2)
    for league in (waits, share_league(rng, 25, rng.uniform(0.5, 0.9, 25))):
        band = dict(zip(league["branch"], versus.bands(league), strict=True))
        real = pd.concat([versus.against(league, branch) for branch in league["branch"]]).query("real")
        assert len(real) and (real["one"].map(band) != real["other"].map(band)).all()


def test_versus_of_nothing_one_unknown_and_all_equal():
    assert len(versus.bands(SURGERY.iloc[:0])) == 0 and versus.bands(SURGERY.iloc[:1]).tolist() == [1]
    assert len(versus.against(SURGERY.iloc[:1], "A")) == 0
    same = SURGERY.assign(hits=SURGERY["n"])
    out = versus.against(same, "A")
    assert not out["real"].any() and (out["p"] == 1).all() and set(versus.bands(same)) == {1}
    holed = pd.concat([SURGERY, pd.DataFrame({"branch": ["M"], "n": [0], "hits": [0]})], ignore_index=True)
    row = versus.a_or_b(holed, "A", "M")
    assert np.isnan(row["estimate"]) and not row["real"]
    for one, other in (("A", "Z"), ("Z", "A")):
        with pytest.raises(KeyError):
            versus.a_or_b(SURGERY, one, other)


# --- honesty: equal branches are never called different --------------------------------------------------------------

EQUALS = {
    "nps": lambda rng, k: nps_league(rng, k, 0.1, 0.7),
    "share": lambda rng, k: share_league(rng, k, rng.choice([0.03, 0.3, 0.9])),
    "wait": mean_league,
}


def honest(make, leagues, branches, seed):
    """Share of leagues of equals in which neither the funnel nor any pair nor any band is called really different."""
    rng = np.random.default_rng(seed)
    quiet = 0
    for _ in range(leagues):
        league = make(rng, branches)
        pairs = versus._all_pairs(league)
        claims = funnel.funnel(league)["real"].any() or (pairs["q"] <= 0.05).any()
        quiet += not claims
    return quiet / leagues


@pytest.mark.parametrize("name", EQUALS)
def test_a_league_of_equals_is_called_equal(name):
    assert honest(EQUALS[name], 50, 12, seed=5) >= 0.92


@pytest.mark.slow
@pytest.mark.parametrize("name", EQUALS)
def test_a_thousand_leagues_of_equals_are_called_equal(name):
    assert honest(EQUALS[name], 1000, 12, seed=6) >= 0.95


def test_a_branch_that_is_really_worse_is_found():
    rng, found = np.random.default_rng(7), 0
    for _ in range(20):
        league = nps_league(rng, 20, smallest=150, largest=300)
        n = 200
        league.loc[0, ["detractors", "passives", "promoters"]] = rng.multinomial(n, [0.45, 0.25, 0.3])
        rows = funnel.funnel(league)
        found += rows["real"][0] and versus.against(league, "b0")["real"].mean() > 0.8
    assert found >= 18


# --- case mix --------------------------------------------------------------------------------------------------------

SIMPSON = pd.DataFrame({
    "branch": ["a", "a", "b", "b"], "segment": ["easy", "hard"] * 2, "n": [90, 10, 10, 90], "hits": [81, 2, 10, 27],
})  # fmt: skip


def test_simpsons_paradox_shows():
    """b is ahead with easy and with hard customers, and behind in total only because most of its are hard."""
    before = SIMPSON.copy()
    out = casemix.standardise(SIMPSON, ["segment"]).set_index("branch")
    assert out["raw"].tolist() == close([0.83, 0.37])
    assert out["estimate"].tolist() == close([0.5 * 0.9 + 0.5 * 0.2, 0.5 * 1.0 + 0.5 * 0.3])
    assert (out["covered"] == 1).all() and out["n"].tolist() == [100, 100]
    pd.testing.assert_frame_equal(SIMPSON, before)


def test_one_stratum_changes_nothing():
    whole = SIMPSON.groupby("branch", as_index=False)[["n", "hits"]].sum().assign(segment="all")
    out = casemix.standardise(whole, ["segment"])
    assert out["estimate"].tolist() == close(out["raw"].tolist())


def test_the_error_is_that_of_a_weighted_sum():
    out = casemix.standardise(SIMPSON, ["segment"])
    se = scores.league(SIMPSON)["se"]
    assert out["se"][0] == close(np.sqrt(0.25 * se[0] ** 2 + 0.25 * se[1] ** 2))
    assert out["high"][0] == close(out["estimate"][0] + 1.959964 * out["se"][0])


def test_a_stratum_without_answers_is_said_to_be_missing():
    out = casemix.standardise(SIMPSON.iloc[:3], ["segment"]).set_index("branch")
    assert out.loc["b", "covered"] == close(100 / 110) and out.loc["b", "estimate"] == 1
    assert out.loc["b", "high"] == 1
    assert len(casemix.standardise(SIMPSON.iloc[:0], ["segment"])) == 0
    assert casemix.standardise(SIMPSON.iloc[:1], ["segment"])["estimate"].tolist() == [0.9]


def test_adjusted_branches_can_be_ranked_and_shrunk():
    counts = pd.concat([SIMPSON, SIMPSON.assign(branch=SIMPSON["branch"] + "2", hits=SIMPSON["hits"] // 2)])
    out = casemix.standardise(counts, ["segment"])
    assert ranks.ranks(out).set_index("branch")["estimate"].to_dict() == {"b": 1, "a": 2, "b2": 3, "a2": 4}
    assert shrinkage.normal(out)["estimate"].notna().all()


# --- signs of gaming -------------------------------------------------------------------------------------------------


def signs_of(rng, branches=20):
    names = [f"b{i}" for i in range(branches)]
    return pd.concat([
        pd.DataFrame({"branch": names, "sign": sign, "n": 200, "hits": rng.binomial(200, rate, branches)})
        for sign, rate in (("all_tens", 0.12), ("no_variance", 0.2), ("burst", 0.05))
    ], ignore_index=True)  # fmt: skip


def test_the_branch_that_games_is_flagged_and_no_other():
    counts = signs_of(np.random.default_rng(1))
    counts.loc[(counts["branch"] == "b4") & (counts["sign"] == "all_tens"), "hits"] = 130
    before = counts.copy()
    out = gaming.signs(counts)
    flagged = out[out["flag"]]
    assert flagged[["branch", "sign"]].to_numpy().tolist() == [["b4", "all_tens"]]
    row = flagged.iloc[0]
    others = counts[(counts["sign"] == "all_tens") & (counts["branch"] != "b4")]
    assert row["estimate"] == 0.65 and row["peers"] == close(others["hits"].sum() / others["n"].sum())
    assert row["low"] < 0.65 < row["high"]
    pd.testing.assert_frame_equal(counts, before)


def test_fewer_than_the_peers_is_no_sign():
    counts = signs_of(np.random.default_rng(2))
    counts.loc[counts["branch"] == "b4", "hits"] = 0
    assert not gaming.signs(counts)["flag"].any()


def test_honest_branches_are_seldom_flagged():
    rng = np.random.default_rng(3)
    assert np.mean([gaming.signs(signs_of(rng))["flag"].any() for _ in range(30)]) <= 0.1


def test_signs_of_nothing_one_and_all_equal():
    counts = signs_of(np.random.default_rng(1))
    assert len(gaming.signs(counts.iloc[:0])) == 0 and "flag" in gaming.signs(counts.iloc[:0])
    assert not gaming.signs(counts.iloc[:1])["flag"].any()
    assert not gaming.signs(counts.assign(hits=counts["n"]))["flag"].any()
    none = gaming.signs(counts.assign(n=0, hits=0))
    assert none["estimate"].isna().all() and not none["flag"].any()


@pytest.mark.filterwarnings("error")
def test_answers_that_all_agree_shrink_without_a_warning():
    counts = pd.DataFrame({"branch": list("ab"), "n": [5, 6], "total": [50, 60], "total_sq": [500, 600]})
    assert shrinkage.normal(scores.league(counts))[["estimate", "low", "high"]].eq(10).all(axis=None)
