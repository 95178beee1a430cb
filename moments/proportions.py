"""Shares as pages show them: on cards, and of each group held against all together."""

from moments.metrics import shares


def cards(panel, now, before, wanted: dict[str, str]) -> list:
    """A card for each share of `wanted` {column of hits: column of n}, with its change; less is better.

    now, before: frames of one row with these columns; before None where there is nothing to compare. No card where
    nobody was asked.
    """
    asked = {hits: n for hits, n in wanted.items() if now[n].iloc[0]}
    moved = {h: panel.page.change(shares.difference, now, before, (), h, n) for h, n in asked.items()}
    return [panel.card(h, shares.share(now, h, n), moved[h], spec="pct1", better=-1) for h, n in asked.items()]


def against_all(panel, counts, by: str, hits: str = "hits", better: int = 1, **said) -> None:
    """The share of each group of the dimension `by` against the others, the largest first; a click chooses a group.

    counts: grp, `hits`, n. `said` fills the finding.
    """
    rows, middle = panel.page.named(shares.against_rest(counts, hits), by), counts[hits].sum() / counts["n"].sum()
    look = {"code": "grp", "better": better, "scale": 100, "unit": "%"}
    panel.ranked(rows, middle, click=by, n=counts["n"].sum(), highest=True, said=said, **look)
