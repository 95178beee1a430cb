"""What goes wrong, and is it more than usual?"""

from moments import insights, mending, page, proportions, rates
from moments.charts import bars, control, heatmap, ranking
from moments.metrics import complaints, shares, warning
from moments.metrics import control as limits

GROUPS = ("branch", "region", "channel", "segment", "service")
SHARES = {"serious": "graded", "repeated": "asked", "escalated": "passed"}
SPANS, SHOWN = {"week": 7, "month": 28}, 15

here = page.start("complaints", "complaints")
now, before = here.require("complaints_in_all"), here.before(lambda rows: rows, "complaints_in_all")
with here.choices():
    grain = here.choose("grain", ("week", "month", "quarter"), rates.grain(here, now["n"].iloc[0]))
    kind = here.choose("kind", here.having(("category", "issue")) or ("category",))
    by = here.choose("by", here.having(GROUPS) or GROUPS[:1])
about, at = here.picked("about", here.names(kind)), here.picked("at")
series = rates.Rates(here, grain, kind, about)
with here.choices("lines"):
    against = here.choose("against", tuple(series.options) or ("days",), series.usual or "days")
    phase = here.choose("phase", ("one", "changes", "at") if at else ("one", "changes"))
    lines = here.choose("lines", ("laney", "both"))
unit = here.say(f"unit.{against}")

with here.panel("cards", height=140) as panel:
    panel.query("complaints_by_period", **series.asked)
    rate, moved, rows = series.level(against)
    made = panel.card("rate", rate, moved, rows["estimate"], spec=rates.digits(rate), better=-1, label=unit)
    panel.cards(made, *proportions.cards(panel, now, before, SHARES))

with here.panel("control", height=380) as panel:
    panel.query("complaints_by_period", **series.asked)
    rows, plain = (series.chart(against, phase, at, laney) for laney in (True, False))
    names = here.words("line", ("upper", "centre", "lower", "plain"))
    drawn = {"events": here.events(), "chosen": at, "plain": plain if lines == "both" else None, "title": unit}
    figure = control.draw(rows, labels=list(rows["name"]), names=names, grain=grain, **drawn)
    found = mending.signals("complaints.control", rows, unit=unit)
    panel.show(figure, rows, found, n=series.series["n"].sum(), click="at")
    if lines == "both":
        panel.told(mending.wolf("complaints.control", rows, plain))

with here.panel("kinds", half=True) as panel:
    rows = panel.query("complaints_by_kind", kind=kind)
    rows = complaints.pareto(rows, whole=rows["whole"].max())
    rows["name"] = here.label(kind, rows["kind"])
    rows["note"] = here.lines("kinds.note", rows)
    look = {"low": "low", "high": "high", "note": "note", "strong": "vital", "scale": 100, "unit": "%"}
    figure = bars.draw(panel.first(rows), token="bad", code="kind", **look)
    panel.show(figure, rows, mending.vital("complaints.kinds", rows), n=rows["whole"].max(), click="about")

with here.panel("severity", half=True) as panel:
    rows = complaints.largest(shares.share(panel.query("complaints_by_severity", kind=kind)), SHOWN)
    rows["name"] = here.label(kind, rows["kind"])
    down = dict(zip(rows["kind"], rows["name"], strict=True))
    across = {s: here.label("severity", [int(s)])[0] for s in sorted(rows["severity"].dropna().unique())}
    figure = heatmap.draw(rows, row="kind", column="severity", rows=down, columns=across, better=0, scale=100, unit="%")
    grave = shares.against_rest(page.only(rows, max(across), "severity"))
    middle = grave["hits"].sum() / grave["n"].sum()
    found = insights.extremes("complaints.severity", grave, "name", middle, level=across[max(across)])
    panel.show(figure, rows, found, n=now["graded"].iloc[0], click="about")

with here.looking_back(), here.panel("warning") as panel:
    span = here.choose("span", tuple(SPANS))
    asked = {"by": by, "until": series.until, "days": SPANS[span], "spans": 52}
    totals = panel.query("complaints_cells", **asked)
    cells = panel.maybe("complaints_by_cell", **asked, least=here.snapshot.threshold)
    rows = warning.watched(cells, totals).head(SHOWN)
    pairs = zip(here.label(by, rows["grp"]), here.label("category", rows["category"]), strict=True)
    rows["name"] = [here.say("warning.name", group=group, kind=what) for group, what in pairs]
    usual = here.say("warning.usual")
    figure = ranking.draw(rows, reference=1, reference_label=usual, tone="tone", unit="×", code="grp")
    found = mending.warned("complaints.warning", rows, totals["cells"].iloc[0], by=here.say(f"by.{by}"))
    if rows.empty:
        panel.table(rows, found)
    else:
        panel.show(figure, rows, found, n=totals["n"].iloc[0], click=by)

with here.more("signals"), here.panel("signals") as panel:
    panel.query("complaints_by_period", **series.asked)
    rows = limits.signals(panel.known(series.chart(against, phase, at), "estimate"))
    ways = zip(rows["rule"], rows["direction"], strict=True)
    rows["rule"] = [here.say(f"rule.{rule}_{'up' if way > 0 else 'down'}") for rule, way in ways]
    found = insights.Sentence("complaints.signals.count", {"n": len(rows)})
    panel.table(rows[["period", "rule", "event", "complaints", "estimate", "centre", "lower", "upper"]], found)

with here.more("list"), here.panel("answers") as panel:
    panel.answers("complaints_list", kind=kind, about=about, word="", **here.span(at, grain))

here.foot()
