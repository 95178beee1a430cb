"""The stories that are planted in the sample, named for tests; data/sample/STORIES.md tells them to a trainer."""

from datetime import date
from typing import Any

STORIES: dict[str, dict[str, Any]] = {
    "fix_worked": {"branch": "n03", "action": "a01", "since": date(2024, 6, 1)},
    "fix_noise": {"branch": "e07", "action": "a02", "since": date(2025, 3, 1), "months": 3},
    "simpson": {"better": "s02", "worse": "s05", "by": "channel"},
    "gaming": {"branch": "e10", "since": date(2024, 7, 1)},
    "festival": {"events": ("spring2023", "spring2024", "spring2025"), "category": "queue"},
    "unfair_queue": {"branch": "s08", "factor": "unfair", "called_first": ("wealth", "vip")},
    "must_be_missing": {"feature": "fee_notice", "item": "rel3", "issue": "fee_not_told", "touch": "explain"},
    "bad_end": {"branch": "n09", "touch": "farewell"},
    "decline": {"branch": "s04", "since": date(2025, 4, 1)},
    "tiny": {"branch": "s12", "since": date(2024, 4, 1)},
}
