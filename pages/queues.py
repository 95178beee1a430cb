"""When is the queue longest, who gives up, and where?"""

from moments import insights, page
from moments.charts import heatmap, profile
from moments.metrics import queues

GROUPS = ("branch", "region", "channel", "segment", "service")
SHARES = ("in_time", "abandoned", "closed")
CLOCKS = ("20", "60", "300", "600", "900", "1800", "own")

here = page.start("queues", "visits")
usual = queues.usual_clock(here.require("visits_by_replicate", clock=queues.HALL, within=0.0))
with here.choices():
    what = here.choose("what", ("wait", "abandoned", "in_time"))
    by = here.choose("by", here.having(GROUPS) or GROUPS[:1])
    clock = here.choose("clock", CLOCKS, usual)
    own = here.number("minutes", 0.1, 600, 10, 0.5) if clock == "own" else 0.0
within, timed = own or int(clock) / 60, {"clock": clock, "within": own}
shown = {"better": queues.BETTER[what]} | ({} if what == "wait" else {"scale": 100, "unit": "%"})
cards = {"wait": "two" if usual == queues.HOTLINE else "one"} | dict.fromkeys(SHARES, "pct1")
tickets = here.require("visits_by_replicate", **timed)
whole = {name: queues.measure(tickets, name) for name in cards}
earlier = here.before(lambda rows: rows, "visits_by_replicate", **timed)

with here.panel("cards", height=140) as panel:
    moved = {name: here.change(queues.change, tickets, earlier, name) for name in cards}
    panel.cards(*(panel.card(c, whole[c], moved[c], spec=s, better=queues.BETTER[c]) for c, s in cards.items()))
    named = here.say("clock.minutes", value=own) if own else here.say(f"clock.{clock}")
    panel.note("counted", **tickets[["n", "phantom"]].sum(), clock=named)

with here.panel("cells") as panel:
    rows = queues.cells(panel.query("visits_by_weekday", **timed), what)
    days = here.words("weekday", sorted(rows["weekday"].unique()))
    hours = {h: here.say("hour.column", hour=h) for h in sorted(rows["hour"].unique())}
    pairs = zip(rows["weekday"], rows["hour"], strict=True)
    rows["name"] = [here.say("cells.name", day=days[d], hour=h) for d, h in pairs]
    shut = {"shut": "shut", "shut_label": here.say("cells.shut")}
    figure = heatmap.draw(rows, row="weekday", column="hour", rows=days, columns=hours, **shut, **shown)
    found = insights.farthest(f"queues.cells.{what}", rows, "name", queues.BETTER[what])
    panel.show(figure, rows, found, n=rows["n"].sum(), click=("weekday", "hour"))

weekday = here.picked("weekday", here.words("weekday", "1234567"))
hour = here.picked("hour", {str(h): here.say("hour.short", hour=h) for h in range(24)})
when = {"weekday": int(weekday or 0), "hour": int(hour or -1)}

with here.panel("groups", half=True) as panel:
    counts = panel.query("visits_by_group", by=by, **timed, **when)
    rows = here.named(queues.against_rest(counts, what), by)
    middle = queues.measure(counts, what)["estimate"].iloc[0]
    panel.ranked(rows, middle, click=by, highest=True, key=f"groups.{what}", code="grp", **shown)

with here.panel("clocks", half=True) as panel:
    rows = queues.measure(panel.query("visits_by_clock", **when), "in_time", ["clock"])
    rows["name"] = rows["clock"].map(here.words("clock", rows["clock"]))
    chosen = [i for i, seconds in enumerate(rows["clock"]) if seconds == round(within * 60)]
    rows["tick"] = rows["clock"].map(here.words("tick", rows["clock"]))
    figure = profile.draw(rows, label="tick", scale=100, unit="%", digits=0, span=(0, 100), chosen=chosen)
    row = rows.iloc[chosen or [-1]]
    panel.show(figure, rows, insights.told("queues.clocks", row, clock=row["name"].iloc[0]), n=rows["n"].max())

here.foot()
