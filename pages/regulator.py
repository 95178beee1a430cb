"""How do we look by the regulator's count?"""

from moments import comparisons, page
from moments.charts import ranking
from moments.metrics import complaints

here = page.start("regulator", "complaints")
here.among_peers()
with here.choices():
    by = here.choose("by", ("region", "branch"))
counts = here.inside(here.require("regulator_by_group", by=by), by)
both = here.named(complaints.regulator(counts), by).sort_values("estimate", ascending=False, kind="stable")

for per in ("outlets", "customers"):
    with here.panel(per, half=True) as panel:
        rows = panel.any(page.only(both, per, "per"))
        middle = rows["median"].iloc[0]
        line = {"reference": middle, "reference_label": here.say("median", value=middle), "better": -1, "digits": 0}
        figure = ranking.draw(panel.first(rows), code="grp", **line)
        found = comparisons.beside_median(f"regulator.{per}", rows)
        panel.show(figure, rows, found, n=counts["complaints"].sum(), click=by)

here.foot()
