"""Does mending pay?"""

from moments import insights, mending, page, proportions
from moments.charts import bars, profile, ranking
from moments.metrics import complaints, recovery

GROUPS = ("branch", "region", "channel", "segment", "service")
AGAIN = {"repeated": "asked", "escalated": "passed"}
TOLD = {"silent": 26, "tell": 10, "tell_silent": 10}  # what is usually told (TARP 1979, 1986): assumptions, not data
LOOK = {"scale": 100, "unit": "%"}

here = page.start("recovery", "complaints")
now, before = here.require("complaints_in_all"), here.before(lambda rows: rows, "complaints_in_all")
have = here.snapshot.columns("complaints")
steps = tuple(s for s in recovery.STEPS if f"clear_{s}" in have) or recovery.STEPS
named = here.words("step", steps)
with here.choices():
    by = here.choose("by", here.having(GROUPS) or GROUPS[:1])
    step = here.choose("step", steps, names=named)
    outcome = here.choose("outcome", ("recommend", "sat_overall"))
asked = {"names": " ".join(steps)}
with here.panel("cards", height=140) as panel:
    panel.query("complaints_in_all")
    made = []
    if now["rated"].iloc[0]:
        moved = here.change(recovery.after_change, now, before)
        made.append(panel.card("after", recovery.after(now), moved, spec="two"))
    panel.cards(*made, *proportions.cards(panel, now, before, AGAIN))

with here.panel("steps", half=True) as panel:
    rows = recovery.steps_kept(recovery.by_step(panel.query("complaints_by_steps", **asked), steps))
    rows["name"] = rows["step"].map(named)
    figure = ranking.draw(rows, code="step", span=(0, 100), **LOOK)
    panel.show(figure, rows, insights.farthest("recovery.steps", rows, "name", 1), n=rows["n"].max(), click="step")

with here.panel("worth", half=True) as panel:
    masks = panel.query("complaints_by_steps", **asked).drop(columns="n").rename(columns={"rated": "n"})
    rows = recovery.worth(masks, steps)
    rows = rows.assign(name=rows["step"].map(named))
    panel.ranked(rows, 0, click="step", highest=True, code="step", digits=2)

with here.panel("count", half=True) as panel:
    rows = recovery.by_number(recovery.by_count(panel.query("complaints_by_steps", **asked), len(steps)))
    rows = here.hide(rows, "n", "steps", "estimate", "low", "high")
    rows["name"] = rows["steps"].astype(str)
    figure = profile.draw(rows, title=here.say("count.x"))
    panel.show(figure, rows, mending.climbing("recovery.count", rows), n=rows["n"].sum())

with here.panel("strategies", half=True) as panel:
    counts = panel.query("complaints_by_strategy")
    rows = recovery.strategies(counts).sort_values("estimate", ascending=False)
    rows = rows.assign(name=here.label("strategy", rows["strategy"]), tone=recovery.tones(rows))
    middle, whole = counts["total"].sum() / counts["n"].sum(), here.say("strategies.all")
    figure = ranking.draw(rows, reference=middle, reference_label=whole, tone="tone", digits=2)
    panel.show(figure, rows, mending.best("recovery.strategies", rows), n=counts["n"].sum())

with here.panel("where", half=True) as panel:
    counts = panel.query("complaints_shares", by=by, what=f"clear_{step}")
    proportions.against_all(panel, counts, by, step=named[step])

with here.panel("again", half=True) as panel:
    what = here.choose("what", tuple(AGAIN))
    counts = panel.query("complaints_shares", by=by, what=what)
    proportions.against_all(panel, counts, by, better=-1, what=here.say(f"what.{what}"))

with here.panel("paid") as panel:
    rows = recovery.against_never(panel.query("failures_by_severity", outcome=outcome), group="grp")
    pairs = zip(here.label("severity", rows["severity"]), rows["grp"], strict=True)
    rows["name"] = [here.say(f"paid.{grp}", level=level) for level, grp in pairs]
    figure = ranking.draw(rows, reference=0, reference_label=here.say("paid.zero"), digits=2)
    mended = page.only(rows, "mended", "grp")
    found = mending.paid("recovery.paid", mended.assign(name=here.label("severity", mended["severity"])))
    panel.show(figure, rows, found, n=rows["n"].sum(), formula="recovery_paid")
    panel.note("caveat")

with here.panel("iceberg") as panel:
    panel.query("complaints_in_all")
    with here.choices("assumed"):
        told = {name: here.number(name, 0, 1_000, usual) for name, usual in TOLD.items()}
    rows = complaints.iceberg(now["n"].iloc[0], **told)
    rows["name"] = rows["part"].map(here.words("part", rows["part"]))
    rows["note"] = here.lines("iceberg.note", rows)
    figure = bars.draw(rows, note="note", assumed="assumed", digits=0)
    sizes = dict(zip(rows["part"], rows["estimate"], strict=True))
    panel.show(figure, rows, insights.Sentence("recovery.iceberg.found", sizes), n=now["n"].iloc[0], formula="iceberg")

here.foot()
