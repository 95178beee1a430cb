"""The states of a panel in which there is no figure to show; each carries what its sentence needs."""

from functools import partial


class State(Exception):
    """A reason why a panel is empty. `key` names the sentence in `text/page.toml`, `values` fill it."""

    key = ""

    def __init__(self, **values):
        super().__init__(values)
        self.values = values

    def __reduce__(self):
        return partial(type(self), **self.values), ()


class NothingLeft(State):
    """The filters leave no row. values: without = {filter: rows if it were off}."""

    key = "nothing_left"


class NoneOfThese(State):
    """There are rows, but none that answered what this figure asks."""

    key = "none_of_these"


class TooFew(State):
    """So few rows are left that single people could be told apart. values: threshold."""

    key = "too_few"


class TooFewLeftOut(State):
    """A filter leaves out so few rows that subtraction would tell them apart. values: threshold, filter."""

    key = "too_few_left_out"


class PartedPool(TooFewLeftOut):
    """What is chosen is some of what may only be shown together: branches, or codes. values: threshold, filter."""

    key = "parted_pool"


class MissingColumns(State):
    """The dataset has no such table or columns. values: table, columns."""

    key = "missing_columns"


class TooLong(State):
    """The engine gave up after its time limit."""

    key = "too_long"


class NothingToCompare(State):
    """There is no earlier period, or nothing in it."""

    key = "nothing_to_compare"


class Folded(Exception):
    """The expander around a panel is closed."""


class PageEnds(Exception):
    """A page rests on what is not there, has said so, and has no more to show. (After Streamlit's own stop nothing can
    be kept any more: the choice that led here would be missing in the URL.)"""
