"""How satisfied are they, and what would reach the target?"""

from functools import partial

from moments import codebook, insights, page, text
from moments.charts import dumbbell, likert, trend
from moments.metrics import jackknife, nps, periods, satisfaction, weights

GROUPS = ("branch", "segment", "service", "channel", "region")
COUNTED = ["score", "n"]

here = page.start("satisfaction", "responses")
book = codebook.Framework(here.snapshot.codebook, "satisfaction")
scores = book.ordered(here.require("satisfaction_by_item"))
earlier = here.before(book.ordered, "satisfaction_by_item")
names = {code: book.items.get(code, code) for code in scores["item"].unique()}
low, best = book.scale_or(1, satisfaction.BEST)
bands, level = satisfaction.bands(low, best), here.words("level", satisfaction.LEVELS)
with here.choices():
    shares = here.weights("w", weights.starting(names, book.weights), names, weights.rebalance)
    item = here.choose("item", tuple(names), "overall" if "overall" in names else None, names)
    by = here.choose("by", here.having(GROUPS) or GROUPS[:1])
    grain = here.choose("grain", ("month", "week", "quarter"))
total = lambda rows: satisfaction.total(book.ordered(rows), shares, best)  # noqa: E731
whole, change = total(scores), here.change(lambda a, b: jackknife.difference(total(a), total(b)), scores, earlier)
indices, middle = satisfaction.index(satisfaction.over_replicates(scores), best), whole["estimate"].iloc[0]
moved = here.change(partial(satisfaction.item_changes, best=best), scores, earlier)

with here.panel("cards", height=140) as panel:
    months = book.ordered(panel.query("satisfaction_by_period", step="month")).sort_values("period")
    spark = satisfaction.index(satisfaction.over_replicates(months), best)
    each = {code: [page.only(rows, code, "item") for rows in (indices, moved, spark)] for code in names}
    made = (panel.card(c, row, its, line["estimate"], label=names[c]) for c, (row, its, line) in each.items())
    panel.cards(panel.card("total", whole, change, total(months)["estimate"]), *made)
    panel.note("scale", low=low, best=best, floor=100 * low / best)

with here.panel("levels") as panel:
    rows = satisfaction.balance(panel.query("satisfaction_by_score")[["item", *COUNTED]], bands, best)
    rows = rows.assign(name=rows["item"].map(names), note=here.lines("levels.note", rows))
    figure = likert.draw(rows, levels=level, note="note", code="item")
    panel.show(figure, rows, insights.farthest("satisfaction.levels", rows, "name", 1), rows["n"].max(), click="item")

with here.choices("target-choices"):
    case, goal = here.choose("case", ("data", "calls")), here.number("goal", 0, 100, 80, 0.5)

with here.panel("target") as panel:
    span, given, subject = (satisfaction.TEN, satisfaction.BEST), satisfaction.worked_case(), here.say("case.calls")
    if case == "data":
        span, subject, found = (bands, best), names[item], panel.query("satisfaction_by_score")
        given = panel.known(page.only(found, item, "item"))[COUNTED].astype("int64")
    panel.example(subject if case == "calls" else "")
    row, moves = satisfaction.target(given, goal, span[1]), satisfaction.moves(given, goal, span[1])
    ways = moves.assign(way=here.lines("target.move", moves)).groupby("path")["way"].agg(text.listed)
    rows = satisfaction.paths(given, goal, *span).assign(way=lambda rows: [ways.get(path, "") for path in rows["path"]])
    rows["name"] = [here.say(f"path.{path}", **row.iloc[0]) for path in rows["path"]]
    figure = likert.draw(rows.assign(note=here.lines("target.note", rows)), levels=level, note="note")
    now, told = rows.iloc[0], insights.goal("satisfaction.target", row, name=subject)
    panel.show(figure, rows, told, now["n"], formula="satisfaction_target")
    read = nps.score(nps.from_scores(given))["estimate"].iloc[0]
    panel.note(case, **now[["estimate", "low", "high", "n"]], step=row["one_step"].iloc[0], nps=read)

with here.panel("what_if") as panel:
    rows = satisfaction.what_if(indices, shares, here.numbers("move", names, -50, 50, 0.5)).assign(n=indices["n"])
    rows = rows.assign(name=rows["item"].map(names), note=here.lines("what_if.note", rows))
    ends = here.words("what_if", ("estimate", "after"))
    figure = dumbbell.draw(rows, pairs=tuple(ends), names=ends, tokens=("unsure", "good"), note="note")
    panel.show(figure, rows, insights.what_if("satisfaction.what_if", rows), rows["n"].min())

with here.panel("trend") as panel:
    rows = here.complete(total(panel.query("satisfaction_by_period", step=grain)), grain)
    old = here.before(lambda rows: periods.complete(total(rows), grain), "satisfaction_by_period", step=grain)
    look = {"name": here.say("cards.total"), "before_name": here.say("before"), "grain": grain, "target": goal}
    look |= {"target_name": here.say("trend.goal", goal=goal), "labels": here.periods(rows["period"], grain)}
    figure = trend.draw(rows, before=old, **look)
    panel.show(figure, rows, insights.change("satisfaction.trend", change, level=middle), n=whole["n"].iloc[0])

with here.panel("groups", half=True) as panel:
    rows = jackknife.against(total(panel.query("satisfaction_by_group", by=by)), middle)
    panel.ranked(here.named(rows, by), middle, click=by, code="grp")

with here.panel("changes", half=True) as panel:
    now, old = (total(ask("satisfaction_by_group", by=by)) for ask in (panel.query, panel.compared))
    panel.ranked(here.named(jackknife.difference(now, old, ["grp"]), by), 0, click=by, code="grp")

with here.panel("spread") as panel:
    found = panel.query("satisfaction_levels", by=by, item=item)[["grp", *COUNTED]]
    rows = here.named(satisfaction.against_rest(satisfaction.balance(found, bands, best)), by)
    middle = (rows["estimate"] * rows["n"]).sum() / rows["n"].sum()
    rows = rows.assign(note=here.lines("levels.note", rows))
    figure = likert.draw(panel.first(rows), levels=level, note="note", code="grp")
    told = insights.extremes("satisfaction.spread", rows, "name", middle, item=names[item])
    panel.show(figure, rows, told, rows["n"].sum(), click=by)

with here.more("voices"):
    with here.choices("whose"):
        least, most = bands.get(here.choose("level", ("all", *bands)), (low, best))
    with here.panel("answers") as panel:
        panel.answers("satisfaction_answers", item=item, least=least, most=most)

here.foot()
