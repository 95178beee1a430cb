"""How long do they wait, and how long does it feel?"""

from moments import insights, page
from moments.charts import binned
from moments.metrics import waiting

GROUPS = ("branch", "region", "channel", "segment", "service")
KINDS = {"actual": -1, "perceived": -1, "acceptable": 0}  # whether more is better
LONGEST, FARTHEST = 15, 6  # bins of the actual wait, and of the felt wait on either side of what is acceptable
SHARES = {"code": "grp", "scale": 100, "unit": "%", "digits": 0, "better": -1, "highest": True}

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
    look = {"titles": (here.say("length.x"), here.say("length.y")), "diagonal": here.say("length.diagonal")}
    figure = binned.draw(rows, code="bin", across=(limit, here.say("length.limit", limit=limit)), **look)
    found = insights.against("waiting.length", waiting.ratio(panel.query("waiting_in_logs")), 1)
    panel.show(figure, rows, found, n=rows["n"].sum(), click="bin")
    bin = here.picked("bin", dict(zip(rows["bin"].astype(str), rows["name"], strict=True)))

with here.panel("factors", half=True) as panel:
    rows = panel.query("waiting_by_factors")
    rows = waiting.in_minutes(waiting.factors(rows, wait))
    rows["name"] = rows["factor"].map(here.words("factor", rows["factor"]))
    look = {"code": "factor", "better": -1, "highest": True, "said": {"wait": wait}}
    panel.ranked(rows, 0, click="factor", formula="waiting_factors", **look)

with here.panel("groups", half=True) as panel:
    rows = here.named(waiting.against_rest(panel.query("waiting_by_group", by=by)), by)
    panel.ranked(rows, over["estimate"].iloc[0], click=by, **SHARES)

with here.panel("where", half=True) as panel:
    counts = panel.query("waiting_factor_by_group", factor=factor, by=by)
    rows, middle = here.named(waiting.against_rest(counts, "said"), by), counts["said"].sum() / counts["n"].sum()
    panel.ranked(rows, middle, click=by, said={"factor": here.say(f"factor.{factor}")}, **SHARES)

with here.panel("excess") as panel:
    rows = panel.query("waiting_by_excess", width=width, most=FARTHEST)
    rows = waiting.bins(rows, width, FARTHEST, "excess")
    titles = here.say("excess.x"), here.say("excess.y")
    figure = binned.draw(rows, titles=titles, upright=(0, here.say("excess.limit")))
    found = insights.change("waiting.excess", waiting.beyond(panel.query("waiting_by_side")))
    panel.show(figure, rows, found, n=rows["n"].sum())

with here.more("voices"), here.panel("answers") as panel:
    panel.answers("waiting_answers", width=width, most=LONGEST, bin=int(bin) if bin else None)

here.foot()
