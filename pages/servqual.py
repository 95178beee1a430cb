"""Where does experience fall short of expectation?"""

from functools import partial

from moments import codebook, insights, page
from moments.charts import dumbbell, radar, ranking, zone
from moments.metrics import discovery, jackknife, reliability, servqual, weights

here = page.start("servqual", "responses")
book = codebook.Framework(here.snapshot.codebook, "servqual", servqual.dimension_code)
side = here.words("side", servqual.SIDES_SHOWN)
answers, earlier = book.under(here.require("servqual_by_item")), here.before(book.under, "servqual_by_item")
with here.choices():
    begin = servqual.starting_weights(answers["dimension"].unique(), book.weights)
    shares = here.weights("w", begin, book.dimensions, weights.rebalance)
    used = {"plain": None, "weighted": shares}[here.choose("total", ("plain", "weighted"))]
    by = here.choose("by", here.having(("branch", "region", "channel", "segment", "service")))
overall, gaps = partial(servqual.overall, weights=used), book.named(servqual.gaps(answers))
middle = float(overall(answers)["estimate"].iloc[0])

with here.panel("cards", height=140) as panel:
    months, made = panel.maybe("servqual_by_period", step="month"), []
    months = None if months is None else book.under(months)
    for key, given, of in (("plain", None, "gap"), ("weighted", shares, "gap"), *((s, None, s) for s in side)):
        whole, then, line = (None if r is None else servqual.overall(r, given, of) for r in (answers, earlier, months))
        change = here.change(jackknife.difference, whole, then)
        spark = () if line is None else line.sort_values("period")["estimate"]
        made.append(panel.card(key, whole, change, spark, spec="two", better=int(of != "expectation")))
    panel.cards(*made)

with here.panel("shape", half=True, apart=False) as panel:
    figure = radar.draw(gaps, pairs=tuple(side), names=side, span=book.scale)
    panel.show(figure, gaps, insights.extremes("servqual.shape", gaps, "name", 0), gaps["n"].min())

with here.panel("gaps", half=True, apart=False) as panel:
    rows = gaps.assign(note=here.lines("gaps.note", gaps)).sort_values("estimate")
    ends = {"intervals": (None, ("from", "to")), "note": "note"}
    figure = dumbbell.draw(rows, pairs=tuple(side), names=side, code="dimension", digits=2, **ends)
    finding = insights.widest("servqual.gaps", rows, "name", "perception", "expectation")
    panel.show(figure, rows, finding, rows["n"].min(), click="dimension")

with here.panel("items") as panel:
    one, item = here.picked("dimension", book.dimensions), here.picked("item", book.items)
    rows = book.named(discovery.discoveries(servqual.outline(answers, middle), ["level"]))
    panel.ranked(rows[rows["dimension"] == one] if one else rows, middle, click="item", code="item", digits=2)

with here.panel("shares", half=True) as panel:
    panel.ranked(book.named(servqual.contributions(answers, shares)), 0, digits=2)

with here.panel("changes", half=True) as panel:
    both = (servqual.dimensions(rows) for rows in (answers, book.under(panel.compared("servqual_by_item"))))
    panel.ranked(book.named(jackknife.difference(*both, ["dimension"])), 0, digits=2)

with here.panel("groups") as panel:
    rows = jackknife.against(overall(book.under(panel.query("servqual_by_group", by=by))), middle)
    panel.ranked(here.named(rows, by), middle, click=by, code="grp", digits=2)

with here.more("side_by_side"), here.panel("shapes") as panel:
    rows = book.named(servqual.gaps(book.under(panel.query("servqual_by_group", by=by))))
    drawn = page.ends(rows.groupby("grp")["estimate"].mean().dropna().sort_values().index)
    parts = {here.label(by, [code])[0]: rows[rows["grp"] == code] for code in drawn}
    look = partial(radar.draw, pairs=tuple(side), names=side, span=book.scale, note="estimate", values=False)
    figures = {here.say("shapes.name", name=k, n=part["n"].min()): look(part) for k, part in parts.items()}
    panel.several(figures, rows, insights.commonest("servqual.shapes", rows, "grp", "name"))

with here.more("tolerance"):
    with here.panel("zone", half=True) as panel:
        rows = book.named(servqual.zone_of_dimensions(book.under(panel.query("servqual_with_adequate"))))
        figure = zone.draw(rows, names=here.words("zone", zone.MARKS))
        panel.show(figure, rows, insights.extremes("servqual.zone", rows, "name", 0), rows["n"].max())
    with here.panel("perception", half=True) as panel:
        rows, mean = servqual.dimensions(answers, of="perception"), gaps["perception"].mean()
        panel.ranked(book.named(jackknife.against(rows, mean)), mean, digits=2)

with here.more("sure"):
    with here.panel("alpha") as panel:
        which = here.choose("side", ("perceived", "expected", "gap"))
        rows = book.named(reliability.alpha(panel.each("servqual_products", book.parts, side=which)))
        rows["name"] += rows["kind"].map(lambda kind: here.say(f"alpha.{kind}"))
        figure = ranking.draw(rows, reference=reliability.ENOUGH, reference_label=here.say("alpha.line"), digits=2)
        finding = insights.under("servqual.alpha", rows[rows["kind"] == reliability.RAW], reliability.ENOUGH)
        panel.show(figure, rows, finding, rows["n"].max())
    with here.panel("tests") as panel:
        rows = servqual.paired_dimensions(panel.each("servqual_products", book.parts, side="gap"))
        panel.ranked(book.named(rows), 0, digits=2)
    with here.panel("names") as panel:
        panel.table(servqual.names(), insights.Sentence("servqual.names.listed"))

with here.more("voices"), here.panel("answers") as panel:
    item = item or servqual.items(answers).sort_values("estimate")["item"].iloc[0]
    panel.note("which", name=book.items.get(item, item))
    panel.answers("servqual_answers", item=item)

here.foot()
