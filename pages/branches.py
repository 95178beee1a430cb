"""Who is really different, and who only seems so?"""

from moments import comparisons, outcomes, page
from moments.charts import caterpillar, dumbbell, funnel, ranking, verdicts
from moments.metrics import changes, leagues

MIXES = ("channel", "segment", "service")
LOOKS = {"gap": {"digits": 2}, "wait": {"better": -1}, "timely": {"scale": 100, "unit": "%"}}
here = page.start("branches", "responses")
chosen = here.among_peers()
asked = outcomes.by_branch(here.scale("satisfaction")[1])
with here.choices():
    able = here.able(asked)
    measure = here.choose("measure", able)
    spread = here.choose("spread", ("additive", "none"))
    mix = here.choose("mix", here.having(MIXES) or MIXES[:1])
(name, given), look, better = asked[measure], LOOKS.get(measure, {}), outcomes.BETTER[measure]
amount, gap, least = (here.worded(f"{key}.{measure}", look.get("scale", 1)) for key in ("amount", "gap", "least"))
counts = here.require(name, ask=here.pooled, **given)
counts["chosen"] = counts["code"].isin(chosen)
league = leagues.standing(counts, spread).assign(strong=counts["chosen"])
order, theta = {"by": "estimate", "ascending": better < 0}, league["theta"].iloc[0]
line = {"code": "code", "reference": theta, "reference_label": here.say("middle", value=amount(theta)), **look}
pair, row, names = leagues.rivals(counts, chosen), None, ("", "")

with here.panel("versus") as panel:
    if pair:
        codes = sorted(counts.loc[counts["code"] != "", "code"])
        with here.choices("pair"):
            one = here.branch("one", codes, pair[0])
            left = [code for code in codes if code != one]
            other = here.branch("other", left, pair[1] if pair[1] != one else pair[0])
        pair, row, names = (one, other), leagues.duel(counts, one, other), tuple(here.label("branch", (one, other)))
    rows = league[league["branch"].isin(pair or league["branch"])].sort_values(**order)
    figure = ranking.draw(rows, **line)
    panel.show(figure, rows, comparisons.versus("branches.versus", row, names, amount, gap, least), click="branch")

with here.panel("funnel", height=380) as panel:
    titles = here.say("funnel.x"), here.say(f"measure.{measure}")
    marks = {"chosen": "chosen", "titles": titles, "middle_label": line["reference_label"]}
    figure = funnel.draw(league, leagues.walls(counts, spread), **marks, **look)
    panel.show(figure, league, comparisons.stand_out("branches.funnel", league, amount), click="branch")
    if count := leagues.by_chance(counts, spread):
        panel.note("chance", count=count)

with here.panel("changed") as panel:
    earlier = panel.same(leagues.pooled(panel.compared(name, **given), here.snapshot.threshold))
    rows = changes.of_branches({measure: counts}, {measure: earlier}, outcomes.BETTER)
    rows = panel.known(rows).assign(name=here.label("branch", rows["branch"]), theta=0.0)
    rows = rows.assign(strong=rows["branch"].isin(chosen)).sort_values(**order)
    zero = {"code": "branch", "reference": 0, "reference_label": here.say("changed.line"), "unit": ""}
    figure = ranking.draw(panel.first(rows.assign(chosen=rows["strong"])), **line | zero)
    told = comparisons.stand_out("branches.changed", rows, lambda value: gap(abs(value)))
    panel.show(figure, rows, told, click="branch")

with here.panel("shrunk", half=True) as panel:
    rows = leagues.shrunk(counts).sort_values(**order).assign(strong=lambda rows: rows["chosen"])
    figure = caterpillar.draw(panel.first(rows), **line)
    panel.show(figure, rows, comparisons.pulled("branches.shrunk", rows, amount), click="branch")

with here.panel("ranks", half=True) as panel:
    rows = leagues.ladder(counts, better)
    heads = {band: here.say("ranks.head", band=band, count=len(r)) for band, r in rows.groupby("band")}
    figure = ranking.draw(leagues.headed(panel.first(rows), heads), code="code", digits=0)
    panel.show(figure, rows, comparisons.rungs("branches.ranks", rows), click="branch")

with here.panel("mix") as panel:
    strata = panel.pooled(name, by="stratum", **{**given, "mix": mix})
    rows = leagues.adjusted(strata, here.snapshot.threshold)
    rows = rows.merge(counts[["branch", "code", "name"]]).sort_values(**order)
    after, told = leagues.between(rows, *(pair or ())), here.say(f"mix.by_{mix}")
    ends = {"raw": here.say("mix.raw"), "estimate": here.say("mix.adjusted", mix=told)}
    drawn = panel.first(rows[rows["estimate"].notna()].assign(chosen=lambda rows: rows["branch"].isin(pair or ())))
    shown = {"pairs": tuple(ends), "names": ends, "tokens": ("unsure", "good"), "intervals": (None, ("low", "high"))}
    figure = dumbbell.draw(drawn, **shown, percent=measure == "timely", digits=look.get("digits", 1), code="code")
    panel.show(figure, rows, comparisons.mixed("branches.mix", row, after, names, gap, least, told), click="branch")

with here.panel("regions") as panel:
    rows = leagues.standing(areas := leagues.regions(counts), spread).sort_values(**order)
    rows["name"] = [here.regions(codes) for codes in rows["grp"]]
    rows["code"] = [codes[0] if len(codes) == 1 else "" for codes in rows["grp"]]
    figure = ranking.draw(rows, **line)
    panel.show(figure, rows, comparisons.stand_out("branches.regions", rows, amount), click="region")
    if count := leagues.by_chance(areas, spread):
        panel.note("chance", count=count)

with here.panel("table") as panel:
    found = {c: r for c in able if (r := panel.maybe(asked[c][0], here.pooled, **asked[c][1])) is not None}
    rows = leagues.table(found, outcomes.BETTER, spread)
    rows = rows[(rows["code"] != "") | (rows["measure"] == measure)]  # each measure has pools of its own
    write = {code: here.worded(f"cell.{code}", LOOKS.get(code, {}).get("scale", 1)) for code in found}
    rows["words"] = [write[code](value) for code, value in rows[["measure", "estimate"]].values]
    off = league["branch"].isin(rows.loc[rows["side"] != 0, "branch"])
    things = panel.first(league.assign(chosen=league["chosen"] | off).sort_values(**order))
    sides = dict(things[["branch", "name"]].values), here.words("head", found)
    figure = verdicts.draw(rows, row="branch", column="measure", rows=sides[0], columns=sides[1])
    most = rows.groupby("measure")["n"].sum().max()
    panel.show(figure, rows, comparisons.patches("branches.table", rows), most, click="branch")

here.foot()
