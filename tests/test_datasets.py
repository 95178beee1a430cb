"""Snapshots: never half written, never changed, never a crash when something is missing."""

import json
import os
import shutil
import signal
import subprocess
import sys
import textwrap
import time
from datetime import date, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from moments import datasets

META = {"title": {"zh": "试", "en": "Test"}, "synthetic": True, "timezone": "Asia/Shanghai", "threshold": 5}


@pytest.fixture(autouse=True)
def root(tmp_path, monkeypatch):
    monkeypatch.setenv("MOMENTS_DATA", str(tmp_path))
    return tmp_path


def answers(scores, when=date(2024, 5, 1)):
    stamps = [datetime(when.year, when.month, when.day, 12) for _ in scores]
    return pa.table({"response": pa.array(range(len(scores)), pa.int64()), "branch": ["b"] * len(scores),
                     "answered_at": pa.array(stamps, pa.timestamp("us")), "recommend": pa.array(scores, pa.int8())})


def error(code):
    return pytest.raises(datasets.DatasetError, match=f"^{code} ")


def test_a_written_dataset_reads_back():
    written = datasets.write("bank", "one", {"responses": answers([9, 3])}, META, {"scales": {"recommend": [0, 10]}})
    assert datasets.names() == ["bank"]
    found = datasets.current("bank")
    assert found == written == datasets.Snapshot("bank", "one")
    assert found.tables["responses"] == {"rows": 2, "rejected": 0, "columns": {
        "response": "BIGINT", "branch": "VARCHAR", "answered_at": "TIMESTAMP", "recommend": "TINYINT"}}
    assert found.columns("responses")["recommend"] == "TINYINT" and found.columns("visits") == {}
    assert (found.meta["dataset"], found.meta["snapshot"], found.meta["format"]) == ("bank", "one", 1)
    assert (found.meta["data_from"], found.meta["data_to"]) == ("2024-05-01", "2024-05-01")
    assert found.codebook["scales"] == {"recommend": [0, 10]}
    assert pq.read_table(found.file("responses")).num_rows == 2
    with pytest.raises(KeyError):
        found.file("visits")


def test_rejected_rows_are_kept_and_counted():
    meta = META | {"tables": {"responses": {"rejected": 3}}}
    report = pa.table({"file": ["a.csv"], "row": [4], "rule": ["out_of_scale"]})
    found = datasets.write("bank", "one", {"responses": answers([9])}, meta, {}, rejected=report)
    assert found.tables["responses"]["rejected"] == 3
    assert set(found.tables) == {"responses"}
    assert pq.read_table(found.path / "rejected.parquet").equals(report)


def test_rows_are_sorted_by_time_then_branch():
    table = pa.table({"branch": ["b", "a", "a"], "answered_at": pa.array(
        [datetime(2024, 1, 2), datetime(2024, 1, 2), datetime(2024, 1, 1)], pa.timestamp("us"))})
    found = datasets.write("bank", "one", {"responses": table}, META, {})
    rows = pq.read_table(found.file("responses")).to_pydict()
    assert rows["branch"] == ["a", "a", "b"]
    assert [d.day for d in rows["answered_at"]] == [1, 2, 2]


def test_small_batches_of_a_stream_become_large_row_groups(monkeypatch):
    monkeypatch.setattr(datasets, "ROW_GROUP", 100)
    table = answers([9] * 250)
    found = datasets.write("bank", "one", {"responses": iter(table.to_batches(max_chunksize=7))}, META, {})
    parquet = pq.ParquetFile(found.file("responses"))
    assert parquet.metadata.num_rows == 250 and parquet.metadata.num_row_groups == 3
    assert found.meta["data_from"] == "2024-05-01"


def test_ids_and_times_are_kept_as_differences_and_codes_by_dictionary():
    table = pa.table(
        {
            "response": pa.array([7, None, -5], pa.int64()),
            "answered_at": pa.array([datetime(2025, 1, 1), None, datetime(2025, 1, 2)], pa.timestamp("us")),
            "branch": ["b1", None, "b1"],
            "words": [["fees", "wait"], None, ["fees"]],
            "recommend": pa.array([9, None, 0], pa.int8()),
        }
    ).sort_by("answered_at")
    snapshot = datasets.write("bank", "2025-01", {"responses": table, "empty": table.slice(0, 0)}, META, {})
    assert pq.read_table(snapshot.file("responses")).equals(table)
    assert pq.read_table(snapshot.file("empty")).equals(table.slice(0, 0))
    written = pq.read_metadata(snapshot.file("responses")).row_group(0)
    encodings = [{"DELTA_BINARY_PACKED", "RLE_DICTIONARY"} & {*written.column(i).encodings} for i in range(5)]
    assert encodings == [{"DELTA_BINARY_PACKED"}] * 2 + [{"RLE_DICTIONARY"}] * 3


def test_an_empty_table_is_a_table_but_an_empty_stream_is_not():
    found = datasets.write("bank", "one", {"responses": answers([])}, META, {})
    assert found.tables["responses"]["rows"] == 0 and found.meta["data_from"] is None
    with error("no_columns"):
        datasets.write("bank", "two", {"responses": iter([])}, META, {})
    with error("no_tables"):
        datasets.write("bank", "two", {}, META, {})
    assert datasets.current("bank").name == "one"


def test_planned_actions_do_not_stretch_the_data():
    planned = pa.table({"action": ["a"], "started_on": pa.array([date(2030, 1, 1)], pa.date32())})
    found = datasets.write("bank", "one", {"responses": answers([9]), "actions": planned}, META, {})
    assert found.meta["data_to"] == "2024-05-01"


def test_a_snapshot_is_never_changed():
    datasets.write("bank", "one", {"responses": answers([9])}, META, {})
    with error("exists"):
        datasets.write("bank", "one", {"responses": answers([1, 2])}, META, {})
    assert datasets.current("bank").tables["responses"]["rows"] == 1


def test_a_reader_keeps_its_snapshot_while_a_new_one_comes_and_may_go_back():
    held = datasets.write("bank", "one", {"responses": answers([9])}, META, {})
    datasets.write("bank", "two", {"responses": answers([1, 2])}, META, {})
    assert pq.read_table(held.file("responses")).num_rows == 1
    assert datasets.current("bank").name == "two"
    assert [s.name for s in datasets.snapshots("bank")] == ["one", "two"]
    datasets.use(held)
    assert datasets.current("bank") == held
    with error("no_snapshot"):
        datasets.use(datasets.Snapshot("bank", "three"))


@pytest.mark.parametrize("name", ["", "..", "../bank", "Bank", "a b", "a/b", ".hidden", "a\n", "银行", None, "a.b"])
def test_names_of_datasets_are_checked(name):
    for call in (lambda: datasets.current(name), lambda: datasets.write(name, "one", {"t": answers([1])}, META, {})):
        with error("bad_name"):
            call()


@pytest.mark.parametrize("name", ["", "..", "../one", "a/b", ".one", "a b"])
def test_names_of_snapshots_are_checked(name):
    with error("bad_name"):
        datasets.write("bank", name, {"responses": answers([1])}, META, {})
    with error("bad_name"):
        _ = datasets.Snapshot("bank", name).path


def test_what_is_missing_is_named(root):
    assert datasets.names() == []
    with error("unknown"):
        datasets.current("bank")
    (root / "bank").mkdir()
    assert datasets.names() == []
    with error("no_current"):
        datasets.current("bank")
    (root / "bank" / "CURRENT").write_text("")
    with error("no_current"):
        datasets.current("bank")
    for pointer in ("gone\n", "../../etc\n", "/etc\n"):
        (root / "bank" / "CURRENT").write_text(pointer)
        assert datasets.names() == ["bank"]
        with error("no_snapshot") as caught:
            datasets.current("bank")
        assert caught.value.values == {"dataset": "bank", "snapshot": pointer.strip()}


def test_a_damaged_or_newer_snapshot_is_named():
    found = datasets.write("bank", "one", {"responses": answers([9])}, META, {})
    described = json.loads((found.path / "snapshot.json").read_text("utf-8"))
    (found.path / "snapshot.json").write_text(json.dumps(described | {"format": 99}))
    with error("newer_format"):
        _ = datasets.Snapshot("bank", "one").meta
    for damage in ('{"format": ', "[]", "\xff"):
        (found.path / "snapshot.json").write_text(damage, "latin-1")
        with error("unreadable"):
            _ = datasets.Snapshot("bank", "one").meta
    (found.path / "codebook.json").unlink()
    with error("unreadable"):
        _ = datasets.Snapshot("bank", "one").codebook


def test_a_failing_writer_leaves_nothing_behind(root):
    datasets.write("bank", "one", {"responses": answers([9])}, META, {})

    def breaking():
        yield from answers([1, 2]).to_batches()
        raise RuntimeError("the file ended in the middle")

    with pytest.raises(RuntimeError):
        datasets.write("bank", "two", {"responses": breaking()}, META, {})
    assert sorted(p.name for p in (root / "bank").iterdir()) == ["CURRENT", "one"]


def test_old_leftovers_are_swept_and_young_ones_left_alone(root):
    datasets.write("bank", "one", {"responses": answers([9])}, META, {})
    for name, age in ((".old.1", 2 * datasets.STALE), (".young.2", 5)):
        (root / "bank" / name).mkdir()
        (root / "bank" / name / "x.parquet").write_bytes(b"half")
        then = time.time() - age
        os.utime(root / "bank" / name, (then, then))
    datasets.write("bank", "two", {"responses": answers([9])}, META, {})
    assert sorted(p.name for p in (root / "bank").iterdir()) == [".young.2", "CURRENT", "one", "two"]


# --- a writer is killed -------------------------------------------------------------------------------------------

MORTAL = textwrap.dedent("""
    import os, shutil, sys
    import pyarrow as pa, pyarrow.compute, pyarrow.parquet
    from moments import datasets

    def mortal(act):
        def step(*given, **named):
            global left
            for done in (False, True):
                left -= 1
                if left == 0:
                    os._exit(9)
                result = result if done else act(*given, **named)
            return result
        return step

    table = pa.table({"recommend": pa.array([1] * 5000, pa.int8())})  # here: the first one imports pandas
    acts = {name: getattr(os, name) for name in ("fsync", "rename", "replace", "open")}
    for fatal in range(1, 100):
        child = os.fork()
        if not child:
            left = fatal
            for name, act in acts.items():
                setattr(os, name, mortal(act))
            datasets.write("bank", "new", {"responses": table, "kano": table}, {"title": {}}, {})
            os._exit(0)
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        print(fatal, status, flush=True)
        sys.stdin.readline()  # until the reader has looked
        if status == 0:
            break
    """)


def state():
    """Which snapshot a reader finds, after checking that it is whole."""
    found = datasets.current("bank")
    for table, described in found.tables.items():
        assert pq.read_table(found.file(table)).num_rows == described["rows"] == {"old": 3, "new": 5000}[found.name]
    assert isinstance(found.codebook, dict)
    return found.name


def test_a_writer_killed_at_any_step_leaves_old_or_new(root):
    old = datasets.write("bank", "old", {"responses": answers([1, 2, 3])}, META, {})
    seen = []
    with run(MORTAL, root, stdin=subprocess.PIPE) as writer:
        for line in writer.stdout:
            status = int(line.split()[1])
            assert status in (0, 9), line
            seen.append(state())
            new = root / "bank" / "new"
            if new.exists():  # finished, whether or not it became current: never half
                datasets.use(datasets.Snapshot("bank", "new"))
                assert state() == "new"
            if status:
                datasets.use(old)
                shutil.rmtree(new, ignore_errors=True)
            writer.stdin.write("\n")
            writer.stdin.flush()
    assert status == 0 and len(seen) > 20
    assert set(seen) == {"old", "new"} and seen == sorted(seen, reverse=True)


def run(code, root, **pipes):
    return subprocess.Popen([sys.executable, "-c", code], cwd=Path(datasets.__file__).parents[1], text=True,
                            env=os.environ | {"MOMENTS_DATA": str(root)}, stdout=subprocess.PIPE, **pipes)


ENDLESS = textwrap.dedent("""
    import itertools, pyarrow as pa
    from moments import datasets

    table = pa.table({"recommend": pa.array([1] * 5000, pa.int8())})
    for n in itertools.count():
        print(n, flush=True)
        datasets.write("bank", f"new{n}", {"responses": table}, {"title": {}}, {})
    """)


@pytest.mark.parametrize("pause", [0.0, 0.004, 0.011])
def test_a_writer_killed_from_outside_leaves_one_that_is_whole(root, pause):
    with run(ENDLESS, root) as writer:
        for _ in range(3):
            writer.stdout.readline()
        time.sleep(pause)
        writer.send_signal(signal.SIGKILL)
    found = datasets.current("bank")
    assert pq.read_table(found.file("responses")).num_rows == found.tables["responses"]["rows"] == 5000


def test_the_module_is_light_to_import():
    code = "import sys; from moments import datasets, contracts; print(*sorted(sys.modules))"
    with run(code, "") as process:
        loaded = set(process.stdout.read().split())
    assert "moments.datasets" in loaded
    assert not loaded & {"pyarrow", "duckdb", "streamlit", "pandas", "numpy"}
