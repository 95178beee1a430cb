"""How do we look by the regulator's count?"""

from moments import comparisons, page
from moments.charts import ranking
from moments.metrics import complaints

here = page.start("regulator", "complaints")
here.among_peers()
here.require("regulator_by_group", by="branch")
with here.choices():
    by = here.choose("by", ("region", "branch"))

for per in ("outlets", "customers"):
    with here.panel(per, half=True) as panel:
        counts = here.inside(panel.query("regulator_by_group", by=by), by)
        rows = here.named(complaints.regulator(counts), by)
        rows = rows[rows["per"] == per].sort_values("estimate", ascending=False)
        middle = rows["median"].iloc[0]
        line = {"reference": middle, "reference_label": here.say("median", value=middle), "better": -1, "code": "grp"}
        line["digits"] = 0
        figure = ranking.draw(panel.first(rows), **line)
        found = comparisons.beside_median(f"regulator.{per}", rows)
        panel.show(figure, rows, found, n=counts["complaints"].sum(), click=by)

here.foot()
