"""What do they say, about what, and where?"""

from moments import mending, page, proportions
from moments.charts import bars, dumbbell
from moments.metrics import complaints, keywords, shares

GROUPS = ("branch", "region", "channel", "segment", "service")
SHOWN, MOVED, MOST = 25, 10, 60

here = page.start("voices", "complaints")
here.require("complaints_in_all")
with here.choices():
    kind = here.choose("kind", here.having(("category", "issue")) or ("category",))
    by = here.choose("by", here.having(GROUPS) or GROUPS[:1])
names = here.names(kind)
about, word = here.picked("about", names), here.picked("word")
subject = names.get(about, here.say("all"))
asked = {"kind": kind, "about": about}
top = {**asked, "among": "", "least": here.snapshot.threshold, "take": MOST}

with here.panel("kinds", half=True) as panel:
    rows = panel.query("complaints_by_kind", kind=kind)
    rows = complaints.pareto(rows, whole=rows["whole"].max()).head(SHOWN)
    rows = rows.assign(name=here.label(kind, rows["kind"]), note=here.lines("kinds.note", rows))
    rows["strong"] = (rows["kind"] == about) | (not about)
    figure = bars.draw(rows, note="note", strong="strong", code="kind", scale=100, unit="%")
    panel.show(figure, rows, mending.vital("voices.kinds", rows), n=rows["whole"].max(), click="about")

with here.panel("moving", half=True) as panel:
    both = keywords.together(panel.query("complaint_words", **top), panel.compared("complaint_words", **top))
    named = {**asked, "among": " ".join(both), "least": 1, "take": 2 * MOST}
    rows = keywords.beside(panel.query("complaint_words", **named), panel.compared("complaint_words", **named), both)
    rows = keywords.moved(keywords.change(rows), MOVED).assign(name=lambda r: r["word"])
    pairs, sides = ("share_before", "share"), {"share_before": here.say("before"), "share": here.say("now")}
    look = {"tokens": ("expectation", "perception"), "percent": True, "code": "word"}
    figure = dumbbell.draw(rows, pairs=pairs, names=sides, **look)
    panel.show(figure, rows, mending.moving("voices.moving", rows, about=subject), n=rows["n"].max(), click="word")

with here.panel("words", half=True) as panel:
    rows = shares.share(panel.query("complaint_words", **top).head(SHOWN)).assign(name=lambda r: r["word"])
    rows["note"] = here.lines("words.note", rows)
    figure = bars.draw(rows, low="low", high="high", note="note", code="word", scale=100, unit="%")
    panel.show(figure, rows, mending.spoken("voices.words", rows, about=subject), n=rows["n"].max(), click="word")

with here.panel("where", half=True) as panel:
    kinds = panel.query("complaints_by_kind", kind=kind)
    target = about or kinds["kind"].iloc[0]
    counts = panel.query("complaints_by_group", by=by, kind=kind, about=target)
    proportions.against_all(panel, counts, by, better=-1, about=names[target])

with here.panel("texts") as panel:
    panel.answers("complaints_list", **asked, word=word, since=None, until=None)

here.foot()
