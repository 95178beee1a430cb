"""How are we doing, and what changed?"""

from moments import insights, outcomes, page, rates
from moments.metrics import changes, control, exposure, leagues, priorities

here = page.start("overview", "responses")
known = outcomes.all_of(here.snapshot.codebook)
values, moved, now, found, threshold = {}, {}, {}, None, here.snapshot.threshold


def complaints(panel):
    """Complaints against what the dataset has to count them against, as the complaints page does."""
    n = panel.query("complaints_in_all")["n"].iloc[0]
    series = rates.Rates(here, rates.grain(here, n), "category", "")
    per, earlier = exposure.PER[series.usual], series.before(series.usual)
    rows = control.chart(series.against(series.usual), per=per)
    values["complaints"] = control.rate(exposure.total(rows), per=per).assign(n=n)
    moved["complaints"] = here.change(control.change, rows, earlier, per, rows["sigma_z"].mean())
    digits = "one" if values["complaints"]["estimate"].iloc[0] >= 10 else "two"
    look = {"spec": digits, "better": -1, "label": here.say(f"cards.per_{series.usual}")}
    return panel.card("complaints", values["complaints"], moved["complaints"], rows["estimate"], **look)


def outcome(panel, code):
    """One of the outcomes that a single table answers."""
    one = known[code]
    now, months = panel.query(one.query), here.maybe(one.by_period, **one.given)
    values[code], moved[code] = one.value(now), here.change(one.change, now, here.before(page.same, one.query))
    spark = () if months is None else one.line(months).sort_values("period")["estimate"]
    return panel.card(code, values[code], moved[code], spark, one.spec, outcomes.BETTER[code])


def branches(ask):
    """{measure: counts per branch} of the measures that the dataset has."""
    by_branch = outcomes.by_branch(here.scale("satisfaction")[1])
    asked = {code: ask(name, **given) for code, (name, given) in by_branch.items()}
    asked = {c: leagues.pooled(rows, threshold) for c, rows in asked.items() if rows is not None}
    rates_of = ask("complaints_by_branch")
    return asked if rates_of is None else asked | {"complaints": rates_of}


with here.panel("cards", height=140) as panel:
    make = dict.fromkeys(outcomes.BETTER, outcome) | {"complaints": lambda panel, code: complaints(panel)}
    panel.cards(*(panel.or_reason(code, one, code) for code, one in make.items()))
    panel.note("how")

with here.panel("changed") as panel:
    now = branches(here.maybe) or {"": panel.query("branches_by_recommend", mix="branch")}
    earlier = panel.same(branches(lambda name, **given: here.before(page.same, name, **given)))
    rows = changes.of_branches(now, earlier, outcomes.BETTER)
    rows["name"] = here.label("branch", rows["branch"])
    rows["what"] = [here.say(f"measure.{code}") for code in rows["measure"]]
    rows["words"] = [here.say(f"changed.{row['measure']}", **row) for row in rows.to_dict("records")]
    found = rows
    sides = {side: outcomes.links(changes.first(rows, side == "better")) for side in ("better", "worse")}
    panel.links(sides, rows, insights.changed("overview.changed", rows), across=True)

with here.panel("first") as panel:
    counted = panel.query("satisfaction_by_group", by="branch").dropna(subset="n")
    moving, unit = panel.query("satisfaction_products"), 100 / here.scale("satisfaction")[1]
    rows = panel.any(priorities.top(moving, counted, "overall", unit))
    rows.insert(0, "name", here.item("satisfaction", rows["item"]))
    lines = zip(here.lines("first.line", rows), rows["item"], strict=True)
    links = [(words, "satisfaction", {"item": [code]}) for words, code in lines]
    panel.links({"items": links}, rows, insights.bought("overview.first", rows), formula="priorities")

with here.panel("next", half=True) as panel:
    if not values:
        panel.query("nps_by_score")  # says why there is nothing
    worst = None if found is None else changes.first(found, False, 1)
    fallen = {c: here.say(f"cards.{c}") for c, row in moved.items() if insights.worse(row, outcomes.BETTER[c])}
    told = insights.pointer("overview.next", worst, fallen)
    whole = [(name, outcomes.PAGES[code], {}) for code, name in fallen.items()]
    sides = {"first": outcomes.links(worst), "whole": whole, "more": [(here.say("next.branches"), "branches", {})]}
    panel.links(sides, found, told)

with here.panel("behind", half=True) as panel:
    if not values:
        panel.query("nps_by_score")  # says why there is nothing
    rows = outcomes.behind(values, {table: here.count(table) for table in ("responses", "complaints")})
    rows.insert(0, "name", [here.say(f"cards.{code}") for code in rows["outcome"]])
    seen = max((int(counts["members"].sum()) for counts in now.values() if "members" in counts), default=0)
    told = {"branches": seen, "answers": here.count("responses")}
    panel.table(panel.any(rows), insights.Sentence(f"overview.behind.{'found' if seen else 'alone'}", told))

here.foot()
