"""Would they recommend us, and is that moving?"""

from moments import insights, page
from moments.charts import dumbbell, flow, ranking, stack, trend
from moments.metrics import nps

GROUPS = ("branch", "region", "channel", "segment", "service")
COUNTS = {"promoters": "promoter", "passives": "passive", "detractors": "detractor"}
BETTER = {"promoter": 1, "passive": 0, "detractor": -1}
SCORES = {"detractor": (0, 6), "passive": (7, 8), "promoter": (9, 10), "all": (0, 10)}

here = page.start("nps", "responses")
part = {code: here.say(f"part.{code}") for code in BETTER}
weighted = nps.from_scores(here.require("nps_by_score"))
now, before = nps.unweighted(weighted), here.before(nps.from_scores, "nps_by_score")
total, change = nps.score(now), here.change(nps.difference, now, before)
shares, moves = nps.shares(now), here.change(nps.share_changes, now, before)
grain = here.choose("grain", ("month", "week", "quarter"))
by = here.choose("by", here.having(GROUPS))

with here.panel("cards", height=140) as panel:
    months = nps.score(panel.query("nps_by_period", grain="month"))
    panel.cards(
        panel.card("nps", total, change, spark=months["estimate"]),
        *(panel.card(p, page.only(shares, p), page.only(moves, p), spec="pct1", better=b) for p, b in BETTER.items()),
    )
    if "sum_w" in weighted:
        panel.note("weighted", **nps.score(weighted).iloc[0])

with here.panel("trend") as panel:
    rows = nps.score(panel.query("nps_by_period", grain=grain))
    labels, earlier = here.periods(rows["period"], grain), here.before(nps.score, "nps_by_period", grain=grain)
    figure = trend.draw(rows, labels=labels, name=here.say("title"), code="period", before=earlier, before_name=here.say("before"))
    panel.show(figure, rows, insights.change("nps.trend", change, level=total["estimate"].iloc[0]), click="at")

with here.panel("parts", half=True) as panel:
    rows = nps.score(panel.query("nps_by_period", grain=grain))
    figure = stack.draw(rows, parts={c: part[p] for c, p in COUNTS.items()}, tokens=COUNTS, labels=here.periods(rows["period"], grain))
    panel.show(figure, rows, insights.largest("nps.parts", shares, "part", part))

with here.panel("groups", half=True) as panel:
    rows = here.named(nps.score(panel.query("nps_by_group", by=by)), by).sort_values("estimate", ascending=False)
    middle = total["estimate"].iloc[0]
    figure = ranking.draw(panel.first(rows), label="name", code="grp", reference=middle, reference_label=here.say("groups.all"))
    panel.show(figure, rows, insights.extremes("nps.groups", rows, "name", middle), click=by)

with here.panel("changes", half=True) as panel:
    rows = nps.difference(panel.query("nps_by_group", by=by), panel.compared("nps_by_group", by=by), on=["grp"])
    rows = here.named(rows, by).sort_values("estimate", ascending=False)
    figure = ranking.draw(panel.first(rows), label="name", code="grp", reference=0, reference_label=here.say("changes.zero"))
    panel.show(figure, rows, insights.extremes("nps.changes", rows, "name", 0), click=by)

with here.panel("ways", half=True) as panel:
    rows = nps.three_ways(panel.query("nps_by_score")[["score", "n"]])
    rows["name"] = [here.say(f"ways.{reading}") for reading in rows["reading"]]
    panel.show(ranking.draw(rows, label="name"), rows, insights.listed("nps.ways", rows, "reading"))

with here.panel("flow", half=True) as panel:
    rows = nps.flow(panel.query("nps_flow"))
    figure = flow.draw(rows, start="first_class", end="last_class", n="n", names=part, tokens={p: p for p in part}, sides=(here.say("flow.first"), here.say("flow.last")))
    panel.show(figure, rows, insights.change("nps.flow", nps.movement(rows[["first_class", "last_class", "n"]])))

if here.more("experiences"):
    for family in ("pain", "warm"):
        with here.panel(family, half=True) as panel:
            rows = nps.experience(panel.query("nps_by_experience", family=family))
            rows["name"] = here.item(family, rows["item"])
            figure = dumbbell.draw(rows, label="name", pairs=("detractor", "promoter"), names=(part["detractor"], part["promoter"]), tokens=("detractor", "promoter"), percent=True)
            panel.show(figure, rows, insights.widest(f"nps.{family}", rows, "name", "detractor", "promoter"))

if here.more("answers"):
    who, word = here.choose("who", SCORES), ""
    with here.panel("words") as panel:
        rows = nps.words(panel.query("nps_words", least=here.snapshot.threshold))
        figure = dumbbell.draw(panel.first(rows), label="word", pairs=("detractor", "promoter"), names=(part["detractor"], part["promoter"]), tokens=("detractor", "promoter"), percent=True, code="word")
        panel.show(figure, rows, insights.widest("nps.words", rows, "word", "detractor", "promoter"), click="word")
    with here.panel("answers") as panel:
        panel.answers("nps_answers", least=SCORES[who][0], most=SCORES[who][1])

here.foot()
