"""The sample is what it says: deterministic, within its contracts, and its planted stories are in the numbers.

Each story is found with a plain method and held against what chance alone would do, so that a trainer who reveals it
is telling the truth about the data.
"""

import hashlib

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from scipy import stats

from moments import contracts, datasets, sample
from moments.sample import STORIES
from moments.sample.draw import VOCABULARY

CLASSIC = np.array([list(row) for row in ("QAAAO", "RIIIM", "RIIIM", "RIIIM", "RRRRQ")])


@pytest.fixture(scope="module")
def drawn():
    return sample.generate()


@pytest.fixture(scope="module")
def tables(drawn):
    return {name: table.to_pandas() for name, table in drawn.tables.items()}


def nps(scores):
    """(NPS, its standard error, n) of a column of scores."""
    scores = scores.dropna()
    p, d = (scores >= 9).mean(), (scores <= 6).mean()
    return 100 * (p - d), 100 * np.sqrt((p + d - (p - d) ** 2) / len(scores)), len(scores)


def z_of(after, before):
    """How many standard errors lie between two columns of scores, read as NPS."""
    (a, sa, _), (b, sb, _) = nps(after), nps(before)
    return (a - b) / np.hypot(sa, sb)


def split(frame, since, column="answered_at"):
    late = frame[column] >= pd.Timestamp(since)
    return frame[~late], frame[late]


# --- the whole --------------------------------------------------------------------------------------------------


def test_two_runs_give_the_same_bytes(tmp_path, monkeypatch):
    sums = []
    for run in ("first", "second"):
        monkeypatch.setenv("MOMENTS_DATA", str(tmp_path / run))
        assert sample.main(["--size", "0.03"]) == 0
        # an accelerator is made anew wherever it is missing; it is no part of what is shipped
        files = sorted(f for f in datasets.current("sample").path.iterdir() if not f.name.startswith("accelerator"))
        sums.append({f"{f.parent.name}/{f.name}": hashlib.sha256(f.read_bytes()).hexdigest() for f in files})
    assert sums[0] == sums[1]
    assert len(sums[0]) == 10


def test_another_seed_gives_another_bank():
    one, other = (sample.generate(seed, 0.02) for seed in (1, 2))
    assert sample.fingerprint(one) != sample.fingerprint(other)


def test_writing_the_same_sample_again_changes_nothing(tmp_path, monkeypatch):
    monkeypatch.setenv("MOMENTS_DATA", str(tmp_path))
    for _ in range(2):
        assert sample.main(["--size", "0.02"]) == 0
    assert len(datasets.snapshots("sample")) == 1


def test_the_shipped_snapshot_is_what_the_generator_draws(drawn, monkeypatch):
    monkeypatch.delenv("MOMENTS_DATA", raising=False)
    shipped = datasets.current("sample")
    assert set(shipped.tables) == set(drawn.tables)
    for name, table in drawn.tables.items():
        keys = [key for key in (contracts.load(name).time, "branch") if key in table.column_names]
        expected = table.sort_by([(key, "ascending") for key in keys])
        assert pq.read_table(shipped.file(name)).equals(expected), f"{name}: run python -m moments sample"
    assert shipped.meta["synthetic"] is True
    files = [f for f in shipped.path.parent.rglob("*") if not f.name.startswith("accelerator")]
    assert sum(f.stat().st_size for f in files) < 15_000_000


def test_every_table_keeps_its_contract(drawn):
    assert set(drawn.tables) == set(contracts.names())
    assert [p for name, table in drawn.tables.items() for p in contracts.check(name, table, drawn.codebook)] == []


def test_every_code_and_item_is_labelled_in_both_languages(drawn, tables):
    book = drawn.codebook
    codes = [entry for entries in book["codes"].values() for entry in entries.values()]
    for entry in [*book["dimensions"], *book["items"], *codes]:
        assert entry["zh"] and entry["en"]
    for name, frame in tables.items():
        for column in frame:
            assert "{" not in contracts.label(name, column, "zh", book) + contracts.label(name, column, "en", book)
        for column, promise in contracts.load(name).columns.items():
            if promise.codes and column in frame:
                assert set(frame[column].dropna().unique()) <= set(book["codes"][promise.codes]), (name, column)


def test_sizes(tables):
    assert len(tables["branches"]) == 36
    assert tables["branches"]["region"].value_counts().tolist() == [12, 12, 12]
    assert len(tables["responses"]) == 60_000
    assert len(tables["complaints"]) == 4_000
    assert 190_000 < len(tables["visits"]) < 210_000
    assert tables["kano"].groupby("feature").size().between(1_400, 1_500).all()
    months = tables["responses"]["answered_at"].dt.to_period("M")
    assert (str(months.min()), str(months.max()), months.nunique()) == ("2023-01", "2025-12", 36)


def test_answers_look_like_answers(tables):
    r = tables["responses"]
    share = r["recommend"].notna().mean(), r["comment"].notna().mean(), r["perceived_tan1"].notna().mean()
    assert share == pytest.approx((0.985, 0.27, 0.22), abs=0.02)
    assert r["recommend"].skew() < -0.7
    assert r["words"].notna().equals(r["comment"].notna())
    answers = r["customer"].value_counts()
    assert (answers >= 2).mean() > 0.2
    assert r["replicate"].value_counts().between(2_700, 3_300).all()
    assert r.groupby("customer")["replicate"].nunique().max() == 1
    size = r["branch"].value_counts()
    assert size.iloc[0] / size.iloc[-2] > 9


# --- the queue --------------------------------------------------------------------------------------------------


def test_the_queue_behaves_like_a_queue(tables):
    v = tables["visits"]
    wait = v["wait_minutes"]
    assert wait.skew() > 1.5
    served = v[v["outcome"] == "served"]
    clock = (served["called_at"] - served["arrived_at"]).dt.total_seconds() / 60
    assert (clock - served["wait_minutes"]).abs().max() < 0.06
    assert v.loc[v["outcome"] == "phantom", "wait_minutes"].isna().all()
    by_hour = served.groupby(served["arrived_at"].dt.hour)["wait_minutes"].mean()
    assert by_hour.idxmax() in (11, 12)
    by_weekday = served.groupby(served["arrived_at"].dt.day_of_week)["wait_minutes"].mean()
    assert by_weekday.idxmax() == 0 and by_weekday.idxmin() == 6
    seen = v[v["outcome"].isin(["served", "abandoned"])]
    seen = seen.assign(gone=seen["outcome"] == "abandoned", hour=seen["arrived_at"].dt.floor("h"))
    crowd = seen.groupby(["branch", "hour"]).agg(wait=("wait_minutes", "mean"), gone=("gone", "mean"))
    gone = crowd.groupby(pd.qcut(crowd["wait"], 4, duplicates="drop"), observed=True)["gone"].mean()
    assert gone.is_monotonic_increasing and gone.iloc[-1] > 3 * gone.iloc[0]


def test_no_counter_serves_two_at_once(tables):
    v = tables["visits"]
    served = v[v["outcome"] == "served"]
    for _, day in list(served.groupby([served["branch"], served["arrived_at"].dt.date]))[::40]:
        starts, ends = day["called_at"].to_numpy(), day["finished_at"].to_numpy()
        busy = [(starts <= at).sum() - (ends <= at).sum() for at in starts]
        assert max(busy) <= day["counters_open"].max()


def test_a_regression_finds_the_ten_factors_again(tables):
    from moments.sample.answers import FACTORS, FELT_POWER

    r = tables["responses"]
    w = r[(r["wait_actual"] >= 5) & r["wait_perceived"].notna()]
    x = np.column_stack([np.ones(len(w)), np.log(w["wait_actual"]), *(w[f"factor_{f}"].astype(float) for f in FACTORS)])
    y = np.log(w["wait_perceived"].to_numpy())
    b, rest, *_ = np.linalg.lstsq(x, y, rcond=None)
    se = np.sqrt(rest[0] / (len(y) - x.shape[1]) * np.diag(np.linalg.inv(x.T @ x)))
    truth = np.array([FELT_POWER, *(effect for _, effect in FACTORS.values())])
    assert (np.abs(b[1:] - truth) / se[1:]).max() < 3.3
    assert FACTORS["unfair"][1] == max(effect for _, effect in FACTORS.values())


def test_a_wait_felt_too_long_costs_satisfaction(tables):
    r = tables["responses"]
    over = (r["wait_perceived"] - r["wait_acceptable"]).rename("over")
    both = pd.concat([over, r["sat_timeliness"], r["sat_parts"]], axis=1).dropna()
    assert both["over"].corr(both["sat_timeliness"], method="spearman") < -0.3
    assert abs(both["over"].corr(both["sat_parts"], method="spearman")) < 0.08


def test_drivers_weigh_differently(tables):
    names = ["skill", "attitude", "timeliness", "parts"]
    s = tables["responses"][[f"sat_{n}" for n in [*names, "overall"]]].dropna().to_numpy(float)
    s = (s - s.mean(axis=0)) / s.std(axis=0)
    b = np.linalg.lstsq(s[:, :4], s[:, 4], rcond=None)[0]
    weight = dict(zip(names, b, strict=True))
    assert weight["timeliness"] > weight["attitude"] > weight["skill"] > weight["parts"] > 0


# --- the stories ------------------------------------------------------------------------------------------------


def test_the_fix_worked(tables):
    story, r, v = STORIES["fix_worked"], tables["responses"], tables["visits"]
    action = tables["actions"].set_index("action").loc[story["action"]]
    assert (action["branch"], action["done_on"]) == (story["branch"], story["since"])
    here = r["branch"] == story["branch"]
    before, after = split(r[here], story["since"])
    others_before, others_after = split(r[~here], story["since"])
    gain = nps(after["recommend"])[0] - nps(before["recommend"])[0]
    elsewhere = nps(others_after["recommend"])[0] - nps(others_before["recommend"])[0]
    se = np.sqrt(sum(nps(g["recommend"])[1] ** 2 for g in (before, after, others_before, others_after)))
    assert gain - elsewhere > 10 and (gain - elsewhere) / se > 4
    own = v["branch"] == story["branch"]
    waits = [[part["wait_minutes"].mean() for part in split(v[of], story["since"], "arrived_at")] for of in (own, ~own)]
    assert waits[0][1] < 0.5 * waits[0][0]
    assert abs(waits[1][1] - waits[1][0]) < 1


def test_the_noise_branch_only_looks_better(tables):
    story, r = STORIES["fix_noise"], tables["responses"]
    action = tables["actions"].set_index("action").loc[story["action"]]
    assert (action["branch"], action["done_on"]) == (story["branch"], story["since"])
    here, since = r[r["branch"] == story["branch"]], pd.Timestamp(story["since"])
    for months in (story["months"], 2 * story["months"]):
        span = pd.DateOffset(months=months)
        before, after = split(here[(here["answered_at"] >= since - span) & (here["answered_at"] < since + span)], since)
        assert nps(after["recommend"])[0] - nps(before["recommend"])[0] > 8
        assert 2 * stats.norm.sf(abs(z_of(after["recommend"], before["recommend"]))) > 0.2


def test_simpson(tables):
    story, r = STORIES["simpson"], tables["responses"]
    better, worse = (r[r["branch"] == story[k]] for k in ("better", "worse"))
    assert z_of(worse["recommend"], better["recommend"]) > 3
    differences = []
    for _, part in r[r["branch"].isin([story["better"], story["worse"]])].groupby(story["by"]):
        a, b = (nps(part.loc[part["branch"] == story[k], "recommend"]) for k in ("better", "worse"))
        assert a[0] > b[0] and min(a[2], b[2]) > 100
        differences.append(((a[0] - b[0]), a[1] ** 2 + b[1] ** 2))
    d, var = np.array(differences).T
    assert (d / var).sum() / np.sqrt((1 / var).sum()) > 4  # the channels together leave no doubt


def test_gaming(tables):
    story, r = STORIES["gaming"], tables["responses"]
    late = r[r["answered_at"] >= pd.Timestamp(story["since"])]
    items = [c for c in r if c.startswith("sat_")]
    full = late.dropna(subset=items)
    tens = (full[items] == 10).all(axis=1).groupby(full["branch"]).mean().sort_values()
    assert tens.index[-1] == story["branch"] and tens.iloc[-1] > 0.5 and tens.iloc[-2] < 0.1
    last_days = (late["answered_at"].dt.days_in_month - late["answered_at"].dt.day < 3).groupby(late["branch"]).mean()
    assert last_days.idxmax() == story["branch"] and last_days.max() > 0.5
    assert last_days.drop(story["branch"]).max() < 0.2
    gaps = late.sort_values("answered_at").groupby("branch")["answered_at"].diff().dt.total_seconds() < 60
    assert gaps[late["branch"] == story["branch"]].mean() > 0.4
    assert gaps[late["branch"] != story["branch"]].mean() < 0.02
    assert nps(late.loc[late["branch"] == story["branch"], "recommend"])[0] > 60


def test_festival_peak(tables):
    story, c = STORIES["festival"], tables["complaints"]
    day = c["received_at"].dt.normalize()
    events = tables["events"].set_index("event").loc[list(story["events"])]
    spans = [(pd.Timestamp(e["starts_on"]), pd.Timestamp(e["ends_on"])) for _, e in events.iterrows()]
    inside = np.logical_or.reduce([day.between(*span) for span in spans])
    days = sum((end - start).days + 1 for start, end in spans)
    assert (inside.sum() / days) / ((~inside).sum() / (1096 - days)) > 2
    for span in spans:
        assert day.between(*span).sum() > 120
    weekly = c.set_index("received_at").resample("W").size()
    top = weekly.nlargest(6).index
    assert all(any(start <= week <= end + pd.Timedelta(days=7) for start, end in spans) for week in top)
    queue = (c["category"] == story["category"]).groupby(inside).mean()
    assert queue[True] > 1.7 * queue[False]


def test_unfair_queue(tables):
    story, r, v = STORIES["unfair_queue"], tables["responses"], tables["visits"]
    w = r[r["wait_actual"].gt(0) & r["wait_perceived"].notna() & (r["channel"] == "counter")]
    said = w.groupby("branch")["factor_unfair"].mean().sort_values()
    assert said.index[-1] == story["branch"] and said.iloc[-1] > 2.5 * said.iloc[-2]
    ratio = np.log(w["wait_perceived"] / w["wait_actual"]).groupby(w["branch"]).mean()
    assert ratio[story["branch"]] > ratio.drop(story["branch"]).mean() + 0.1
    served = v[v["outcome"] == "served"]
    mean = served.groupby("branch")["wait_minutes"].mean()
    assert abs(mean[story["branch"]] - mean.median()) < 3  # the clock alone does not show it
    first = served["segment"].isin(story["called_first"])
    last, ahead = (served[of].groupby("branch")["wait_minutes"].mean() for of in (~first, first))
    gap = last - ahead
    assert gap.idxmax() == story["branch"] and gap.max() > 8


def test_a_must_be_is_missing(tables):
    story, r, k = STORIES["must_be_missing"], tables["responses"], tables["kano"]
    category = pd.Series(CLASSIC[k["functional"] - 1, k["dysfunctional"] - 1], k.index)
    counts = category.groupby(k["feature"]).value_counts().unstack(fill_value=0)
    must, second = counts.loc[story["feature"]].sort_values().iloc[[-1, -2]]
    assert counts.loc[story["feature"]].idxmax() == "M"
    n = counts.loc[story["feature"]].sum()
    assert must - second > 1.65 * np.sqrt((must + second) * (2 * n - must - second) / (2 * n))
    assert counts["M"].idxmax() == story["feature"]
    items = [c.removeprefix("perceived_") for c in r if c.startswith("perceived_")]
    gap = pd.Series({i: (r[f"perceived_{i}"] - r[f"expected_{i}"]).mean() for i in items}).sort_values()
    assert gap.index[0] == story["item"] and gap.iloc[0] < gap.iloc[1] - 0.5
    assert tables["complaints"]["issue"].value_counts().idxmax() == story["issue"]


def test_peak_end_and_the_branch_with_the_bad_end(tables):
    story, r = STORIES["bad_end"], tables["responses"]
    touches = [c for c in r if c.startswith("touch_")]
    assert touches[-1] == f"touch_{story['touch']}"
    here = r["branch"] == story["branch"]
    mean = r.groupby(here)[touches].mean().T
    assert mean[True][touches[-1]] < mean[False][touches[-1]] - 2.5
    assert (mean[True] - mean[False])[touches[:-1]].abs().max() < 0.4
    counter = r["channel"] == "counter"
    assert z_of(r.loc[here & counter, "recommend"], r.loc[~here & counter, "recommend"]) < -6
    assert abs(z_of(r.loc[here & ~counter, "recommend"], r.loc[~here & ~counter, "recommend"])) < 2
    j = r[[*touches, "sat_overall"]].dropna()
    scores = j[touches].to_numpy(float)
    peak = scores[np.arange(len(j)), np.abs(scores - 5.5).argmax(axis=1)]
    peak_end = np.corrcoef((peak + scores[:, -1]) / 2, j["sat_overall"])[0, 1]
    assert peak_end > np.corrcoef(scores.mean(axis=1), j["sat_overall"])[0, 1] > 0.6


def test_the_declining_and_the_tiny_branch(tables):
    r = tables["responses"]
    here = r[r["branch"] == STORIES["decline"]["branch"]]
    before, after = split(here, STORIES["decline"]["since"])
    assert z_of(after["recommend"], before["recommend"]) < -4
    tiny = r[r["branch"] == STORIES["tiny"]["branch"]]
    assert tiny["answered_at"].min() >= pd.Timestamp(STORIES["tiny"]["since"])
    per_month = tiny.groupby(tiny["answered_at"].dt.to_period("M")).size()
    assert (per_month < 5).mean() > 0.8 and len(tiny) >= 20
    assert (tiny.groupby(tiny["answered_at"].dt.to_period("Q")).size() < 5).any()


# --- service quality, complaints ----------------------------------------------------------------------------------


def test_one_dimension_is_worst_and_one_gap_is_to_blame(drawn, tables):
    from moments.sample.reference import CAUSES

    r = tables["responses"]
    of = {i["item"]: i["dimension"] for i in drawn.codebook["items"] if i["framework"] == "servqual"}
    expected = pd.Series({i: r[f"expected_{i}"].mean() for i in of}).groupby(of).mean()
    by_item = pd.Series({i: (r[f"perceived_{i}"] - r[f"expected_{i}"]).mean() for i in of})
    gap5 = by_item.groupby(of).mean().sort_values()
    assert gap5.index[0] == "reliability" and gap5.iloc[0] < gap5.iloc[1] - 0.2
    audit = tables["gap_audit"].groupby("dimension")[["belief", "standard", "delivered", "promised"]].mean()
    gaps = pd.DataFrame({1: audit["belief"] - expected, 2: audit["standard"] - audit["belief"],
                         3: audit["delivered"] - audit["standard"], 4: audit["delivered"] - audit["promised"]})
    assert (gaps < 0).all(axis=None)
    assert gaps.idxmin(axis=1).to_dict() == CAUSES
    assert (gaps[[1, 2, 3]].sum(axis=1) - gap5).abs().max() < 0.15


def test_clocks_and_censoring(tables):
    c = tables["complaints"]
    online = c[c["channel"] == "online"]
    assert 0.8 < ((online["first_response_at"] - online["received_at"]).dt.total_seconds() <= 30).mean() < 0.95
    assert 0.6 < ((c["closed_at"] - c["received_at"]).dt.total_seconds() <= 48 * 3600).mean() < 0.85
    end = pd.Timestamp("2026-01-01")
    assert all(c[column].max() < end for column in c if column.endswith("_at") and column != "due_at")
    still = c["closed_at"].isna()
    assert (c["status"] == "open").equals(still) and 20 < still.sum() < 100
    pending = c["timely"] == "pending"
    assert 0 < pending.sum() < 40 and (pending <= (still & (c["due_at"] >= end))).all()
    assert ((c["timely"] == "yes") == (c["closed_at"] <= c["due_at"])).all()


def test_steps_kept_raise_satisfaction_after(tables):
    c = tables["complaints"]
    steps = [column for column in c if column.startswith("clear_")]
    known = c.dropna(subset=[*steps, "sat_after"])
    after = known.groupby(known[steps].sum(axis=1).clip(lower=1))["sat_after"].mean()
    assert after.is_monotonic_increasing and after.iloc[-1] - after.iloc[0] > 2
    strategy = known.groupby("strategy")["sat_after"].mean()
    assert strategy.idxmax() == "quick_action" and strategy.idxmin() in ("explanation", "apology")


def test_recovery_pays_when_the_failure_was_small(tables):
    r = tables["responses"]
    never = r.loc[r["failure"] == 0, "recommend"].dropna()
    worth = {}
    for severity in (1, 2, 3):
        failed = r[r["failure"] == severity]
        mended = failed.loc[failed["recovered"].eq(True), "recommend"].dropna()
        left = failed.loc[failed["recovered"].eq(False), "recommend"].dropna()
        worth[severity] = mended.mean() - never.mean()
        assert mended.mean() - left.mean() > 1.5
    assert stats.ttest_ind(r.loc[(r["failure"] == 1) & r["recovered"].eq(True), "recommend"].dropna(), never,
                           equal_var=False).pvalue < 0.01
    assert worth[1] > 0.2 > worth[2] > worth[3]


# --- what the trainer is told -------------------------------------------------------------------------------------


def between(frame, first, last, column="answered_at"):
    return frame[(frame[column] >= pd.Timestamp(first)) & (frame[column] < pd.Timestamp(last) + pd.Timedelta("1D"))]


def score(frame):
    return nps(frame["recommend"])[0]


def told_fix(t):
    r, v = t["responses"], t["visits"][t["visits"]["outcome"] == "served"]
    spans, n03 = (("2023-12-01", "2024-05-31"), ("2024-06-01", "2024-11-30")), "n03"
    here, there = ([score(between(r[(r["branch"] == n03) == own], *s)) for s in spans] for own in (True, False))
    gain, elsewhere = here[1] - here[0], there[1] - there[0]
    yield from (f"{x:.1f}" for x in (*here, *there))
    yield from (f"{x:+.1f}" for x in (gain, elsewhere, gain - elsewhere))
    for own in (True, False):
        for span in spans:
            yield f"{between(v[(v['branch'] == n03) == own], *span, 'arrived_at')['wait_minutes'].mean():.1f}"


def told_noise(t):
    r = t["responses"]
    parts = [between(r[r["branch"] == "e07"], *s) for s in (("2024-12-01", "2025-02-28"), ("2025-03-01", "2025-05-31"))]
    p = 2 * stats.norm.sf(abs(z_of(parts[1]["recommend"], parts[0]["recommend"])))
    yield from (f"{score(parts[0]):.1f}", f"{score(parts[1]):+.1f}", f"{p:.2f}")
    yield from (str(nps(part["recommend"])[2]) for part in parts)


def told_simpson(t):
    r = t["responses"]
    for branch, channel in (("s02", "counter"), ("s05", "mobile")):
        own = r[r["branch"] == branch]
        yield from (f"{score(own):.1f}", f"{(own['channel'] == channel).mean():.0%}")
        yield from (f"{score(part):.1f}" for _, part in own.groupby("channel"))


def told_gaming(t):
    year = between(t["responses"], "2025-01-01", "2025-12-31")
    own, days = year["branch"] == "e10", year["answered_at"].dt
    last = days.days_in_month - days.day < 3
    items = [c for c in year if c.startswith("sat_")]
    full = year.dropna(subset=items)
    tens = (full[items] == 10).all(axis=1).groupby(full["branch"]).mean().sort_values()
    yield from (f"{score(year[own]):.1f}", f"{score(year[own & ~(last & (days.hour >= 20))]):.1f}")
    yield from (f"{tens.iloc[-1]:.0%}", f"{tens.iloc[-2]:.0%}", f"{last[own].mean():.0%}")


def told_festival(t):
    c, events = t["complaints"], t["events"].set_index("event").loc[list(STORIES["festival"]["events"])]
    parts = [between(c, e["starts_on"], e["ends_on"], "received_at") for _, e in events.iterrows()]
    inside = pd.concat(parts)
    outside = c.drop(inside.index)
    yield from (str(len(part)) for part in parts)
    yield from (f"{len(inside) / 60:.1f}", f"{len(outside) / (1096 - 60):.1f}")
    yield from (f"{(part['category'] == 'queue').mean():.0%}" for part in (inside, outside))


def told_unfair(t):
    r, v, c = t["responses"], t["visits"], t["complaints"]
    served, counter = v[v["outcome"] == "served"], r[(r["channel"] == "counter") & r["factor_unfair"].notna()]
    yield from (f"{x:.1f}" for x in served.groupby(served["branch"] == "s08")["wait_minutes"].mean())
    yield from (f"{x:.0%}" for x in counter["factor_unfair"].astype(float).groupby(counter["branch"] == "s08").mean())
    own = served[served["branch"] == "s08"].groupby("segment")["wait_minutes"].mean()
    yield from (f"{own[segment]:.1f}" for segment in ("vip", "wealth", "mass"))
    complained = c[c["issue"] == "unfair_order"]
    yield from (str(len(complained)), str((complained["branch"] == "s08").sum()))


def told_must_be(t):
    k, r = t["kano"], t["responses"]
    category = pd.Series(CLASSIC[k["functional"] - 1, k["dysfunctional"] - 1], k.index)
    n = category[k["feature"] == "fee_notice"].value_counts()
    whole = n[["A", "O", "M", "I"]].sum()
    yield from (f"{n.sum():,}", str(n["M"]), f"{(n['A'] + n['O']) / whole:.3f}", f"{-(n['O'] + n['M']) / whole:.3f}")
    yield from (f"{(r['perceived_rel3'] - r['expected_rel3']).mean():.2f}",
                str((t["complaints"]["issue"] == "fee_not_told").sum()),
                str((category[k["feature"] == "lobby_robot"] == "I").sum()))


def told_bad_end(t):
    r = t["responses"]
    own, counter = r["branch"] == "n09", r["channel"] == "counter"
    yield from (f"{x:.2f}" for x in r.groupby(own)["touch_farewell"].mean())
    yield from (f"{score(r[a & b]):.1f}" for a in (own, ~own) for b in (counter, ~counter))
    yield from (f"{10 * r.loc[a & counter, 'sat_overall'].mean():.1f}" for a in (own, ~own))
    touches = [c for c in r if c.startswith("touch_")]
    j = r[[*touches, "sat_overall"]].dropna()
    scores = j[touches].to_numpy(float)
    peak = scores[np.arange(len(j)), np.abs(scores - 5.5).argmax(axis=1)]
    for shape in ((peak + scores[:, -1]) / 2, scores.mean(axis=1)):
        yield f"{np.corrcoef(shape, j['sat_overall'])[0, 1]:.3f}".removeprefix("0")


def told_last_two(t):
    r = t["responses"]
    own = r[r["branch"] == "s04"]
    yield f"{score(between(own, '2024-07-01', '2025-03-31')):.1f}"
    yield f"{score(between(own, '2025-04-01', '2025-12-31')):.1f}"
    yield str((r["branch"] == "s12").sum())


TOLD = (told_fix, told_noise, told_simpson, told_gaming, told_festival, told_unfair, told_must_be, told_bad_end,
        told_last_two)


@pytest.mark.parametrize("number", range(len(TOLD)), ids=lambda n: TOLD[n].__name__)
def test_the_trainer_is_told_the_right_numbers(tables, number):
    section = (VOCABULARY.parent / "STORIES.md").read_text("utf-8").split("\n## ")[number + 1]
    zh, _, en = section.partition("\n### ") if "\n### " in section else (section, "", section)
    found = list(TOLD[number](tables))
    assert [(x, "zh") for x in found if x not in zh] + [(x, "en") for x in found if x not in en] == []
