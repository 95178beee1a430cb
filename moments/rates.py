"""Complaints over time, what they can be counted against, and the limits that they should keep, for a page."""

from functools import partial

from moments import text
from moments.metrics import control, exposure

STEADY = {"region", "branch"}  # filters under which a register of customers still counts
ASKED = ("visits", "answers")  # what a query counts per period
CHANGES = ("change", "action")  # events after which work is done in another way
SMALL = ("estimate", "low", "high")


def grain(here, n: float) -> str:
    """The finest of week, month and quarter that holds enough of the n complaints of a page."""
    data = here.whole("complaints_span").iloc[0]
    first, last = exposure.within(here.filters.start, here.filters.end, data["first"], data["last"])
    return exposure.grain(n, (last - first).days + 1)


def digits(rate) -> str:
    """How a card writes a rate (see text.number): of one row with estimate."""
    return "one" if rate["estimate"].iloc[0] >= 10 else "two"


class Rates:
    """Complaints per `grain` of one kind (`about` of `kind`, or of all) under the filters of a page.

    `options` are what they can be counted against (see exposure.PER), `usual` the best of them; no options where there
    are no complaints. `until` is the moment up to which is looked.
    """

    def __init__(self, here, grain: str, kind: str, about: str):
        self.here, self.grain = here, grain
        self.asked = {"grain": grain, "kind": kind, "about": about}
        self.data = here.whole("complaints_span").iloc[0]
        chosen, register = here.filters, None
        if set(chosen.active_dimensions) <= STEADY:
            register = here.maybe("customers_by_branch")
        self.customers = exposure.of_customers(register, chosen.region, chosen.branch)
        self.series, self.options, days = self._counted(here.maybe, chosen.start, chosen.end)
        self.usual = exposure.usual(self.options, days) if self.options else ""
        self.until = str(exposure.upto(self._within(chosen.start, chosen.end)[1], self.data["until"]))

    def _within(self, start, end):
        return exposure.within(start, end, self.data["first"], self.data["last"])

    def _counted(self, ask, start, end, names=ASKED):
        """(complaints per period, {name: period, n}, days of each period); `ask` asks for one query's rows or None."""
        series = ask("complaints_by_period", **self.asked)
        if series is None:
            return None, {}, None
        days = exposure.days(series["period"], self.grain, *self._within(start, end))
        others = {name: ask(f"{name}_by_period", grain=self.grain) for name in names}
        return series, exposure.found(days, series["period"], self.customers, **others), days

    def against(self, name: str):
        """period, complaints, exposure."""
        return exposure.against(self.series, self.options[name])

    def before(self, name: str):
        """The same in the period compared with; None where there is nothing to compare."""
        span, before = self.here.filters.compared(), self.here.before
        if span is None:
            return None
        ask, names = partial(before, _same), [other for other in ASKED if other == name]
        series, options, _ = self._counted(ask, span.start, span.end, names)
        return exposure.against(series, options[name]) if name in options else None

    def level(self, name: str):
        """(rate of all periods together, its change, the chart of the periods), counted against `name`."""
        per = exposure.PER[name]
        rows = control.chart(self.against(name), per=per)
        moved = self.here.change(control.change, rows, self.before(name), per, rows["sigma_z"].mean())
        return control.rate(exposure.total(rows), per=per), moved, rows

    def chart(self, name: str, phase: str = "one", at: str = "", laney: bool = True):
        """`control.chart` of the periods, named, with the events that fell into them; small ones hidden.

        `phase`: "one", "changes" (a new one after each change or action of the diary), "at" (from the day `at` on).
        """
        rows, events = self.against(name), self.here.events()
        changes = [] if events is None else events.loc[events["kind"].isin(CHANGES), "starts_on"]
        starts = control.breaks(rows["period"], {"one": [], "changes": changes, "at": [at]}[phase])
        rows["phase"] = control.phases(rows["period"], starts)
        rows = control.chart(rows, per=exposure.PER[name], laney=laney)
        rows["name"] = self.here.periods(rows["period"], self.grain)
        rows["event"] = self._meanwhile(rows["period"], events)
        return self.here.hide(rows, "complaints", "period", *SMALL)

    def _meanwhile(self, periods, events) -> list[str]:
        if events is None:
            return [""] * len(periods)
        diary = list(zip(events["starts_on"], events["ends_on"], events["name"], strict=True))
        found = []
        for start, end in zip(periods, exposure.ends(periods, self.grain), strict=True):
            inside = [name for first, last, name in diary if first < end and last >= start]
            found.append(text.listed(inside) if inside else "")
        return found


def _same(rows):
    return rows
