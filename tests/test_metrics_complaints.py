"""Complaints: charts that do not cry wolf, clocks that are fair, the regulator's arithmetic, recovery, words."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from moments.metrics import clocks, complaints, control, keywords, recovery, warning

close = pytest.approx
PUBLISHED = pd.DataFrame({
    "week": range(10),
    "complaints": [14, 12, 20, 11, 7, 10, 21, 16, 19, 23],
    "exposure": [10, 8, 13, 10, 9.5, 10, 12, 10.5, 12, 12.5],
})  # fmt: skip


def weeks(counts, exposure=1000.0):
    return pd.DataFrame({"complaints": counts, "exposure": exposure})


# --- control chart ---------------------------------------------------------------------------------------------------


def test_u_chart_as_published():
    before = PUBLISHED.copy()
    out = control.chart(PUBLISHED, per=1, laney=False)
    assert out["centre"].to_numpy() == close(1.423256, rel=1e-6)
    assert out.loc[0, ["lower", "upper"]].tolist() == close([0.2915, 2.5550], abs=5e-5)  # n = 10
    assert out.loc[2, ["lower", "upper"]].tolist() == close([0.4306, 2.4159], abs=5e-5)  # n = 13
    assert (out["sigma_z"] == 1).all() and not out[list(control.RULES)].any(axis=None)
    pd.testing.assert_frame_equal(PUBLISHED, before)


def test_laneys_limits_are_the_same_times_sigma_z():
    u, laney = control.chart(PUBLISHED, per=1, laney=False), control.chart(PUBLISHED, per=1)
    rate, centre = PUBLISHED["complaints"] / PUBLISHED["exposure"], 1.423256
    z = (rate - centre) / np.sqrt(centre / PUBLISHED["exposure"])
    sigma_z = z.diff().abs().mean() / 1.128
    assert laney["sigma_z"].to_numpy() == close(sigma_z, rel=1e-5)
    assert (laney["upper"] - centre).to_numpy() == close(((u["upper"] - centre) * sigma_z).to_numpy(), rel=1e-5)


def test_per_thousand_is_the_same_chart_in_other_words():
    one, thousand = control.chart(PUBLISHED, per=1), control.chart(PUBLISHED, per=1000)
    for name in ("estimate", "centre", "lower", "upper", "low", "high"):
        assert thousand[name].to_numpy() == close(1000 * one[name].to_numpy())
    assert (thousand[list(control.RULES)] == one[list(control.RULES)]).all(axis=None)


def test_big_numbers_do_not_cry_wolf():
    """A rate that wanders by 10 % from week to week, over millions of visits: nothing new, and Laney says so."""
    rng = np.random.default_rng(1)
    counts = rng.poisson(5_000_000 * 0.002 * rng.normal(1, 0.1, 60))
    assert control.chart(weeks(counts, 5_000_000), laney=False)["beyond"].sum() > 20
    assert control.chart(weeks(counts, 5_000_000))["beyond"].sum() <= 1


def test_beyond_a_limit():
    out = control.chart(weeks([10, 12, 9, 11, 40, 10, 3, 11, 9, 10]), laney=False)
    assert out["beyond"].tolist() == [i == 4 for i in range(10)] and out["direction"][4] == 1


def test_eight_on_one_side():
    out = control.chart(weeks([8, 12] * 4 + [11] * 9 + [7] * 3), laney=False)
    ninth = out["run"].to_numpy().nonzero()[0]
    assert ninth.tolist() == [14, 15, 16]  # the point before the elevens is a twelve: it counts
    assert (out.loc[ninth, "direction"] == 1).all()
    seven = control.chart(weeks([8] + [11] * 7 + [7] * 3), laney=False)
    assert not seven["run"].any()


def test_six_rising_and_six_falling():
    out = control.chart(weeks([10, 8, 9, 10, 11, 12, 13, 13, 12, 11, 10, 9, 8, 10]), laney=False)
    assert out["trend"].to_numpy().nonzero()[0].tolist() == [6, 12]
    assert out["direction"].tolist()[6] == 1 and out["direction"].tolist()[12] == -1


def test_two_of_three_near_a_limit_on_one_side():
    quiet = [10, 11, 9, 10] * 4
    for extra, found in (([18, 10, 18], True), ([18, 3, 3], True), ([18, 10, 10, 18], False), ([18, 10, 3], False)):
        out = control.chart(weeks(quiet + extra + quiet), laney=False)
        assert out["two_of_three"].any() == found, extra


def test_a_phase_has_its_own_limits():
    counts = weeks([10, 11, 9, 10] * 3 + [20, 22, 18, 20] * 3)
    assert control.chart(counts, laney=False)["run"].any()
    broken = control.chart(counts.assign(phase=control.phases(pd.Series(range(24)), [12])), laney=False)
    assert not broken[list(control.RULES)].any(axis=None)
    assert broken["centre"].tolist() == close([10] * 12 + [20] * 12)
    assert control.phases(pd.Series(range(4)), []).tolist() == [0, 0, 0, 0]
    assert control.phases(pd.Series(list("2345")), ["3", "5"]).tolist() == [0, 1, 1, 2]


def test_false_alarms_are_rare_when_nothing_happens():
    rng = np.random.default_rng(2)
    alarms = [control.chart(weeks(rng.poisson(50, 40)), laney=False)["beyond"].sum() for _ in range(60)]
    assert np.mean(alarms) / 40 < 0.006


def test_charts_of_nothing_one_all_equal_and_no_exposure():
    assert len(control.chart(weeks([]))) == 0 and set(control.RULES) <= set(control.chart(weeks([])))
    one = control.chart(weeks([7]))
    assert one["sigma_z"].tolist() == [1] and not one[list(control.RULES)].any(axis=None)
    same = control.chart(weeks([7] * 12))
    assert not same[list(control.RULES)].any(axis=None) and same["sigma_z"].tolist() == close([0] * 12)
    none = control.chart(weeks([0] * 12))
    assert (none["centre"] == 0).all() and not none[list(control.RULES)].any(axis=None)
    holed = control.chart(pd.DataFrame({"complaints": [7, 0, 8], "exposure": [100.0, 0, 100]}))
    assert np.isnan(holed["estimate"][1]) and np.isnan(holed["upper"][1]) and holed["estimate"].notna().sum() == 2


@given(st.integers(0, 2000))
def test_the_rate_has_the_exact_poisson_interval(count):
    out = control.rate(weeks([count], 500.0), per=1000).iloc[0]
    low = stats.chi2.ppf(0.025, 2 * count) / 2 if count else 0.0
    high = stats.chi2.ppf(0.975, 2 * count + 2) / 2
    assert (out["estimate"], out["low"], out["high"]) == close((2 * count, 2 * low, 2 * high), rel=1e-9)
    assert out["n"] == 500


# --- clocks ----------------------------------------------------------------------------------------------------------


def test_within_means_at_most_and_open_is_never_a_success():
    time = [47.9, 48, 48.1, 12, 48, 60, np.nan]
    is_open = [False, False, False, True, True, True, True]
    found = clocks.state(time, is_open, 48).tolist()
    assert found == ["kept", "kept", "breached", "running", "running", "breached", None]
    assert clocks.state([0.5, 0.51], [False, False], 0.5).tolist() == ["kept", "breached"]


def test_running_and_pending_are_left_out_of_the_share():
    rows = pd.DataFrame({"channel": ["app", "hall"], "kept": [81, 0], "breached": [182, 0], "running": [50, 9]})
    out = clocks.kept(rows)
    assert out.loc[0, ["low", "high"]].tolist() == close([0.25529, 0.36621], rel=1e-4) and out["n"][0] == 263
    assert np.isnan(out["estimate"][1]) and out["n"][1] == 0


@given(st.lists(st.tuples(st.integers(0, 9), st.booleans()), min_size=1, max_size=40), st.integers(0, 9))
def test_counts_and_single_cases_tell_the_same(cases, clock):
    raw = pd.DataFrame(cases, columns=["time", "is_open"])
    states = pd.Series(clocks.state(raw["time"], raw["is_open"], clock))
    rows = raw.groupby("time", as_index=False).agg(open=("is_open", "sum"), n=("is_open", "size"))
    out = clocks.from_times(rows.assign(closed=rows["n"] - rows["open"]), [clock]).iloc[0]
    names = ["kept", "breached", "running"]
    assert out[names].tolist() == [(states == name).sum() for name in names]
    assert out["n"] == out["kept"] + out["breached"]


def test_several_clocks_by_channel():
    rows = pd.DataFrame({"channel": ["app", "app", "hall"], "time": [10.0, 40, 20]})
    rows = rows.assign(closed=[5, 5, 0], open=[0, 1, 3])
    out = clocks.from_times(rows, [15, 30, 60], ["channel"]).set_index(["channel", "clock"])
    assert out.loc[("app", 15), ["kept", "breached", "running"]].tolist() == [5, 6, 0]
    assert out.loc[("app", 60), ["kept", "breached", "running"]].tolist() == [10, 0, 1]
    assert out.loc[("hall", 15), "estimate"] == 0 and np.isnan(out.loc[("hall", 30), "estimate"])
    assert len(clocks.from_times(rows.iloc[:0], [15], ["channel"])) == 0


def test_open_cases_by_age():
    rows = pd.DataFrame({"time": [1.0, 7, 7.5, 90, np.nan], "open": [2, 3, 4, 1, 9]})
    out = clocks.ageing(rows, [7, 30])
    assert out[["age_from", "age_to"]].to_numpy().tolist() == [[0, 7], [7, 30], [30, np.inf]]
    assert out["open"].tolist() == [5, 4, 1] and out["share"].tolist() == [0.5, 0.4, 0.1]
    by = clocks.ageing(rows.assign(channel=["app", "app", "hall", "hall", "hall"]), [7], ["channel"])
    assert by["open"].tolist() == [5, 0, 0, 5]
    assert clocks.ageing(rows.iloc[:0], [7])["open"].sum() == 0


# --- what goes wrong -------------------------------------------------------------------------------------------------


def test_pareto():
    counts = pd.DataFrame({"category": list("abcd"), "n": [5, 60, 25, 10]})
    out = complaints.pareto(counts)
    assert out["category"].tolist() == list("bcda") and out["cumulative"].tolist() == close([0.6, 0.85, 0.95, 1])
    assert out["vital"].tolist() == [True, True, False, False]
    assert out["estimate"].sum() == close(1) and (out["low"] < out["estimate"]).all()
    assert len(complaints.pareto(counts.iloc[:0])) == 0
    assert complaints.pareto(counts.iloc[:1])["vital"].tolist() == [True]
    assert not complaints.pareto(counts.assign(n=0))["vital"].any()


def test_the_iceberg_is_arithmetic_on_assumptions():
    out = complaints.iceberg(100, silent=25, tell=10, tell_silent=5)
    assert out["estimate"].tolist() == [100, 2500, 100 * 10 + 2500 * 5]
    assert out["assumed"].tolist() == [False, True, True]
    assert complaints.iceberg(100, 25, 10)["estimate"].tolist()[-1] == 26_000
    assert complaints.iceberg(0, 25, 10)["estimate"].sum() == 0
    with pytest.raises(ValueError, match="negative"):
        complaints.iceberg(100, -1, 10)


def test_the_regulators_card_and_the_median_of_peers():
    per_thousand = [1200.4, 267.1, 235.3, 232.5, 153.9, 84.0]
    card = pd.DataFrame({"bank": list("abcdef"), "outlets": 1000, "customers": 50_000_000})
    card["complaints"] = per_thousand
    out = complaints.regulator(card)
    outlets, customers = (out[out["per"] == name] for name in ("outlets", "customers"))
    assert outlets["estimate"].tolist() == close(per_thousand) and outlets["median"].iloc[0] == close(233.9)
    assert customers["estimate"].tolist() == close([c / 5 for c in per_thousand])
    assert outlets["times"].iloc[0] == close(1200.4 / 233.9) and outlets["n"].iloc[0] == 1000
    unknown = complaints.regulator(card.assign(customers=np.nan))
    assert unknown[unknown["per"] == "customers"]["estimate"].isna().all()
    assert len(complaints.regulator(card.iloc[:0])) == 0
    assert len(complaints.regulator(card.iloc[:1])) == 2


# --- recovery --------------------------------------------------------------------------------------------------------


def sums_of(mean, sd, n):
    return {"n": n, "total": n * mean, "total_sq": (n - 1) * sd**2 + n * mean**2}


def test_recovered_against_never_failed_as_published():
    rows = pd.DataFrame([
        {"group": "never", "severity": 0, **sums_of(7.8, 1.5, 400)},
        {"group": "recovered", "severity": 2, **sums_of(8.3, 1.6, 60)},
        {"group": "not_recovered", "severity": 2, **sums_of(4.0, 2.0, 30)},
    ])  # fmt: skip
    before = rows.copy()
    out = recovery.against_never(rows)
    first = out.iloc[0]
    assert first[["estimate", "p", "low", "high"]].tolist() == close([0.5, 0.025732, 0.06227, 0.93773], rel=1e-4)
    assert (first["mean"], first["mean_never"], first["n"], first["n_never"]) == close((8.3, 7.8, 60, 400))
    assert out["group"].tolist() == ["recovered", "not_recovered"] and out["high"][2] < 0
    pd.testing.assert_frame_equal(rows, before)
    assert len(recovery.against_never(rows.iloc[:0])) == 0
    assert recovery.against_never(rows.iloc[1:])["estimate"].isna().all()


def test_what_each_clear_step_goes_with_equals_least_squares():
    rng = np.random.default_rng(3)
    flags = rng.random((400, 5)) < 0.6
    flags[:, 3] = True
    y = np.clip(np.round(4 + flags @ [1, 0.5, 0, 0, 2] + rng.normal(0, 1, 400)), 1, 10)
    raw = pd.DataFrame({"steps": flags @ (1 << np.arange(5)), "n": 1, "total": y, "total_sq": y * y})
    out = recovery.worth(raw.groupby("steps", as_index=False).sum())
    kept = [0, 1, 2, 4]
    fit = sm.OLS(y, sm.add_constant(flags[:, kept].astype(float))).fit()
    assert out["estimate"].to_numpy()[kept] == close(fit.params[1:])
    assert out[["low", "high"]].to_numpy()[kept] == close(fit.conf_int()[1:])
    assert out["step"].tolist() == list(recovery.STEPS) and np.isnan(out["estimate"][3]) and out["share"][3] == 1
    assert recovery.worth(raw.iloc[:0])["estimate"].isna().all()
    assert recovery.worth(raw.iloc[:1])["low"].isna().all()
    assert recovery.worth(raw.assign(total=5.0, total_sq=25.0))["estimate"].dropna().abs().max() < 1e-9


def test_steps_kept_and_satisfaction_by_their_number():
    kept = recovery.steps_kept(pd.DataFrame({"step": ["listen", "resolve"], "hits": [0, 81], "n": [20, 263]}))
    assert kept["high"].tolist() == close([0.16113, 0.36621], rel=1e-4)
    by = recovery.by_number(pd.DataFrame([{"kept": k, **sums_of(4 + k, 1.0, 10)} for k in range(3)]))
    assert by["estimate"].tolist() == close([4, 5, 6]) and (by["high"] - by["low"]).tolist() == close([1.430714] * 3)


def test_strategies_against_the_others():
    rows = pd.DataFrame([
        {"strategy": "apology", **sums_of(6.0, 1.5, 100)},
        {"strategy": "refund", **sums_of(8.0, 1.5, 100)},
        {"strategy": "gift", **sums_of(6.1, 1.5, 100)},
        {"strategy": "none", "n": 0, "total": 0.0, "total_sq": 0.0},
    ])  # fmt: skip
    out = recovery.strategies(rows).set_index("strategy")
    assert out.loc["refund", "more"] == close(8.0 - 6.05) and out.loc["refund", "q"] < 1e-6
    assert out.loc["apology", "more"] == close(6.0 - 7.05)
    assert np.isnan(out.loc["none", "estimate"]) and np.isnan(out.loc["none", "q"])
    assert len(recovery.strategies(rows.iloc[:0])) == 0 and np.isnan(recovery.strategies(rows.iloc[:1])["p"].iloc[0])


# --- early warning ---------------------------------------------------------------------------------------------------


def history(rng, cells=60, past=12, mean=4.0, spread=None):
    """Weekly counts: Poisson, or negative binomial with variance `spread` times the mean."""
    means = rng.gamma(4, mean / 4, cells)
    if spread:
        counts = rng.negative_binomial(means[:, None] / (spread - 1), 1 / spread, (cells, past + 1))
    else:
        counts = rng.poisson(means[:, None], (cells, past + 1))
    return pd.DataFrame({
        "branch": [f"b{i}" for i in range(cells)], "now": counts[:, -1], "before": counts[:, :-1].sum(axis=1),
        "before_sq": (counts[:, :-1] ** 2).sum(axis=1), "weeks": past,
    })  # fmt: skip


def test_a_burst_is_warned_of_and_nothing_else():
    rows = history(np.random.default_rng(4))
    rows.loc[7, "now"] = 40
    before = rows.copy()
    out = warning.early(rows)
    assert out.index[out["flag"]].tolist() == [7]
    assert out["expected"][7] == close((rows["before"][7] + 0.5) / 12) and out["ratio"][7] > 4
    pd.testing.assert_frame_equal(rows, before)


def test_with_poisson_weeks_it_is_the_exact_prediction():
    """Pure Poisson history (phi 1): negative binomial with before + 1/2 and weeks / (weeks + 1)."""
    rows = pd.DataFrame({"now": [0, 3, 9], "before": [12, 12, 12], "before_sq": [12, 12, 12], "weeks": 12})
    assert warning.dispersion(rows) == 1
    expected = stats.nbinom.sf(np.array([0, 3, 9]) - 1, 12.5, 12 / 13)
    assert warning.early(rows)["p"].to_numpy() == close(expected, rel=1e-9)


@pytest.mark.parametrize("spread", [None, 3.0])
def test_quiet_weeks_seldom_warn(spread):
    rng = np.random.default_rng(5)
    alarms = [warning.early(history(rng, spread=spread))["flag"].any() for _ in range(100)]
    assert np.mean(alarms) <= 0.08


def test_dispersion_is_found():
    rows = history(np.random.default_rng(6), cells=2000, mean=8, spread=3.0)
    assert warning.dispersion(rows) == close(3.0, rel=0.06)


def test_twice_the_visits_are_expected_to_complain_twice_as_often():
    rows = pd.DataFrame({"now": [8], "before": [40], "before_sq": [170], "weeks": [10]})
    same = rows.assign(exposure_now=100.0, exposure_before=1000.0)
    twice = rows.assign(exposure_now=200.0, exposure_before=1000.0)
    assert warning.early(same)["p"][0] == close(warning.early(rows)["p"][0])
    assert warning.early(twice)["expected"][0] == close(2 * warning.early(rows)["expected"][0])
    assert np.isnan(warning.early(rows.assign(exposure_now=0.0, exposure_before=1000.0))["p"][0])


def test_warnings_of_nothing_one_all_equal_and_no_past():
    rows = history(np.random.default_rng(4))
    assert len(warning.early(rows.iloc[:0])) == 0 and "flag" in warning.early(rows.iloc[:0])
    assert warning.early(rows.iloc[:1])["q"][0] == warning.early(rows.iloc[:1])["p"][0]
    assert not warning.early(rows.assign(now=0))["flag"].any()
    no_past = warning.early(rows.assign(weeks=0, before=0, before_sq=0))
    assert no_past["p"].isna().all() and not no_past["flag"].any()
    quiet = warning.early(pd.DataFrame({"now": [1], "before": [0], "before_sq": [0], "weeks": [12]}))
    assert quiet["p"][0] < 0.05  # never before in twelve weeks: unlikely, and told


# --- words -----------------------------------------------------------------------------------------------------------


def words():
    return pd.DataFrame({
        "word": ["queue", "fee", "app", "rare"], "hits": [60, 20, 48, 3], "n": 200,
        "hits_before": [20, 21, 100, 0], "n_before": 250,
    })  # fmt: skip


def test_words_rise_and_fall():
    rows = words()
    out = keywords.change(rows).set_index("word")
    assert out["direction"].tolist() == ["rising", "", "falling", ""]
    assert out.loc["queue", ["share", "share_before", "estimate"]].tolist() == close([0.3, 0.08, 0.22])
    assert np.isnan(out.loc["rare", "q"])  # three texts are no trend, and no look either
    assert out.loc["fee", "q"] == close(out.loc["fee", "p"])
    table = [[60, 140], [20, 230]]
    assert out.loc["queue", "p"] == close(stats.chi2_contingency(table, correction=False).pvalue)
    pd.testing.assert_frame_equal(rows, words())


def test_words_seldom_move_by_chance():
    rng = np.random.default_rng(7)
    moved = []
    for _ in range(100):
        share = rng.uniform(0.01, 0.2, 80)
        rows = pd.DataFrame({"hits": rng.binomial(300, share), "n": 300, "hits_before": rng.binomial(400, share)})
        moved.append((keywords.change(rows.assign(n_before=400))["direction"] != "").any())
    assert np.mean(moved) <= 0.08


def test_words_of_nothing_one_and_an_empty_period():
    rows = words()
    assert len(keywords.change(rows.iloc[:0])) == 0
    assert keywords.change(rows.iloc[:1])["direction"].tolist() == ["rising"]
    assert (keywords.change(rows.assign(n_before=0, hits_before=0))["direction"] == "").all()
    assert (keywords.change(rows.assign(hits=50, hits_before=50, n_before=200))["p"] == 1).all()


# --- what pages ask beside --------------------------------------------------------------------------------------------


def test_hidden_categories_do_not_swell_the_shares_of_the_others():
    counts = pd.DataFrame({"category": list("abcd"), "n": [60, 30, np.nan, np.nan]})
    out = complaints.pareto(counts, whole=100)
    assert out["estimate"].tolist() == close([0.6, 0.3, np.nan, np.nan], nan_ok=True)
    assert out["cumulative"].tolist() == close([0.6, 0.9, np.nan, np.nan], nan_ok=True)
    assert out["vital"].tolist() == [True, True, False, False]


def test_rates_of_two_years_differ_only_beyond_what_weeks_differ_by():
    now, before = weeks([130] * 10), weeks([100] * 10)
    plain, wide = control.change(now, before), control.change(now, before, sigma_z=5)
    assert plain["estimate"][0] == wide["estimate"][0] == close(30)
    se = 1000 * np.sqrt(0.13 / 10_000 + 0.1 / 10_000)
    assert plain["low"][0] == close(30 - 1.959964 * se) and plain["p"][0] < 1e-8
    assert wide["high"][0] - wide["low"][0] == close(5 * 2 * 1.959964 * se) and wide["low"][0] < 0
    assert control.change(now, weeks([])).isna()["estimate"][0]


def test_phases_of_hardly_any_periods_are_not_begun():
    periods = pd.Series(pd.date_range("2025-01-01", periods=12, freq="MS"))
    assert control.breaks(periods, ["2025-07-01"]) == [pd.Timestamp("2025-07-01")]
    assert control.breaks(periods, ["2025-12-01", "2024-01-01", "2025-04-15"]) == [pd.Timestamp("2025-04-15")]
    assert control.breaks(periods, ["2025-05-01", "2025-06-01"]) == [pd.Timestamp("2025-05-01")]
    assert control.breaks(periods[:0], ["2025-05-01"]) == []


def test_every_signal_is_told_once_and_the_latest_first():
    rows = control.chart(weeks([10, 12, 9, 11, 60, 10, 12] + [14] * 9), laney=False)
    told = control.signals(rows)
    assert (told["rule"] == "beyond").sum() == 1 and told.loc[told["rule"] == "beyond", "complaints"].tolist() == [60]
    assert len(told) == rows[list(control.RULES)].any(axis=1).sum() and told["rule"][0] == "run"
    assert control.signals(rows.iloc[:0]).empty


def test_cells_that_are_not_sent_still_count_as_looked_at():
    rng = np.random.default_rng(5)
    past = rng.poisson(2, (80, 30)) * rng.integers(1, 3, (80, 1))
    every = pd.DataFrame({
        "cell": range(80), "now": rng.poisson(3, 80), "before": past.sum(1), "before_sq": (past**2).sum(1), "weeks": 30,
    })  # fmt: skip
    every.loc[3, "now"] = 30
    totals = pd.DataFrame({
        "before": [every["before"].sum()], "before_sq": [every["before_sq"].sum()],
        "squares": [(every["before"] ** 2).sum()], "weeks": [30],
    })  # fmt: skip
    assert warning.dispersion_in_all(totals) == close(warning.dispersion(every))
    whole = warning.early(every).set_index("cell")
    some = warning.early(every[every["now"] >= 5], phi=warning.dispersion_in_all(totals), looks=80).set_index("cell")
    assert some["p"].tolist() == close(whole.loc[some.index, "p"].tolist())
    assert (some["q"] >= whole.loc[some.index, "q"] - 1e-12).all()
    assert some["flag"].sum() == 1 and some.loc[3, "flag"]
    assert warning.dispersion_in_all(totals.assign(weeks=0)) == 1


def cells_of(rows):
    """The row over all cells that goes with them."""
    square = (rows["before"] ** 2).sum()
    return pd.DataFrame([{
        "before": rows["before"].sum(), "before_sq": rows["before_sq"].sum(), "squares": square,
        "weeks": rows["weeks"].max(), "cells": len(rows),
    }])  # fmt: skip


def test_one_look_among_many_asks_for_more():
    """The same burst is told among ten cells and not among ten thousand."""
    burst = pd.DataFrame(
        {"grp": ["b7"], "category": ["fees"], "now": [8], "before": [52], "before_sq": [100], "weeks": 52}
    )
    few = warning.watched(burst, cells_of(burst).assign(cells=10)).iloc[0]
    many = warning.watched(burst, cells_of(burst).assign(cells=10_000)).iloc[0]
    assert (
        few["p"] == close(many["p"])
        and few["q"] == close(10 * few["p"])
        and many["q"] == close(min(1, 10_000 * few["p"]))
    )
    assert few["flag"] and few["tone"] == "bad" and not many["flag"] and many["tone"] == "unsure"
    mu = 52.5 / 52
    assert few["estimate"] == close(8 / mu)
    assert (few["low"], few["high"]) == close((stats.chi2.ppf(0.025, 16) / 2 / mu, stats.chi2.ppf(0.975, 18) / 2 / mu))


def test_nothing_large_enough_to_be_watched_is_no_warning():
    rows = warning.watched(None, cells_of(history(np.random.default_rng(4))))
    assert rows.empty and {"grp", "category", "flag", "estimate", "low", "high", "n", "tone"} <= set(rows)


def test_promises_tell_late_from_overdue_and_leave_out_what_runs():
    counts = pd.DataFrame({"grp": ["a", "b"], "kept": [81, 0], "late": [180, 0], "overdue": [2, 0], "running": [40, 5]})
    rows = clocks.promised(counts).set_index("grp")
    assert rows.loc["a", ["estimate", "low", "high", "n"]].tolist() == close(
        [81 / 263, 0.25529, 0.36621, 263], abs=1e-5
    )
    assert rows.loc["a", "breached"] == 182 and rows.loc["b", "n"] == 0 and np.isnan(rows.loc["b", "estimate"])


def test_the_funnel_is_held_against_those_received():
    rows = clocks.funnel(pd.DataFrame([{"n": 263, "answered": 263, "closed": 81}]), ["answered", "closed"])
    assert rows["stage"].tolist() == ["received", "answered", "closed"] and (rows["of"] == 263).all()
    assert rows.loc[2, ["n", "estimate", "low", "high"]].tolist() == close([81, 81 / 263, 0.25529, 0.36621], abs=1e-5)


def test_steps_are_told_apart_by_their_bits():
    masks = pd.DataFrame(
        {"steps": [0b00, 0b01, 0b11], "n": [5, 7, 9], "rated": [1, 2, 3], "total": 8.0, "total_sq": 30.0}
    )
    kept = recovery.by_step(masks, ("control", "listen"))
    assert kept["hits"].tolist() == [16, 9] and kept["n"].tolist() == [21, 21]
    by = recovery.by_count(masks, 2)
    assert by["steps"].tolist() == [0, 1, 2] and by["n"].tolist() == [1, 2, 3] and by["total"].tolist() == [8, 8, 8]
    assert recovery.by_count(masks.iloc[:0], 2)["n"].tolist() == [0, 0, 0]


def test_satisfaction_after_and_its_change():
    def rated(mean, sd, n):
        return pd.DataFrame([sums_of(mean, sd, n)]).rename(columns={"n": "rated"})

    now, before = rated(8.3, 1.6, 60), rated(7.8, 1.5, 400)
    half = stats.t.ppf(0.975, 59) * 1.6 / 60**0.5
    assert recovery.after(now).iloc[0].tolist() == close([8.3, 8.3 - half, 8.3 + half, 60])
    moved = recovery.after_change(now, before).iloc[0]
    assert moved[["estimate", "low", "high", "p"]].tolist() == close([0.5, 0.06227, 0.93773, 0.025732], abs=1e-5)
    assert np.isnan(recovery.after(rated(8.0, 0.0, 1))["low"][0])


def test_a_strategy_has_a_colour_only_where_it_is_sure():
    rows = pd.DataFrame({"more": [1.0, -1.0, 2.0, np.nan], "q": [0.01, 0.01, 0.06, np.nan]})
    assert recovery.tones(rows) == ["good", "bad", "unsure", "unsure"]


def test_words_of_two_periods_side_by_side():
    now = pd.DataFrame({"word": ["fee", "app"], "hits": [9, 4], "n": 100})
    before = pd.DataFrame({"word": ["queue", "fee"], "hits": [7, 5], "n": 80})
    both = keywords.together(now, before)
    assert both == ["fee", "app", "queue"]
    rows = keywords.beside(now, before, both)
    assert rows["hits"].tolist() == [9, 4, 0] and rows["hits_before"].tolist() == [5, 0, 7]
    assert (rows["n"] == 100).all() and (rows["n_before"] == 80).all()


def test_sure_moves_come_before_far_ones():
    rows = pd.DataFrame(
        {"word": list("abcd"), "estimate": [0.3, -0.1, 0.02, 0.0], "direction": ["", "falling", "rising", ""]}
    )
    assert keywords.moved(rows, 2)["word"].tolist() == ["c", "b"]
    assert keywords.moved(rows, 3)["word"].tolist() == ["a", "c", "b"]
    assert keywords.moved(rows.iloc[:0], 3).empty


def test_the_largest_kinds_keep_their_hidden_cells():
    rows = pd.DataFrame({"kind": list("aabbc"), "n": [5, np.nan, 9, 9, 7]})
    assert complaints.largest(rows, 2)["kind"].tolist() == ["b", "b", "c"]
    assert complaints.largest(rows, 9)["kind"].tolist() == ["b", "b", "c", "a", "a"]
    assert complaints.largest(rows.iloc[:0], 2).empty
