"""Would they recommend us, and is that moving?"""

from moments import insights, page
from moments.charts import dumbbell, flow, ranking, stack, trend
from moments.metrics import nps

GROUPS = ("branch", "region", "channel", "segment", "service")
COUNTS = {"promoters": "promoter", "passives": "passive", "detractors": "detractor"}
BETTER = {"promoter": 1, "passive": 0, "detractor": -1}
SIDES = ("detractor", "promoter")
SCORES = {"detractor": (0, 6), "passive": (7, 8), "promoter": (9, 10), "all": (0, 10)}

here = page.start("nps", "responses")
part = here.words("part", BETTER)
weighted = nps.from_scores(here.require("nps_by_score"))
now, before = nps.unweighted(weighted), here.before(nps.from_scores, "nps_by_score")
total, change = nps.score(now), here.change(nps.difference, now, before)
shares, moves = nps.shares(now), here.change(nps.share_changes, now, before)
with here.choices():
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
    old = here.before(nps.score, "nps_by_period", grain=grain)
    look = {"name": here.say("title"), "before_name": here.say("before"), "grain": grain}
    figure = trend.draw(rows, labels=here.periods(rows["period"], grain), before=old, **look)
    panel.show(figure, rows, insights.change("nps.trend", change, level=total["estimate"].iloc[0]), click="at")

with here.panel("parts", half=True) as panel:
    rows = nps.score(panel.query("nps_by_period", grain=grain))
    names = {column: part[code] for column, code in COUNTS.items()}
    figure = stack.draw(rows, parts=names, tokens=COUNTS, labels=here.periods(rows["period"], grain), grain=grain)
    panel.show(figure, rows, insights.largest("nps.parts", shares, "part", part))

with here.panel("flow", half=True) as panel:
    rows = nps.flow(panel.query("nps_flow"))
    sides = here.say("flow.first"), here.say("flow.last")
    figure = flow.draw(rows, start="first_class", end="last_class", names=part, sides=sides)
    panel.show(figure, rows, insights.change("nps.flow", nps.movement(rows[["first_class", "last_class", "n"]])))

with here.panel("groups", half=True) as panel:
    rows = here.named(nps.against_rest(panel.query("nps_by_group", by=by)), by)
    panel.ranked(rows, total["estimate"].iloc[0], click=by, highest=True, code="grp")

with here.panel("changes", half=True) as panel:
    rows = nps.difference(panel.query("nps_by_group", by=by), panel.compared("nps_by_group", by=by), on=["grp"])
    panel.ranked(here.named(rows, by), 0, click=by, highest=True, code="grp")

with here.panel("ways") as panel:
    rows = nps.three_ways(panel.query("nps_by_score")[["score", "n"]])
    rows["name"] = rows["reading"].map(here.words("ways", rows["reading"]))
    panel.show(ranking.draw(rows), rows, insights.listed("nps.ways", rows, "reading"))

with here.more("experiences"):
    for family in ("pain", "warm"):
        with here.panel(family, half=True) as panel:
            rows = nps.experience(panel.query("nps_by_experience", family=family))
            rows["name"] = here.item(family, rows["item"])
            figure = dumbbell.draw(rows, pairs=SIDES, names=part, percent=True)
            panel.show(figure, rows, insights.widest(f"nps.{family}", rows, "name", *SIDES))

with here.more("voices"):
    with here.choices("whose"):
        who, at, word = here.choose("who", tuple(SCORES)), here.picked("at"), here.picked("word")
    with here.panel("words") as panel:
        rows = nps.words(panel.query("nps_words", least=here.snapshot.threshold))
        drawn = panel.first(rows.assign(name=rows["word"]))
        figure = dumbbell.draw(drawn, pairs=SIDES, names=part, percent=True, code="word")
        panel.show(figure, rows, insights.widest("nps.words", rows, "word", *SIDES), click="word")
    with here.panel("answers") as panel:
        least, most = SCORES[who]
        panel.answers("nps_answers", least=least, most=most, word=word, **here.span(at, grain))

here.foot()
