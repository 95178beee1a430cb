"""How long do they wait, and how long does it feel?"""

from moments import insights, page
from moments.charts import binned, ranking
from moments.metrics import waiting

GROUPS = ("branch", "region", "channel", "segment", "service")
KINDS = {"actual": -1, "perceived": -1, "acceptable": 0}  # whether more is better
LONGEST, FARTHEST = 15, 6  # bins of the actual wait, and of the felt wait on either side of what is acceptable
SHARES = {"code": "grp", "scale": 100, "unit": "%", "digits": 0, "better": -1}

here = page.start("waiting", "responses")
kinds, before = here.require("waiting_by_kind"), here.before(lambda rows: rows, "waiting_by_kind")
typical = waiting.median(here.require("waiting_by_minute"), ["kind"])
wait = page.only(typical, "actual", "kind")["estimate"].iloc[0]
width = waiting.bin_width(wait)
means, moves = waiting.minutes(kinds), here.change(waiting.changes, kinds, before)
limits, shifts = waiting.limits(kinds), here.change(waiting.limit_changes, kinds, before)
over = page.only(limits, "perceived", "kind")
with here.choices():
    by = here.choose("by", here.having(GROUPS) or GROUPS[:1])
    factor = here.choose("factor", waiting.FACTORS, "unfair")
bin = ""

with here.panel("cards", height=140) as panel:
    ratio = waiting.ratio(panel.query("waiting_in_logs"))
    panel.cards(
        *(panel.card(k, page.only(means, k, "kind"), page.only(moves, k, "kind"), better=b) for k, b in KINDS.items()),
        panel.card("ratio", ratio, spec="two"),
        panel.card("over", over, page.only(shifts, "perceived", "kind"), spec="pct1", better=-1),
    )
    panel.note("medians", **dict(zip(typical["kind"], typical["estimate"], strict=True)))

with here.panel("length", half=True) as panel:
    rows = panel.query("waiting_by_length", width=width, most=LONGEST)
    rows = waiting.bins(rows, width, LONGEST, "actual")
    limit = page.only(means, "acceptable", "kind")["estimate"].iloc[0]
    figure = binned.draw(
        rows,
        code="bin",
        titles=(here.say("length.x"), here.say("length.y")),
        diagonal=here.say("length.diagonal"),
        across=(limit, here.say("length.limit", limit=limit)),
    )
    found = insights.against("waiting.length", waiting.ratio(panel.query("waiting_in_logs")), 1)
    panel.show(figure, rows, found, n=rows["n"].sum(), click="bin")
    bin = here.picked("bin", dict(zip(rows["bin"].astype(str), rows["name"], strict=True)))

with here.panel("factors", half=True) as panel:
    rows = panel.query("waiting_by_factors", names=" ".join(waiting.FACTORS))
    rows = waiting.in_minutes(waiting.factors(rows, wait))
    rows["name"] = [here.say(f"factor.{code}") for code in rows["factor"]]
    zero = here.say("factors.zero")
    figure = ranking.draw(rows, code="factor", reference=0, reference_label=zero, better=-1)
    found = insights.extremes("waiting.factors", rows, "name", 0, wait=wait)
    panel.show(figure, rows, found, n=rows["n"].max(), formula="waiting_factors", click="factor")

with here.panel("groups", half=True) as panel:
    rows = here.named(waiting.against_rest(panel.query("waiting_by_group", by=by)), by)
    rows, middle = rows.sort_values("estimate", ascending=False), over["estimate"].iloc[0]
    figure = ranking.draw(panel.first(rows), reference=middle, reference_label=here.say("groups.all"), **SHARES)
    panel.show(figure, rows, insights.extremes("waiting.groups", rows, "name", middle), click=by)

with here.panel("where", half=True) as panel:
    counts = panel.query("waiting_factor_by_group", factor=factor, by=by)
    rows = here.named(waiting.against_rest(counts, "said"), by)
    rows, middle = rows.sort_values("estimate", ascending=False), counts["said"].sum() / counts["n"].sum()
    figure = ranking.draw(panel.first(rows), reference=middle, reference_label=here.say("groups.all"), **SHARES)
    found = insights.extremes("waiting.where", rows, "name", middle, factor=here.say(f"factor.{factor}"))
    panel.show(figure, rows, found, click=by)

with here.panel("excess") as panel:
    rows = panel.query("waiting_by_excess", width=width, most=FARTHEST)
    rows = waiting.bins(rows, width, FARTHEST, "excess")
    titles = here.say("excess.x"), here.say("excess.y")
    figure = binned.draw(rows, titles=titles, upright=(0, here.say("excess.limit")))
    found = insights.change("waiting.excess", waiting.beyond(panel.query("waiting_by_side")))
    panel.show(figure, rows, found, n=rows["n"].sum())

with here.more("voices") as opened:
    if opened:
        with here.panel("answers") as panel:
            panel.answers("waiting_answers", width=width, most=LONGEST, bin=int(bin) if bin else None)

here.foot()
