"""The gap audit, the action log, the events and the codebook."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import numpy as np
import pyarrow as pa

from moments import contracts
from moments.sample.bank import Bank, level
from moments.sample.draw import DAYS, FIRST, LAST, day_of, vocabulary
from moments.sample.stories import STORIES

AUDITS = (date(2023, 11, 15), date(2024, 11, 15), date(2025, 11, 15))
CAUSES = {"tangibles": 2, "reliability": 3, "responsiveness": 4, "assurance": 3, "empathy": 1}  # the gap to blame
COSTS = {"fix_worked": 86_000.0, "fix_noise": 12_000.0}


def gap_audit(rng: np.random.Generator, bank: Bank, a: Mapping[str, Any]) -> pa.Table:
    """The table `gap_audit`: the inner gaps add up to what customers say, and one of them is to blame.

    Gaps 1 to 3 share the distance from expectation to delivery; where gap 4 is to blame, too much was promised.
    """
    rows = []
    items = vocabulary()["items"]["servqual"]
    real = ~a["gamed"]
    for when in AUDITS:
        for dimension, cause in CAUSES.items():
            own = [item for item, entry in items.items() if entry["dimension"] == dimension]
            expected = np.mean([a["expected"][item][real].mean() for item in own])
            felt = np.mean([a["felt"][item][real].mean() for item in own])
            for branch, code in enumerate(bank.codes):
                if day_of(when) < bank.opened[branch]:
                    continue
                noise = rng.normal(0, 0.03, 4)
                here = level(bank, np.array([branch]), np.array([day_of(when)]))[0]
                delivered = min(felt + 0.5 * here + noise[0], 6.6)
                whole = delivered - expected
                parts = np.full(4, 0.32 if cause == 4 else 0.17)
                parts[cause - 1] = 1.3 if cause == 4 else 0.66
                belief = expected + parts[0] * whole + noise[1]
                standard = belief + parts[1] * whole + noise[2]
                promised = min(delivered - parts[3] * whole + noise[3], 6.95)
                found = (belief, standard, delivered, promised)
                rows.append([code, dimension, when, *(round(float(value), 2) for value in found)])
    return _table("gap_audit", rows)


def actions(rng: np.random.Generator, bank: Bank) -> pa.Table:
    """The table `actions`: two with a story, and forty others that changed nothing or are still under way."""
    v = vocabulary()
    rows = []
    for name, measure, days in (("fix_worked", "wait", 26), ("fix_noise", "nps", 47)):
        story, worked = STORIES[name], name == "fix_worked"
        rows.append([story["branch"], measure, "act" if worked else "check", "branch_manager",
                     story["since"] - timedelta(days=days), story["since"], story["since"], COSTS[name], True, worked,
                     v["actions"][measure][story["branch"]]])
    apart = {value for story in STORIES.values() for value in story.values() if isinstance(value, str)}
    others = [code for code in bank.codes if code not in apart]
    owners = list(v["codes"]["owner_role"])
    kinds = [(measure, title) for measure, titles in v["actions"].items() for title in titles["any"]]
    for _ in range(40):
        measure, title = kinds[rng.integers(len(kinds))]
        start = FIRST + timedelta(days=int(rng.integers(60, DAYS + 20)))
        due = start + timedelta(days=int(rng.integers(20, 120)))
        done = max(due + timedelta(days=int(rng.normal(4, 15))), start + timedelta(days=7))
        finished = done <= LAST
        stage = "plan" if start > LAST else "do" if not finished else "check" if rng.random() < 0.5 else "act"
        rows.append([others[rng.integers(len(others))], measure, stage, owners[rng.integers(len(owners))], start, due,
                     done if finished else None, float(rng.integers(2, 60) * 1000),
                     done <= due if finished else None, stage == "act" if finished else None, title])
    return _table("actions", [[f"a{number:02d}", *row, title["zh"], title["en"]]
                              for number, (*row, title) in enumerate(rows, 1)])


def events() -> pa.Table:
    """The table `events`."""
    return _table("events", [[e["event"], e.get("branch"), e["kind"], e["starts_on"], e["ends_on"], e["zh"], e["en"]]
                             for e in vocabulary()["events"]])


def codebook() -> dict[str, Any]:
    """The content of codebook.json."""
    v = vocabulary()
    return {
        "scales": v["scales"],
        "dimensions": [{"framework": framework, "dimension": code, **entry}
                       for framework, entries in v["dimensions"].items() for code, entry in entries.items()],
        "items": [{"framework": framework, "item": code, **{k: told for k, told in entry.items() if k != "mix"}}
                  for framework, entries in v["items"].items() for code, entry in entries.items()],
        "codes": v["codes"],
    }


def _table(name: str, rows: list[list[Any]]) -> pa.Table:
    """Rows whose cells are in the order of the contract's columns."""
    types = {"VARCHAR": pa.string(), "DATE": pa.date32(), "DOUBLE": pa.float64(), "BOOLEAN": pa.bool_()}
    columns = zip(contracts.load(name).columns.values(), zip(*rows, strict=True), strict=True)
    return pa.table({column.name: pa.array(values, types[column.type]) for column, values in columns})
