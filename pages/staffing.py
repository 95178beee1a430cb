"""What would one more counter save, and what would explaining the wait?"""

from moments import insights, page
from moments.charts import profile, ranking
from moments.metrics import queues, staffing, waiting
from moments.states import NoneOfThese

CLOCKS = ("20", "60", "300", "600", "900", "1800")

here = page.start("staffing", "visits")
timed, by_branch = {"clock": queues.HALL, "within": 0.0}, "branch" in here.snapshot.columns("visits")
grain = {"by": "branch", "weekday": 0, "hour": -1} if by_branch else {}
counts = here.require("visits_by_group" if by_branch else "visits_by_replicate", **timed, **grain)
with here.choices():
    clock = here.choose("clock", CLOCKS, queues.usual_clock(counts))
    weekday = here.choose("weekday", tuple("01234567"))
    model = here.choose("model", ("a", "c"))
within, hour, plan = int(clock) / 60, "", None

with here.panel("hours") as panel:
    halls, hall, name = here.filters.branch, "", here.say("hours.one")
    if by_branch:
        hall = halls[0] if len(halls) == 1 else queues.costliest(counts)
        name = here.label("branch", [hall])[0]
    tickets = panel.query("visits_by_hour", weekday=int(weekday), hall=hall, within=within)
    seen, gives_up = queues.hours(tickets), queues.patience(tickets)
    if seen.empty:
        raise NoneOfThese()
    plan = staffing.plan(seen, within, gives_up if model == "a" else None)
    plan["name"] = [here.say("hour.short", hour=h) for h in plan["hour"]]
    worst = str(plan.loc[plan["estimate"].idxmax(), "hour"])
    hour = here.picked("hour", dict(zip(plan["hour"].astype(str), plan["name"], strict=True))) or worst
    at = plan[plan["hour"].astype(str) == hour].iloc[0]
    lines = {"wait": (here.say("hours.model"), "unsure"), "wait_one_more": (here.say("hours.one_more"), "ink")}
    chosen = [list(plan["hour"]).index(int(hour))]
    figure = profile.draw(plan, name=here.say("hours.seen"), models=lines, code="hour", chosen=chosen)
    found = insights.told("staffing.hours", plan[plan["hour"] == int(worst)], hour=int(worst), hall=name)
    panel.show(figure, plan, found, n=plan["n"].sum(), click="hour")

if plan is not None:
    with here.choices("inputs"):
        arrivals = here.number("arrivals", 0.1, 100_000, at["arrivals"], 0.5)
        service = here.number("takes", 0.1, 600, at["service"], 0.5)
        counters = int(here.number("counters", 1, 500, at["counters"]))
        patience = here.number("patience", 0.1, 10_000, gives_up, 0.5) if model == "a" else None

    with here.panel("counters", half=True) as panel:
        rows = staffing.ladder(arrivals, service, counters, within, patience)
        rows["name"] = rows["counters"].astype(str)
        now = rows[rows["counters"] == counters].iloc[0]
        chosen = [list(rows["counters"]).index(counters)]
        figure = profile.draw(rows, y="wait", chosen=chosen, title=here.say("counters.x"), code="counters")
        panel.show(figure, rows, insights.one_more("staffing.counters", now, hour=int(hour)), click="counters")

    with here.panel("levers", half=True) as panel:
        effects = panel.query("waiting_by_factors")
        effects = waiting.in_minutes(waiting.factors(effects, max(at["estimate"], 0.1)))
        rows = staffing.levers(now["saves"], page.only(effects, "unexplained", "factor"))
        rows["name"] = rows["lever"].map(here.words("levers", rows["lever"]))
        panel.show(ranking.draw(rows, reference=0), rows, insights.listed("staffing.levers", rows, "lever"))

here.foot()
