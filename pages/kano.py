"""What must be there, what pleases, what delights?"""

from moments import insights, page
from moments.charts import dumbbell, quadrant, tiles
from moments.metrics import kano

GROUPS = ("segment", "channel", "service", "region")
DOUBTS = {"questionable": 0.05, "reverse": 0.1}  # share of answers from which to look twice

here = page.start("kano", "kano")
with here.choices():
    rule = here.choose("rule", tuple(kano.TABLES))
    by = here.choose("by", here.having(GROUPS) or GROUPS[:1])
counted = here.require("kano_by_feature", rule=rule)
kinds = here.words("kind", "MOARQI")
work = kano.order_of_work(kano.features(kano.summed(counted)), kano.coefficients(counted))
work.insert(0, "name", here.item("kano", work["feature"]))
work.insert(1, "rule", work.pop("rule"))
ranked = work[["feature", "place", "name", "rule", "sure"]]
chosen = here.picked("feature", dict(zip(work["feature"], work["name"], strict=True)))
marks = {"group": "rule", "groups": kinds, "sure": "sure", "code": "feature", "chosen": chosen}
marks["corners"] = tuple(kinds[letter] for letter in ("A", "O", "I", "M"))

with here.panel("work") as panel:
    panel.query("kano_by_feature", rule=rule)
    rows = work.assign(step=work["rule"].fillna("hidden"))
    panel.steps(rows, "step", insights.ordered("kano.work", rows, "step"))

with here.panel("quadrant", height=504) as panel:
    panel.query("kano_by_feature", rule=rule)
    titles, spans = (here.say("quadrant.worse"), here.say("quadrant.better")), ((0.02, -1.02), (-0.02, 1.02))
    figure = quadrant.draw(work, x="worse", y="better", titles=titles, spans=spans, cuts=(-0.5, 0.5), **marks)
    panel.show(figure, work, insights.foremost("kano.quadrant", work, {"worse": 0, "better": 0}), click="feature")

with here.panel("classes") as panel:
    both = {table: kano.features(kano.summed(panel.query("kano_by_feature", rule=table))) for table in kano.TABLES}
    rows = kano.by_tables(work, both)
    panel.table(rows, insights.numbers("kano.classes", kano.settled(rows), of="features"))

with here.panel("segments", half=True) as panel:
    rows = kano.shift(panel.query("kano_by_group", by=by, rule=rule), by="grp")
    rows = ranked[["feature", "place", "name"]].merge(rows).sort_values(["place", "grp"], ignore_index=True)
    rows["group_name"] = here.label(by, rows["grp"])
    look = {"row": "feature", "column": "grp", "column_label": "group_name", "kind": "category", "marked": "real"}
    figure = tiles.draw(rows, kinds=kinds, code="grp", **look)
    most = rows.groupby("feature")["n"].sum().max()
    panel.show(figure, rows, insights.shifted("kano.segments", rows, kinds), most, click=by)

with here.panel("doubts", half=True) as panel:
    rows = ranked[["feature", "name"]].merge(kano.side_by_side(kano.doubtful(counted), "answer"))
    rows = rows.sort_values("reverse", ascending=False, ignore_index=True)
    names = here.words("doubts", DOUBTS)
    bars = tuple((f"{answer}_low", f"{answer}_high") for answer in DOUBTS)
    look = {"tokens": ("unsure", "bad"), "intervals": bars, "percent": True}
    figure = dumbbell.draw(panel.first(rows), pairs=tuple(DOUBTS), names=names, **look)
    panel.show(figure, rows, insights.foremost("kano.doubts", rows, DOUBTS))

with here.panel("cloud", height=504) as panel:
    cells = panel.query("kano_by_pair")
    rows = ranked.merge(kano.fields(kano.continuous(cells)))
    titles, spans = (here.say("cloud.dysfunctional"), here.say("cloud.functional")), ((-2.2, 4.2), (-2.2, 4.2))
    look = {"titles": titles, "spans": spans, "cuts": (kano.STRONG, kano.STRONG), **marks}
    cloud = kano.spots(cells[cells["feature"] == chosen] if chosen else cells)
    figure = quadrant.draw(rows, x="dysfunctional", y="functional", cloud=cloud, **look)
    panel.show(figure, rows, insights.agreement("kano.cloud", rows, "rule", "field"), click="feature")

here.foot()
