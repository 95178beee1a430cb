"""Are the scores given, or made?"""

from moments import comparisons, page
from moments.charts import ranking
from moments.metrics import gaming

SECONDS = 60  # an answer sooner after the branch's last one counts as a burst

here = page.start("gaming", "responses")
chosen = here.among_peers()
given = {"best": here.scale("satisfaction")[1], "seconds": SECONDS}
names = here.words("sign", gaming.SIGNS)
here.require("branches_signs", **given)

for sign in gaming.SIGNS:
    with here.panel(sign, half=sign != "all_tens") as panel:
        every = gaming.signs(panel.pooled("branches_signs", each="sign", **given))
        rows = every[every["sign"] == sign].sort_values("estimate", ascending=False)
        rows = rows.assign(tone=rows["flag"].map({True: "bad", False: "unsure"}), strong=rows["code"].isin(chosen))
        look = {"scale": 100, "unit": "%", "digits": 1, "tone": "tone", "code": "code"}
        figure = ranking.draw(panel.first(rows), **look)
        panel.show(figure, rows, comparisons.flagged(f"gaming.{sign}", rows, names), click="branch")

here.foot()
