"""How fast is it answered and closed, and are the promises kept?"""

from moments import insights, mending, page, promises, proportions
from moments.charts import bars, heatmap, ranking, survival
from moments.metrics import clocks, shares
from moments.metrics import survival as closing

GROUPS = ("channel", "severity", "category", "branch", "region", "segment", "service")
CURVES, LOOK = 6, {"scale": 100, "unit": "%"}

here = page.start("deadlines", "complaints")
stages = here.require("complaints_funnel")
with here.choices():
    by = here.choose("by", here.having(GROUPS) or GROUPS[:1])
    clock = promises.Promises(here)
    usual = "closure" if "closure" in clock.able else clock.able[0]
    promise = here.choose("promise", clock.able, usual, clock.named)

with here.panel("cards", height=140) as panel:
    made = clock.cards(panel)
    times = here.maybe("closing_by_group", by="everything", **clock.times())
    if times is not None:
        made.append(panel.card("median", closing.median(times), better=-1))
    panel.cards(*made, panel.card("closed", shares.share(stages, "closed", "n"), spec="pct1"))
    if times is not None:
        panel.note("mean", **closing.of_closed(times).iloc[0])

with here.panel("funnel", half=True) as panel:
    rows = clocks.funnel(panel.query("complaints_funnel"), clock.stages)
    rows = rows.assign(name=rows["stage"].map(here.words("stage", rows["stage"])), note=here.lines("funnel.note", rows))
    figure = bars.draw(rows, low="low", high="high", note="note", span=(0, 100), **LOOK)
    panel.show(figure, rows, mending.journey("deadlines.funnel", rows), n=stages["n"].iloc[0])

with here.panel("promises", half=True) as panel:
    rows = clocks.promised(clock.kept(panel.query)).set_index("grp").reindex(clock.able).reset_index()
    rows = rows.assign(name=list(clock.named.values()))
    figure = ranking.draw(rows, code="grp", span=(0, 100), **LOOK)
    found = mending.promise("deadlines.promises", page.only(rows, promise, "grp"), promise=clock.named[promise])
    panel.show(figure, rows, found, n=rows["n"].max(), click="promise")

with here.panel("curve", height=360) as panel:
    rows = panel.known(panel.query("closing_by_group", by=by, **clock.times()))
    medians = here.named(closing.median(rows, ["grp"]), by).nlargest(CURVES, "n")
    rows = rows[rows["grp"].isin(medians["grp"])]
    steps = closing.curve(rows, ["grp"])
    end = closing.reach(steps, "grp", max(clock.hours))
    unit, length = ("days", 24) if end > 96 else ("hours", 1)
    words = {"half": here.say("curve.half"), "title": here.say(f"curve.{unit}"), "clocks": list(clock.hours.items())}
    names = dict(zip(medians["grp"], medians["name"], strict=True))
    figure = survival.draw(steps, by="grp", names=names, until=end, unit=length, **words)
    found = mending.fastest("deadlines.curve", medians, closing.log_rank(rows, "grp"))
    panel.show(figure, steps, found, n=rows["n"].sum())

with here.panel("groups", half=True) as panel:
    counts = clocks.promised(panel.query("deadlines_by_group", by=by, promise=promise, **clock.asked))
    proportions.against_all(panel, counts, by, "kept", promise=clock.named[promise])

with here.panel("within", half=True) as panel:
    counts = panel.known(panel.query("closing_by_group", by=by, **clock.times()))
    medians = here.named(closing.median(counts, ["grp"]), by).nlargest(15, "n")
    medians["row"] = here.lines("within.row", medians)
    rows = closing.closed_by(counts, list(clock.hours), ["grp"])
    rows = rows[rows["grp"].isin(medians["grp"])].merge(medians[["grp", "name"]], on="grp")
    down = dict(zip(medians["grp"], medians["row"], strict=True))
    figure = heatmap.draw(rows, row="grp", column="time", rows=down, columns=clock.hours, better=1, **LOOK)
    first = min(clock.hours)
    found = insights.farthest("deadlines.within", rows[rows["time"] == first], "name", 1)
    panel.show(figure, rows, found, n=counts["n"].sum())

with here.panel("ageing") as panel:
    counts = panel.query("closing_by_group", by="everything", **clock.times())
    rows = clocks.ageing(counts, list(clock.hours))
    rows["name"] = mending.bands("deadlines.ageing", rows, clock.hours)
    rows["note"] = here.lines("ageing.note", rows)
    figure = bars.draw(rows, value="open", note="note", token="bad", digits=0)
    panel.show(figure, rows, mending.old("deadlines.ageing", rows), n=rows["open"].sum())

with here.more("broken"), here.panel("broken") as panel:
    panel.answers("deadlines_broken", **clock.broken(promise))

here.foot()
