"""Measures the app beside Dash, stock Streamlit and the bare engine, in one run, and writes a report in Markdown.

    .venv/bin/python -m bench                                   5 to 10 minutes: 60 thousand and a million answers
    .venv/bin/python -m bench --sizes 10M,100M --pages all --readers 1,10,30,50,100 --build --soak 2000

What each option costs, on two cores: making 10M takes 1.5 minutes and 1 GB of disk, 100M ten times both; a page, with
its Dash page, a minute or more a size; a number of readers half a minute or more; --build a few minutes at 10M; --soak
2000 about 10 minutes.
Ratios need a quiet machine. What is missing (Dash, waitress) is installed into .venv first.
"""

import argparse
import importlib.util
import logging
import os
import signal
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGES = "nps,overview"


def main() -> int:
    """Measure what was asked for; 0 when a report was written."""
    parser = argparse.ArgumentParser(
        prog="python -m bench", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sizes", default="60k,1M", help="answers, e.g. 60k,1M,10M,100M")
    parser.add_argument("--pages", default=PAGES, help=f"default {PAGES}; all for every page of the menu")
    most = 9  # stock Streamlit's page has one list, of which five options are in sight
    parser.add_argument("--clicks", type=int, choices=range(1, most + 1), default=5, help="clicks per page and measure")
    parser.add_argument("--readers", default="1,30", help="how many at once; 0 for none")
    parser.add_argument("--seconds", type=float, default=15, help="how long they read")
    parser.add_argument("--build", action="store_true", help="write the largest snapshot beside its Parquet alone")
    parser.add_argument("--soak", type=int, default=0, metavar="CLICKS", help="memory over so many clicks, e.g. 2000")
    parser.add_argument("--data", type=Path, default=Path.home() / ".cache" / "moments-bench", help="kept between runs")
    parser.add_argument("--out", type=Path, help="where the report goes; printed in any case")
    chosen = parser.parse_args()
    if importlib.util.find_spec("dash") is None:
        made = subprocess.run(["sh", "moments/environment.sh", "bench/requirements-bench.txt"], cwd=ROOT, check=False)
        if made.returncode:
            return made.returncode
        python = str(ROOT / ".venv" / "bin" / "python")
        os.execv(python, [python, "-m", "bench", *sys.argv[1:]])
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that the servers end too
    logging.disable(logging.WARNING)  # Streamlit's, of a page that runs without a server

    from bench import measure, report

    words = report.markdown(measure.everything(chosen))
    print(words)
    if chosen.out:
        chosen.out.write_text(words, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
