"""How are we doing, and what changed?"""

from functools import partial

from moments import insights, outcomes, page
from moments.metrics import changes, priorities

here = page.start("overview", "responses")
seen = outcomes.Outcomes(here)
counts, found = {}, None

with here.panel("cards", height=140) as panel:
    panel.cards(*(panel.or_reason(code, seen.card, code) for code in outcomes.BETTER))
    panel.note("how")

with here.panel("changed") as panel:
    counts = seen.of_branches(here.maybe) or {"": panel.query("branches_by_recommend", mix="branch")}
    earlier = panel.same(seen.of_branches(partial(here.before, page.same)))
    rows = changes.of_branches(counts, earlier, outcomes.BETTER)
    rows["name"] = here.label("branch", rows["branch"])
    rows["what"] = rows["measure"].map(here.words("measure", rows["measure"]))
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
    if not seen.values:
        panel.query("nps_by_score")  # says why there is nothing
    worst = None if found is None else changes.first(found, False, 1)
    fallen = here.words("cards", (c for c, row in seen.moved.items() if insights.worse(row, outcomes.BETTER[c])))
    told = insights.pointer("overview.next", worst, fallen)
    whole = [(name, outcomes.PAGES[code], {}) for code, name in fallen.items()]
    sides = {"first": outcomes.links(worst), "whole": whole, "more": [(here.say("next.branches"), "branches", {})]}
    panel.links(sides, found, told)

with here.panel("behind", half=True) as panel:
    if not seen.values:
        panel.query("nps_by_score")  # says why there is nothing
    rows = outcomes.behind(seen.values, {table: here.count(table) for table in ("responses", "complaints")})
    rows.insert(0, "name", rows["outcome"].map(here.words("cards", rows["outcome"])))
    branches = max((int(rows["members"].sum()) for rows in counts.values() if "members" in rows), default=0)
    told = {"branches": branches, "answers": here.count("responses")}
    panel.table(panel.any(rows), insights.Sentence(f"overview.behind.{'found' if branches else 'alone'}", told))

here.foot()
