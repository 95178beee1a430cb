"""A handful of rows that hold both sides of every threshold, small enough to count by hand."""

import csv
import os
import shutil
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import settings
from streamlit.components.v2 import manifest_scanner

# As the server does: each AppTest would look through every installed package, half of the time of a page's test
manifest_scanner.scan_component_manifests = list

settings.register_profile("ours", deadline=None)  # how long an example takes says only how busy a machine is
settings.load_profile("ours")

TESTS = Path(__file__).parent
SHARED = TESTS.parents[1] / "shared" / "data"
REAL = {  # recipe -> the file that lies in SHARED/<recipe>
    "telecom_nps_verbatims": "nps_verbatims.csv.gz",
    "sfo_airport_survey": "sfo_2010_2018_harmonised.parquet",
    "cfpb_bank_of_america": "boa_complaints_2017_2023.parquet",
    "kiosk_servqual_kano": "kiosk_responses.csv.gz",
    "bank_callcentre_1999_02": "calls_1999_02.parquet",
    "boston311_2011h2": "boston311_2011h2.parquet",
    "gov_complaints_zh_tipdm2020": "messages_replies_fj4.parquet",
}
TYPES = {
    "TINYINT": pa.int8(),
    "INTEGER": pa.int32(),
    "BIGINT": pa.int64(),
    "DOUBLE": pa.float64(),
    "VARCHAR": pa.string(),
    "VARCHAR[]": pa.list_(pa.string()),
    "BOOLEAN": pa.bool_(),
    "DATE": pa.date32(),
    "TIMESTAMP": pa.timestamp("us"),
}


def table(name: str, file: Path) -> pa.Table:
    """A CSV of test rows as the contract `name` types it; an empty cell is a missing value, `a b` a list."""
    from moments import contracts

    contract = contracts.load(name)
    with file.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    return pa.table(
        {
            column: _array([row[column] for row in rows], TYPES[contract.column(column).type])
            for column in (rows[0] if rows else [])
        }
    )


def _array(cells: list[str], kind: pa.DataType) -> pa.Array:
    if kind == pa.list_(pa.string()):
        return pa.array([c.split() if c else None for c in cells], kind)
    if kind == pa.bool_():
        return pa.array([{"": None, "yes": True, "no": False}[c] for c in cells], kind)
    return pa.array([c or None for c in cells], pa.string()).cast(kind)


def write(dataset: str, name: str = "s1", threshold: int = 3, tables: dict | None = None, codebook: dict | None = None):
    """Write the rows of tests/rows/*.csv (or `tables`) as a snapshot below $MOMENTS_DATA."""
    from moments import datasets

    made = {f.stem: table(f.stem, f) for f in sorted((TESTS / "rows").glob("*.csv"))} if tables is None else tables
    meta = {
        "title": {"zh": "几行数据", "en": "A few rows"},
        "synthetic": True,
        "timezone": "Asia/Shanghai",
        "threshold": threshold,
        "sources": [],
    }
    return datasets.write(dataset, name, made, meta, codebook if codebook is not None else CODEBOOK)


CODEBOOK = {
    "scales": {"recommend": [0, 10], "satisfaction": [1, 10], "servqual": [1, 7], "journey": [1, 10], "value": [1, 10]},
    "dimensions": [
        {"framework": "servqual", "dimension": "tangibles", "zh": "有形性", "en": "Tangibles", "weight": 30},
        {"framework": "servqual", "dimension": "reliability", "zh": "可靠性", "en": "Reliability", "weight": 70},
    ],
    "items": [
        {"framework": "pain", "item": "time", "zh": "费时", "en": "Time"},
        {"framework": "pain", "item": "worry", "zh": "费心", "en": "Worry"},
        {"framework": "warm", "item": "ease", "zh": "简单", "en": "Ease"},
        {"framework": "servqual", "item": "tan1", "dimension": "tangibles", "zh": "设备好用", "en": "Machines work"},
        {"framework": "servqual", "item": "tan2", "dimension": "tangibles", "zh": "环境整洁", "en": "Tidy hall"},
        {"framework": "servqual", "item": "rel1", "dimension": "reliability", "zh": "说到做到", "en": "Keeps promises"},
        {
            "framework": "servqual",
            "item": "rel2",
            "dimension": "reliability",
            "zh": "一次办对",
            "en": "Right first time",
        },
        {"framework": "satisfaction", "item": "skill", "zh": "服务技能", "en": "Skill", "weight": 40},
        {"framework": "satisfaction", "item": "overall", "zh": "服务综合", "en": "Overall service", "weight": 60},
        {"framework": "kano", "item": "fees", "zh": "收费先告知", "en": "Fees told first"},
        {"framework": "kano", "item": "seats", "zh": "座椅", "en": "Seats"},
        {"framework": "kano", "item": "video", "zh": "视频柜员", "en": "Video teller"},
        {"framework": "kano", "item": "robot", "zh": "机器人", "en": "Robot"},
    ],
    "codes": {
        "region": {"north": {"zh": "北区", "en": "North"}, "south": {"zh": "南区", "en": "South"}},
        "channel": {"app": {"zh": "手机", "en": "App"}, "hall": {"zh": "厅堂", "en": "Hall"}},
        "segment": {"vip": {"zh": "贵宾", "en": "VIP"}, "mass": {"zh": "大众", "en": "Mass"}},
        "service": {"loan": {"zh": "贷款", "en": "Loan"}, "cash": {"zh": "现金", "en": "Cash"}},
    },
}


@pytest.fixture(scope="session")
def data_root(tmp_path_factory):
    """A data folder of its own, so that no test reads or writes the project's."""
    folder = tmp_path_factory.mktemp("data")
    before = os.environ.get("MOMENTS_DATA")
    os.environ["MOMENTS_DATA"] = str(folder)
    yield folder
    os.environ.pop("MOMENTS_DATA") if before is None else os.environ.update(MOMENTS_DATA=before)


@pytest.fixture(scope="session")
def few(data_root):
    """The handful of rows as a snapshot with a threshold of 3."""
    return write("few")


@pytest.fixture(scope="session")
def brought(data_root):
    """brought(recipe) -> the report of importing that real survey, done once for a run of the tests."""
    from moments.imports.run import run

    made = {}

    def bring(name):
        if name not in made:
            made[name] = run(TESTS.parent / "data" / "recipes" / f"{name}.toml", [SHARED / name / REAL[name]])
        return made[name]

    return bring


@pytest.fixture(scope="session")
def shipped(data_root):
    """The sample that comes with the project, under a name that no reader starts with."""
    shutil.copytree(TESTS.parent / "data" / "sample", data_root / "shipped")
    return "shipped"
