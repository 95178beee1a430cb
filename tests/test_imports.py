"""Bringing files: what a recipe can say, and that bad input is named, in both languages, and loses nothing."""

import gzip
import re
import subprocess
import sys
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter

from moments import __main__ as command
from moments import contracts, datasets, text
from moments.imports import ImportProblem, convert, read, recipe
from moments.imports.run import run

ROOT = Path(__file__).parents[1]
HEAD = """
format = 1
dataset = "brought"
title = { zh = "带来的", en = "Brought" }
timezone = "Asia/Shanghai"
"""
PLAIN = """
[tables.responses]
file = "answers.csv"
[tables.responses.columns]
response = "id"
answered_at = { from = "when", date = "%d/%m/%Y" }
branch = "branch"
recommend = "score"
"""
ROWS = "id,when,branch,score\n1,01/02/2024,A,10\n2,13/02/2024,B,0\n3,14/02/2024,A,\n"


@pytest.fixture(autouse=True)
def data(tmp_path, monkeypatch):
    """An empty data folder for every test."""
    monkeypatch.setenv("MOMENTS_DATA", str(tmp_path / "data"))
    return tmp_path / "data"


@pytest.fixture
def bring(tmp_path):
    """Import files by a recipe, both given as text: bring(PLAIN, answers__csv=ROWS)."""

    def bring(recipe_text, head=HEAD, into=None, **files):
        (tmp_path / "recipe.toml").write_text(head + recipe_text, "utf-8")
        paths = []
        for name, content in files.items():
            paths.append(tmp_path / name.replace("__", "."))
            paths[-1].write_bytes(content.encode() if isinstance(content, str) else content)
        return run(tmp_path / "recipe.toml", paths, into)

    return bring


def rows(report, table="responses", what="*", rest=""):
    """Plain SQL on what an import wrote."""
    return duckdb.sql(f"select {what} from '{report.snapshot.file(table)}' {rest}").fetchall()


def said(problem, code):
    with text.reading(code):
        return problem.lines()


def refusals(report, code):
    with text.reading(code):
        return [line for line in report.lines() if re.search(r" 第 \d+ 行|, row \d+", line)]


# --- a sound import -------------------------------------------------------------------------------------------


def test_a_file_becomes_a_snapshot(bring):
    report = bring(PLAIN, answers__csv=ROWS)
    assert datasets.current("brought") == report.snapshot
    assert rows(report, what="response, answered_at::date::varchar, branch, recommend", rest="order by 1") == [
        (1, "2024-02-01", "A", 10), (2, "2024-02-13", "B", 0), (3, "2024-02-14", "A", None),
    ]  # fmt: skip
    meta = report.snapshot.meta
    assert meta["title"] == {"zh": "带来的", "en": "Brought"}
    assert (meta["synthetic"], meta["threshold"], meta["timezone"]) == (False, 5, "Asia/Shanghai")
    assert (meta["data_from"], meta["data_to"]) == ("2024-02-01", "2024-02-14")
    assert meta["tables"]["responses"]["rows"] == 3
    source = meta["sources"][0]
    assert (source["file"], source["rows"], source["left_out"], source["rejected"]) == ("answers.csv", 3, 0, 0)
    assert len(source["sha256"]) == 64
    assert report.rejected.num_rows == 0


def test_into_another_dataset_and_again(bring):
    first = bring(PLAIN, into="other", answers__csv=ROWS)
    second = bring(PLAIN, into="other", answers__csv=ROWS)
    assert datasets.names() == ["other"]
    assert first.snapshot != second.snapshot == datasets.current("other")


def test_replicates_hang_on_the_id_alone(bring):
    report = bring(PLAIN, answers__csv=ROWS)
    again = bring(PLAIN, answers__csv="id,when,branch,score\n2,01/01/2020,Z,5\n")
    both = [dict(rows(r, what="response, replicate")) for r in (report, again)]
    assert both[0][2] == both[1][2]
    # the groups of ids 1, 2, 3 must never change, or intervals change with them
    assert both[0] == {1: 10, 2: 0, 3: 1}


def test_replicates_follow_the_customer_where_one_is_given(bring):
    recipe_text = PLAIN + 'replicate = "who"\n'
    report = bring(
        recipe_text,
        answers__csv="id,when,branch,score,who\n1,01/02/2024,A,1,x\n2,01/02/2024,A,2,x\n3,01/02/2024,A,3,\n",
    )
    groups = dict(rows(report, what="response, replicate"))
    assert groups[1] == groups[2]
    assert groups[3] == 1


# --- what a recipe can say -------------------------------------------------------------------------------------

RICH = """
items = [
    { framework = "satisfaction", item = "attitude", zh = "态度", en = "Attitude" },
    { framework = "satisfaction", item = "speed", zh = "速度", en = "Speed" },
    { framework = "pain", item = "time", zh = "费时", en = "Time" },
    { framework = "pain", item = "worry", zh = "费心", en = "Worry" },
]
[scales]
satisfaction = [1, 5]
[codes.channel]
counter = { zh = "柜台", en = "Counter" }
app = { zh = "手机", en = "App" }
rest = { zh = "其他", en = "Other" }
[tables.responses]
file = "rich*.csv"
missing = ["NA"]
keep = [{ column = "year", in = [2024] }, { column = "age", least = 18, most = 99 }, { column = "id", blank = false }]
[tables.responses.columns]
response = { from = "id", hash = true }
customer = { from = ["card", "phone"], first = true }
answered_at = { from = ["day", "time"], date = ["%Y/%m/%d %H:%M", "iso"] }
branch = { from = "branch", blank = "unknown" }
channel = { from = "channel", map = { 1 = "counter", 2 = "app" }, other = "rest" }
region = { value = "north" }
recommend = { from = "score", missing = [11, "Blank"] }
wait_actual = { from = "seconds", divide = 60 }
failure = { from = "fault", map = { none = 0, light = 1, grave = 3 } }
recovered = { from = "mended", true = ["是"], false = ["否"] }
pain_time = { from = "pains", option = "费时", split = "┋" }
pain_worry = { from = "pains", option = "费心", split = "┋" }
comment = "said"
[[tables.responses.each]]
items = { attitude = "7", speed = "8" }
columns = { "sat_{item}" = { from = "q{source}", missing = [0, 6] } }
"""
RICH_HEAD = "id,year,age,card,phone,day,time,branch,channel,score,seconds,fault,mended,pains,said,q7,q8\n"
RICH_ROW = 'R_1,2024,30,,p1,2024/3/5,9:05,  ,2,blank,"1,234.5",grave,是,费心┋费时,好 13912345678,5.0,6\n'


def test_traps_that_a_recipe_can_say(bring):
    report = bring(
        RICH,
        rich__csv=RICH_HEAD
        + RICH_ROW
        + RICH_ROW.replace("R_1,2024", "R_2,2023")  # another year
        + RICH_ROW.replace("R_1,2024,30", "R_3,2024,17")  # too young
        + RICH_ROW.replace("R_1", "")  # no id
        + "R_5,2024,40,c5,p5,2024-03-06,10:00,NA,9,7,NA,NA,NA,NA,,0,2\n",
    )
    (counts,) = report.counts
    assert (counts.rows, counts.written, counts.left_out, counts.rejected) == (5, 2, 3, 0)
    columns = (
        "customer, answered_at::varchar, branch, channel, region, recommend, wait_actual, failure, recovered,"
        " pain_time, pain_worry, comment, words, sat_attitude, sat_speed"
    )
    assert rows(report, what=columns, rest="order by 1 desc") == [
        ("p1", "2024-03-05 09:05:00", "unknown", "app", "north", None, 20.575, 3,
         True, True, True, "好 ***", ["好"], 5, None),
        ("c5", "2024-03-06 10:00:00", "unknown", "rest", "north", 7, None, None, None, None, None, None, None, None, 2),
    ]  # fmt: skip
    codebook = report.snapshot.codebook
    assert codebook["scales"] == {"recommend": [0, 10], "satisfaction": [1, 5]}
    assert codebook["codes"]["channel"]["app"] == {"zh": "手机", "en": "App"}
    assert [i["item"] for i in codebook["items"]] == ["attitude", "speed", "time", "worry"]


KANO = """
items = [
    { framework = "kano", item = "app", zh = "手机", en = "App" },
    { framework = "kano", item = "tea", zh = "茶", en = "Tea" },
]
[tables.kano]
file = "pairs.csv"
[tables.kano.columns]
response = "who"
feature = { value = "{item}" }
functional = "{source}_with"
dysfunctional = "{source}_without"
[tables.kano.long.items]
app = "a"
tea = "b"
"""


def test_wide_pairs_become_long_rows(bring):
    report = bring(
        KANO,
        head=HEAD + "period = [2024-01-01, 2024-02-01]\n",
        pairs__csv="who,a_with,a_without,b_with,b_without\n1,1,5,3,3\n2,,,2,\n3,9,1,,\n",
    )
    assert rows(report, "kano", "response, feature, functional, dysfunctional", "order by 1, 2") == [
        (1, "app", 1, 5), (1, "tea", 3, 3), (2, "tea", 2, None),
    ]  # fmt: skip
    (counts,) = report.counts
    assert (counts.rows, counts.written, counts.left_out, counts.rejected) == (6, 3, 2, 1)
    assert refusals(report, "en") == ['pairs.csv, row 3, column a_with: "9" is not within 1–5.']
    assert (report.snapshot.meta["data_from"], report.snapshot.meta["data_to"]) == ("2024-01-01", "2024-02-01")


VISITS = """
[tables.visits]
file = "calls.csv"
[tables.visits.columns]
ticket = { row = true }
arrived_at = { from = ["day", "came"], date = "%d.%m.%Y %H:%M:%S" }
called_at = { from = ["day", "began"], missing = "0:00:00", date = "%d.%m.%Y %H:%M:%S", next_day = "arrived_at" }
wait_minutes = { minutes = ["arrived_at", "called_at"] }
"""


def test_times_of_day_pass_midnight(bring):
    report = bring(VISITS, calls__csv="day,came,began\n28.02.1999,23:59:00,0:01:30\n01.03.1999,8:00:00,0:00:00\n")
    assert rows(report, "visits", "ticket, called_at::varchar, wait_minutes", "order by 1") == [
        (1, "1999-03-01 00:01:30", 2.5), (2, None, None),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("form", "written", "moment"),
    [
        ("iso", "2024-03-05T10:00:00Z", "2024-03-05 18:00:00"),
        ("iso", "2024-03-05 10:00:00+09:00", "2024-03-05 09:00:00"),
        ("iso", "2024-03-05 10:00:00.25", "2024-03-05 10:00:00.25"),
        ("iso", "20240305", "2024-03-05 00:00:00"),
        ("iso", "2024", None),
        ("iso", "2024-13-05", None),
        ("iso", "0024-03-05", None),
        ("excel", "45356.75", "2024-03-05 18:00:00"),
        ("unix", "1709604000", "2024-03-05 10:00:00"),
        ("%d/%m/%Y", "05/03/2024", "2024-03-05 00:00:00"),
        ("%d/%m/%Y", "５/３/２０２４", "2024-03-05 00:00:00"),
        ("%d/%m/%Y", "31/02/2024", None),
        ("%d/%m/%Y", "05/03/2024 10:00", None),
        ("%Y年%m月%d日", "2024年3月5日", "2024-03-05 00:00:00"),
    ],
)
def test_dates(bring, form, written, moment):
    recipe_text = PLAIN.replace("%d/%m/%Y", form)
    given = f"id,when,branch,score\n1,{written},A,1\n"
    if moment:
        assert rows(bring(recipe_text, answers__csv=given), what="answered_at::varchar") == [(moment,)]
    else:
        _, en = refused(bring, recipe_text, answers__csv=given)
        assert en[1] == f'answers.csv, row 1, column when: "{written}" is no date, or not in the format {form}.'


def test_another_zone_is_turned_into_the_datasets(bring):
    report = bring(
        PLAIN.replace('date = "%d/%m/%Y"', 'zone = "America/New_York"'),
        answers__csv="id,when,branch,score\n1,2024-07-01 22:00,A,1\n",
    )
    assert rows(report, what="answered_at::varchar") == [("2024-07-02 10:00:00",)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16"])
def test_encodings(bring, encoding):
    content = ROWS.replace(",A,", ",江湾路支行,").encode(encoding)
    recipe_text = PLAIN.replace('"answers.csv"', f'"answers.csv"\nencoding = "{encoding.removesuffix("-sig")}"')
    assert rows(bring(recipe_text, answers__csv=content), what="branch", rest="where response = 1") == [("江湾路支行",)]


def test_korean_encoding_zipped_and_tabs(bring):
    content = gzip.compress(ROWS.replace(",A,", ",강남점,").replace(",", "\t").encode("cp949"))
    recipe_text = PLAIN.replace('"answers.csv"', '"answers.tsv.gz"\nencoding = "cp949"')
    assert ("강남점",) in rows(bring(recipe_text, answers__tsv__gz=content), what="branch")


def test_excel(bring, tmp_path):
    import datetime

    book = xlsxwriter.Workbook(tmp_path / "answers.xlsx")
    book.add_worksheet("cover").write("A1", "nothing here")
    sheet = book.add_worksheet("data")
    sheet.write_row("A1", ["Survey of spring"])
    sheet.write_row("A2", ["id", "when", "branch", "score"])
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    for n, score in enumerate([10, 0, 11], 1):
        sheet.write_row(n + 1, 0, [n, None, "A", score])
        sheet.write_datetime(n + 1, 1, datetime.datetime(2024, 2, n), day)
    book.close()
    recipe_text = PLAIN.replace('"answers.csv"', '"answers.xlsx"\nsheet = "data"\nskip = 1').replace(
        'date = "%d/%m/%Y"', 'date = "iso"'
    )
    report = bring(recipe_text, answers__xlsx=(tmp_path / "answers.xlsx").read_bytes())
    assert rows(report, what="response, answered_at::date::varchar, recommend", rest="order by 1") == [
        (1, "2024-02-01", 10), (2, "2024-02-02", 0),
    ]  # fmt: skip
    assert refusals(report, "en") == ['answers.xlsx, row 3, column score: "11" is not within 0–10.']


def test_parquet_with_types_of_its_own(bring, tmp_path):
    import datetime

    moments = [datetime.datetime(2024, 2, 1), datetime.datetime(2024, 2, 2, 8, 30)]
    table = pa.table(
        {
            "id": [1, 2],
            "when": pa.array(moments, pa.timestamp("us")),
            "branch": pa.array(["A", None]).dictionary_encode(),
            "score": [7.0, None],
        }
    )
    pq.write_table(table, tmp_path / "answers.parquet")
    recipe_text = PLAIN.replace("answers.csv", "answers.parquet").replace('date = "%d/%m/%Y"', 'date = "iso"')
    recipe_text = recipe_text.replace('branch = "branch"', 'branch = { from = "branch", blank = "unknown" }')
    report = bring(recipe_text, answers__parquet=(tmp_path / "answers.parquet").read_bytes())
    assert rows(report, what="response, answered_at::varchar, branch, recommend", rest="order by 1") == [
        (1, "2024-02-01 00:00:00", "A", 7), (2, "2024-02-02 08:30:00", "unknown", None),
    ]  # fmt: skip


def test_several_files_are_one_table_and_generated_ids_do_not_meet(bring):
    recipe_text = PLAIN.replace("answers.csv", "*.csv").replace('response = "id"', "response = { row = true }")
    report = bring(recipe_text, jan__csv=ROWS, feb__csv=ROWS)
    assert rows(report, what="response", rest="order by 1") == [(n,) for n in range(1, 7)]
    assert [c.file for c in report.counts] == ["jan.csv", "feb.csv"]


@pytest.mark.parametrize(
    "name",
    ["<img src=x onerror=alert(1)>", '"]; drop table', "'; drop table responses; --", "=1+1", "../..", "网点\u202e1"],
)
def test_strange_branch_names_are_data(bring, name):
    cell = '"' + name.replace('"', '""') + '"'
    report = bring(PLAIN, answers__csv=f"id,when,branch,score\n1,01/02/2024,{cell},10\n")
    assert rows(report, what="branch") == [(name,)]


def test_strange_column_names_are_data(bring):
    recipe_text = PLAIN.replace('branch = "branch"', "branch = '\"]; drop table'")
    report = bring(recipe_text, answers__csv='id,when,"""]; drop table",score\n1,01/02/2024,A,10\n')
    assert rows(report, what="branch") == [("A",)]


# --- bad cells: named with file, row, column and rule, and kept -----------------------------------------------

BAD = [
    ("score", "11", "“11”不在 0–10 之内。", '"11" is not within 0–10.'),
    ("score", "-1", "“-1”不在 0–10 之内。", '"-1" is not within 0–10.'),
    ("score", "7.5", "“7.5”不是整数。", '"7.5" is not a whole number.'),
    ("score", "ten", "“ten”不是数字。", '"ten" is not a number.'),
    ("score", "1e999", "“1e999”不是整数。", '"1e999" is not a whole number.'),
    ("score", "nan", "“nan”不是数字。", '"nan" is not a number.'),
    (
        "when",
        "02/13/2024",
        "“02/13/2024”不是日期，或不合格式 %d/%m/%Y。",
        '"02/13/2024" is no date, or not in the format %d/%m/%Y.',
    ),
    ("when", "soon", "“soon”不是日期，或不合格式 %d/%m/%Y。", '"soon" is no date, or not in the format %d/%m/%Y.'),
    ("when", "", "不能为空。", "it must not be blank."),
    ("id", "", "不能为空。", "it must not be blank."),
    ("id", "x1", "“x1”不是整数。", '"x1" is not a whole number.'),
    ("id", "1", "编号“1”重复，只保留第一行。", 'the id "1" is there again; only its first row is kept.'),
]


@pytest.mark.parametrize(("column", "value", "zh", "en"), BAD)
def test_a_bad_cell_is_named_and_its_row_kept_aside(bring, column, value, zh, en):
    good = {"id": "2", "when": "01/02/2024", "branch": "A", "score": "5"}
    bad = {**good, column: value}
    report = bring(PLAIN, answers__csv="id,when,branch,score\n1,01/02/2024,A,10\n" + ",".join(bad.values()) + "\n")
    assert refusals(report, "zh") == [f"answers.csv 第 2 行，{column} 列：{zh}"]
    assert refusals(report, "en") == [f"answers.csv, row 2, column {column}: {en}"]
    (counts,) = report.counts
    assert (counts.rows, counts.written, counts.rejected) == (2, 1, 1)
    assert rows(report, what="response") == [(1,)]
    assert report.snapshot.meta["tables"]["responses"]["rejected"] == 1
    kept = duckdb.sql(f'select "table", file, row, "column", value from \'{report.snapshot.path}/rejected.parquet\'')
    assert kept.fetchall() == [("responses", "answers.csv", 2, column, value or None)]


def test_a_torn_row_is_named(bring):
    report = bring(PLAIN, answers__csv=ROWS + "4,01/02/2024,A\n\n5,01/02/2024,A,3,extra\n")
    assert refusals(report, "zh") == [
        "answers.csv 第 4 行：有 3 个单元格，与表头的列数不符。",
        "answers.csv 第 6 行：有 5 个单元格，与表头的列数不符。",
    ]
    assert refusals(report, "en") == [
        "answers.csv, row 4: it has 3 cells, not as many as the header.",
        "answers.csv, row 6: it has 5 cells, not as many as the header.",
    ]
    assert report.counts[0].written == 3


CLOCK = """
[tables.complaints]
file = "cases.csv"
[tables.complaints.columns]
complaint = "id"
received_at = "in"
closed_at = "out"
timely = { from = "timely", map = { Yes = "yes", No = "no", Pending = "pending" } }
repeated = "again"
"""


def test_third_states_unknown_states_and_times_that_run_backwards(bring):
    report = bring(
        CLOCK,
        cases__csv="id,in,out,timely,again\n1,2024-01-02,2024-01-03,Yes,1\n2,2024-01-02,,Pending,0\n"
        "3,2024-01-02,2024-01-01,No,no\n4,2024-01-02,,Perhaps,\n5,2024-01-02,,,maybe\n",
    )
    assert rows(report, "complaints", "complaint, timely, repeated", "order by 1") == [
        (1, "yes", True),
        (2, "pending", False),
    ]
    assert refusals(report, "zh") == [
        "cases.csv 第 3 行，out 列：“2024-01-01”早于 received_at。",
        "cases.csv 第 4 行，timely 列：“Perhaps”不在配方的 map 里；有：Yes, No, Pending。",
        "cases.csv 第 5 行，again 列：“maybe”既不是“是”也不是“否”；认识的写法：true, 1, yes, false, 0, no。",
    ]
    assert refusals(report, "en") == [
        'cases.csv, row 3, column out: "2024-01-01" lies before received_at.',
        'cases.csv, row 4, column timely: "Perhaps" is not in the map of the recipe; there are: Yes, No, Pending.',
        'cases.csv, row 5, column again: "maybe" is neither yes nor no; known are: true, 1, yes, false, 0, no.',
    ]
    kept = bring(CLOCK.replace('closed_at = "out"', 'closed_at = { from = "out", may_be_early = true }'),
                 cases__csv="id,in,out,timely,again\n3,2024-01-02,2024-01-01,No,no\n")  # fmt: skip
    assert rows(kept, "complaints", "complaint") == [(3,)]


def test_a_code_that_is_not_listed(bring):
    head = HEAD + '[codes.service]\nloan = { zh = "贷款", en = "Loan" }\n'
    recipe_text = PLAIN.replace('branch = "branch"', 'service = "branch"')
    report = bring(
        recipe_text, head=head, answers__csv="id,when,branch,score\n1,01/02/2024,loan,1\n2,01/02/2024,golf,1\n"
    )
    assert refusals(report, "zh") == ["answers.csv 第 2 行，branch 列：“golf”不是已列出的代码：loan。"]
    assert refusals(report, "en") == ['answers.csv, row 2, column branch: "golf" is not one of the listed codes: loan.']


def test_branches_are_listed_with_names_and_regions(bring):
    head = HEAD + '[codes.branch]\nA = { zh = "甲店", en = "Shop A" }\n'
    given = "id,when,branch,score,area\n1,01/02/2024,A,1,north\n2,01/02/2024,B,1,south\n3,01/02/2024,,1,south\n"
    report = bring(PLAIN + 'region = "area"\n', head=head, answers__csv=given)
    assert rows(report, "branches", "branch, branch_zh, branch_en, region", "order by 1") == [
        ("A", "甲店", "Shop A", "north"),
        ("B", None, None, "south"),
    ]
    assert "branches" not in bring(PLAIN, answers__csv=ROWS).snapshot.tables


def test_many_refusals_are_counted_and_warned_of(bring):
    body = "".join(f"{n},01/02/2024,A,{11 if n > 3 else 5}\n" for n in range(1, 11))
    report = bring(PLAIN, answers__csv="id,when,branch,score\n" + body)
    with text.reading("en"):
        lines = report.lines()
    assert "answers.csv, column score: 4 more like these." in lines
    assert (
        lines[-1]
        == "Mind: 70.0% of the rows of answers.csv were rejected; more likely the recipe is wrong than the data."
    )
    assert report.rejected.num_rows == 7


def test_refused_values_are_masked(bring):
    report = bring(PLAIN, answers__csv=ROWS + "4,01/02/2024,A,ring 13912345678\n")
    assert report.rejected.column("value").to_pylist() == ["ring ***"]


# --- bad files and bad recipes: everything at once, nothing changed ---------------------------------------------


def refused(bring, *given, **files):
    before = datasets.names()
    with pytest.raises(ImportProblem) as problem:
        bring(*given, **files)
    assert datasets.names() == before
    return said(problem.value, "zh"), said(problem.value, "en")


def test_missing_columns_are_named_together(bring):
    zh, en = refused(bring, PLAIN, answers__csv="id,Datum,Punkte\n1,01/02/2024,5\n")
    assert zh == ["answers.csv 缺少列：when, branch, score。文件里有：id, Datum, Punkte。"]
    assert en == ["answers.csv lacks columns: when, branch, score. It has: id, Datum, Punkte."]


@pytest.mark.parametrize("content", ["", "id,when,branch,score\n", "\n\n", "id,when,branch,score\n\n\n"])
def test_an_empty_file(bring, content):
    zh, en = refused(bring, PLAIN, answers__csv=content)
    assert zh == ["answers.csv 是空的：没有一行数据。"]
    assert en == ["answers.csv is empty: there is no row of data in it."]


def test_not_one_sound_row(bring):
    bring(PLAIN, answers__csv=ROWS)
    before = datasets.current("brought")
    zh, en = refused(bring, PLAIN, answers__csv="id,when,branch,score\n1,01/02/2024,A,11\n")
    assert zh == ["表 responses 没有一行可用。", "answers.csv 第 1 行，score 列：“11”不在 0–10 之内。"]
    assert en == [
        "Not one row is left for table responses.",
        'answers.csv, row 1, column score: "11" is not within 0–10.',
    ]
    assert datasets.current("brought") == before


def test_faults_of_two_tables_are_named_together(bring):
    zh, en = refused(bring, PLAIN + CLOCK, answers__csv="id\n1\n", cases__csv="")
    assert en == ["cases.csv is empty: there is no row of data in it."]
    zh, en = refused(bring, PLAIN + CLOCK, answers__csv="id\n1\n", cases__csv="id\n1\n")
    assert en == [
        "answers.csv lacks columns: when, branch, score. It has: id.",
        "cases.csv lacks columns: in, out, timely, again. It has: id.",
    ]


def test_wrong_encoding(bring):
    zh, en = refused(bring, PLAIN, answers__csv=ROWS.replace(",A,", ",江湾路支行,").encode("gbk"))
    assert zh == ["answers.csv 不是 utf-8 编码（第 2 行附近）。请在配方里写对 encoding，例如 gb18030。"]
    assert en == [
        "answers.csv is not written in utf-8 (near line 2). State its encoding in the recipe, for example gb18030."
    ]


def test_open_quote(bring):
    zh, en = refused(bring, PLAIN, answers__csv=ROWS + '4,01/02/2024,"A,5\n5,01/02/2024,A,5\n')
    assert zh == [
        "answers.csv 第 6 行附近有一个引号没有闭合，后面的行会被吞掉。"
        '请补上引号；若文件不用引号，请在配方里写 quote = ""。'
    ]
    assert en == [
        "answers.csv has a quote that is never closed, near line 6; the rows behind it would vanish into one cell. "
        'Close it, or write quote = "" in the recipe if the file uses no quotes.'
    ]
    loose = PLAIN.replace('"answers.csv"', '"answers.csv"\nquote = ""')
    assert ('"A',) in rows(bring(loose, answers__csv=ROWS + '4,01/02/2024,"A,5\n'), what="branch")


def test_text_behind_a_quote(bring):
    zh, en = refused(bring, PLAIN, answers__csv=ROWS + '4,01/02/2024,"A"B,5\n')
    assert zh[0].startswith("answers.csv 第 5 行附近的引号后面还有文字。")
    assert en[0].startswith("answers.csv has text behind a closing quote, near line 5.")


def test_the_same_column_name_twice(bring):
    zh, en = refused(bring, PLAIN, answers__csv="id,when,branch,score,score\n1,01/02/2024,A,1,2\n")
    assert zh == ["answers.csv 里这些列名不止一个，不知该用哪一列：score。"]
    assert en == ["answers.csv has these column names more than once, so it is not clear which to use: score."]


@pytest.mark.parametrize("ending", ["parquet", "xlsx", "csv.gz"])
def test_a_file_that_is_not_what_its_name_says(bring, ending):
    content = b"\x1f\x8b broken" if ending == "csv.gz" else b"PAR1 no such thing PAR1"
    kind = {"xlsx": "excel", "csv.gz": "csv"}.get(ending, ending)
    zh, en = refused(
        bring, PLAIN.replace("answers.csv", f"answers.{ending}"), **{f"answers__{ending.replace('.', '__')}": content}
    )
    assert zh == [f"answers.{ending} 读不了：它不是完好的 {kind} 文件。"]
    assert en == [f"answers.{ending} cannot be read: it is not a sound {kind} file."]


def test_files_without_a_table_and_tables_without_a_file(bring, tmp_path):
    zh, en = refused(bring, PLAIN, other__csv=ROWS)
    assert zh == ["表 responses 没有可用的文件：没有文件名符合 answers.csv。", "配方里没有一个表要用 other.csv。"]
    assert en == [
        "There is no file for table responses: no name matches answers.csv.",
        "No table of the recipe takes other.csv.",
    ]
    (tmp_path / "recipe.toml").write_text(HEAD + PLAIN, "utf-8")
    with pytest.raises(ImportProblem) as problem:
        run(tmp_path / "recipe.toml", [tmp_path / "nowhere" / "answers.csv"])
    assert said(problem.value, "zh")[0].startswith("找不到文件 ")
    assert said(problem.value, "en")[0].startswith("There is no file ")


def test_a_recipe_with_many_faults_names_all_of_them(bring):
    zh, en = refused(
        bring,
        """
threshhold = 5
[scales]
recommend = [10, 0]
[tables.answers]
file = "a.csv"
[tables.responses]
file = "answers.csv"
encoding = "martian"
keep = [{ column = "x" }]
[tables.responses.columns]
recomend = "score"
sat_attitude = "q1"
answered_at = { from = "when", date = "day/month" }
branch = { from = "b", value = "c" }
comment = { from = "text", divide = 2 }
recovered = { from = "x", map = 3 }
""",
        head=HEAD.replace("Asia/Shanghai", "Shanghai"),
        answers__csv=ROWS,
    )
    at = "tables.responses.columns"
    assert [line.removeprefix("recipe.toml: ") for line in en] == [
        "unknown key threshhold; near or possible: threshold.",
        'timezone names no time zone: "Shanghai"; write it like Asia/Shanghai.',
        "scales.recommend has the wrong type, it should be: the lowest and the highest score, like [1, 5].",
        f"there is no table answers; there are: {', '.join(contracts.names())}.",
        'tables.responses.encoding: unknown encoding "martian"; common ones are utf-8, gb18030, cp949, utf-16.',
        f"{at}.recomend: table responses has no such column; near or possible: recommend, recovered, comment.",
        f'{at}.sat_attitude: items has no "attitude" of framework satisfaction; give its name in both languages.',
        f"{at}.sat_attitude: state the scale of satisfaction in [scales], for example satisfaction = [1, 10].",
        f'{at}.answered_at.date: "day/month" is no date format; write it like %d/%m/%Y %H:%M, or iso, excel, unix.',
        f"{at}.branch needs exactly one of: from, value, row, minutes.",
        f"{at}.comment.divide cannot be used with a column of type VARCHAR.",
        f'{at}.recovered.map has the wrong type, it should be: a map {{"source" = "code"}}.',
        f"{at} lacks required columns: response.",
        "tables.responses.keep[1] has no condition: give in, not_in, least, most or blank.",
    ]
    assert len(zh) == len(en)
    assert zh[0] == "recipe.toml：不认识的键 threshhold；相近或可用的有：threshold。"
    assert (
        zh[5] == f"recipe.toml：{at}.recomend：表 responses 没有这一列；相近或可用的有：recommend, recovered, comment。"
    )
    assert zh[-2] == f"recipe.toml：{at} 缺少必需的列：response。"
    assert all(re.search(r"[\u4e00-\u9fff]", line) for line in zh)


def test_an_unknown_key_inside(bring):
    zh, en = refused(bring, PLAIN.replace("date =", "dates ="), answers__csv=ROWS)
    assert zh == ["recipe.toml：不认识的键 tables.responses.columns.answered_at.dates；相近或可用的有：date, times。"]
    assert en == ["recipe.toml: unknown key tables.responses.columns.answered_at.dates; near or possible: date, times."]


def test_a_recipe_that_is_no_toml(bring):
    zh, en = refused(bring, "[tables", answers__csv=ROWS)
    assert zh[0].startswith("recipe.toml 不是有效的 TOML：")
    assert en[0].startswith("recipe.toml is not valid TOML: ")


@pytest.mark.parametrize("name", ["../x", "sample", "recipes", "Big", ""])
def test_datasets_that_an_import_may_not_write(bring, name):
    zh, en = refused(lambda **f: bring(PLAIN, into=name, **f), answers__csv=ROWS)
    assert zh[0].startswith(f"--into 的名称“{name}”不合规")
    assert en[0].startswith(f'--into: the dataset name "{name}" is not allowed')


DAMAGE = """
format = 2
dataset = 5
title = 'x'
threshold = true
threshold = -1
period = [2024-01-01]
scales = []
items = 1
items = [1]
dimensions = [{}]
codes = 1
codes = { service = 1 }
codes = { service = { a = 1 } }
tables = 3
tables = {}
tables = { responses = 1 }
tables = { responses = {} }
tables = { responses = { file = [], columns = 1 } }
tables = { responses = { file = 'x', columns = { response = 1 } } }
tables = { responses = { file = 'x', each = [1] } }
tables = { responses = { file = 'x', long = {}, keep = [1] } }
tables = { responses = { file = 'x', delimiter = '', skip = 'a' } }
tables = { kano = { file = 'x', columns = {}, long = { items = { A = 'x' } } } }
"""


@pytest.mark.parametrize("damage", DAMAGE.strip().splitlines())
def test_no_damaged_recipe_ends_in_a_traceback(tmp_path, damage):
    key = damage.partition(" ")[0]
    kept = [line for line in HEAD.splitlines() if not line.startswith(key)]
    (tmp_path / "r.toml").write_text("\n".join([*kept, damage]), "utf-8")
    with pytest.raises(ImportProblem) as problem:
        recipe.load(tmp_path / "r.toml")
    assert all(line.startswith("r.toml") for line in said(problem.value, "en"))


# --- the process that reads -------------------------------------------------------------------------------------


def test_a_file_too_large_for_the_limits_gives_a_reason(tmp_path):
    (tmp_path / "big.csv").write_text("a,b\n" + "x" * 900_000 + ",y\n" * 2 + ("z" * 900_000 + ",y\n") * 400)
    with pytest.raises(read.ReadError) as problem:
        list(read.rows(tmp_path / "big.csv", read.Source("csv"), ["a"], memory=1 << 29))
    assert problem.value.code in ("too_large", "stopped")


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such limits on Windows")
def test_a_reader_that_is_killed_gives_a_reason(tmp_path):
    (tmp_path / "a.csv").write_text("a\n1\n")
    with pytest.raises(read.ReadError) as problem:
        list(read.rows(tmp_path / "a.csv", read.Source("csv"), ["a"], memory=1))
    assert problem.value.code in ("too_large", "stopped")
    with text.reading("en"):
        assert text.say(f"import.{problem.value.code}", **problem.value.values)


def test_rows_come_in_batches_with_their_numbers(tmp_path):
    (tmp_path / "a.csv").write_text("a\n" + "".join(f"{n}\n" for n in range(120_000)))
    batches = list(read.rows(tmp_path / "a.csv", read.Source("csv"), ["a"]))
    assert [b.num_rows for b in batches] == [50_000, 50_000, 20_000]
    assert batches[-1].column(0)[-1].as_py() == 120_000


# --- the command line -----------------------------------------------------------------------------------------


def test_command_line(tmp_path, capsys, data):
    (tmp_path / "recipe.toml").write_text(HEAD + PLAIN, "utf-8")
    (tmp_path / "answers.csv").write_text(ROWS + "4,01/02/2024,A,11\n")
    given = ["import", str(tmp_path / "recipe.toml"), str(tmp_path / "answers.csv")]
    assert command.main([*given, "--lang", "en"]) == 0
    out = capsys.readouterr().out.splitlines()
    assert out[0].startswith("Imported into dataset brought, snapshot ")
    assert out[1] == "answers.csv -> responses: 4 rows read, 3 written, 0 left out by conditions, 1 rejected."
    assert out[3] == 'answers.csv, row 4, column score: "11" is not within 0–10.'
    assert command.main(given) == 0
    assert "读入 4 行，写入 3 行" in capsys.readouterr().out
    assert command.main(["--lang", "en", "datasets"]) == 0
    assert capsys.readouterr().out.splitlines()[1] == "  responses: 3 rows, 1 rejected"
    (tmp_path / "answers.csv").write_text("")
    assert command.main(given) == 1
    assert capsys.readouterr().err.splitlines() == [
        "没有导入：",
        "answers.csv 是空的：没有一行数据。",
        "数据没有改动。请改正后重试。",
    ]


@pytest.mark.parametrize(
    "given", [[], ["import"], ["import", "x"], ["fly"], ["datasets", "--fast"], ["--lang", "fr", "datasets"]]
)
def test_misuse_is_explained(given, capsys):
    for lang, word in (("zh", "用法"), ("en", "Usage")):
        with pytest.raises(SystemExit) as end:
            command.main([*(["--lang", lang] if "--lang" not in given else []), *given])
        assert end.value.code == 2
        if "--lang" not in given:
            assert capsys.readouterr().err.startswith(word)


def test_foreign_text_cannot_drive_the_terminal(bring):
    report = bring(PLAIN, answers__csv=ROWS + "4,01/02/2024,A,\x1b[31mred\n")
    assert refusals(report, "en") == ['answers.csv, row 4, column score: "\\x1b[31mred" is not a number.']


def test_runs_as_a_module_from_anywhere(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "moments", "--lang", "en", "datasets"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "There is no dataset yet."


# --- documentation ----------------------------------------------------------------------------------------------


def test_every_key_and_rule_is_documented():
    words = (ROOT / "data" / "recipes" / "README.md").read_text("utf-8")
    keys = {*recipe._RECIPE, *recipe._TABLE, *recipe._KEEP, *recipe._COLUMN, *recipe._ITEM} - {"column"}
    missing = sorted(
        k
        for k in keys
        if f"`{k}" not in words and f"[{k}" not in words and f"{k} =" not in words and f"{k}," not in words
    )
    assert not missing
    rules = [key.removeprefix("import.rule_") for key in text.catalogue() if key.startswith("import.rule_")]
    assert all(f"`{rule}`" in words for rule in rules)


@pytest.mark.parametrize("file", sorted((ROOT / "data" / "recipes").glob("*.toml")), ids=lambda f: f.stem)
def test_shipped_recipes_have_no_fault(file):
    assert recipe.load(file).dataset == file.stem


def test_every_text_has_the_same_placeholders():
    import string

    for key, words in text.catalogue().items():
        if key.startswith("import."):
            names = [{f for _, f, _, _ in string.Formatter().parse(words[lang]) if f} for lang in ("zh", "en")]
            assert names[0] == names[1], key


def test_rejected_report_has_its_columns():
    assert convert.REJECTED.names == ["table", "file", "row", "column", "target", "value", "rule", "expected"]
