"""The clocks that complaints are held to: presets that a reader may change, kept in the link."""

from dataclasses import dataclass
from functools import partial

from moments.metrics import clocks, shares
from moments.page import only


@dataclass(frozen=True)
class Clock:
    """A promise: the column it needs, its usual length, the seconds in its unit and the longest it may be set to.

    Without a length it is not set here: every complaint brings its own date or flag.
    """

    needs: str
    usual: float | None = None
    unit: int = 0
    most: float = 0


CLOCKS = {
    "answer": Clock("first_response_at", 30, 1, 86_400),  # seconds
    "closure": Clock("closed_at", 48, 3_600, 8_760),  # hours
    "first": Clock("closed_at", 15, 86_400, 365),  # days, as the regulator counts
    "second": Clock("closed_at", 30, 86_400, 365),
    "third": Clock("closed_at", 60, 86_400, 365),
    "due": Clock("due_at"),
    "flag": Clock("timely"),
}
CLOSING = ("closure", "first", "second", "third")
STAGES = {  # of a complaint's way, and the columns of which one tells of it
    "classified": {"classified_at"}, "answered": {"first_response_at"}, "closed": {"closed_at", "status"},
    "confirmed": {"confirmed_at"},
}  # fmt: skip


class Promises:
    """The clocks of a page as its reader set them.

    `able` are those that the dataset has columns for, `named` what they promise, `asked` what queries on them ask for,
    `stages` those of a complaint's way that the dataset tells of; `until` is the last thing known to have happened, up
    to which open cases have waited.
    """

    def __init__(self, here):
        self.here, columns = here, set(here.snapshot.columns("complaints"))
        self.stages = [stage for stage, needs in STAGES.items() if needs & columns]
        self.until = str(here.whole("complaints_span")["until"].iloc[0])
        self.able = [code for code, clock in CLOCKS.items() if clock.needs in columns] or ["closure"]
        with here.box("clocks"):
            self.set_to = {c: here.number(c, 0.1, k.most, k.usual) for c, k in CLOCKS.items() if k.usual}
        self.named = {code: here.say(f"kept.{code}", value=self.set_to.get(code, 0)) for code in self.able}
        self.seconds = {code: CLOCKS[code].unit * value for code, value in self.set_to.items()}
        self.asked = {**self.seconds, "until": self.until}
        found = {self.seconds[code] / 3_600: here.say(f"clock.{code}", value=self.set_to[code]) for code in CLOSING}
        self.hours = dict(sorted(found.items()))  # of the clocks for closing, with their names

    def kept(self, ask):
        """What `ask` finds of how each promise is kept: a row for each, its code in `grp`."""
        return ask("deadlines_by_group", by="promise", promise="", **self.asked)

    def cards(self, panel) -> list:
        """A card for the promises looked at first: answered, closed, and each complaint's own date, if any had it."""
        rows = clocks.promised(self.kept(panel.query))
        before = self.kept(partial(self.here.before, clocks.promised))
        moved, made = self.here.change(shares.difference, rows, before, ["grp"], "kept"), []
        for code in ("answer", "closure", "due" if "due" in self.able else "flag"):
            row = only(rows, code, "grp")
            if code in self.able and row["n"].sum() > 0:
                change = only(moved, code, "grp")
                made.append(panel.card(code, row, change, spec="pct1", label=self.named[code]))
        return made

    def times(self, most: int = 100) -> dict:
        """What a query on times to close asks for."""
        return {"until": self.until, "clocks": " ".join(f"{hours!r}" for hours in self.hours), "most": most}

    def broken(self, code: str) -> dict:
        """What the list of broken promises asks for."""
        which = {"answer": "answer", "due": "due", "flag": "due"}.get(code, "closure")
        which = which if which in self.able else "closure"
        return {"promise": which, "seconds": self.seconds.get(code, self.seconds["closure"]), "until": self.until}
