"""The rules of the house that a machine can hold (see README, "What each layer may do")."""

import ast
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FORBIDDEN = {
    "moments/metrics": {
        "streamlit", "plotly", "duckdb", "moments.warehouse", "moments.page", "moments.panel", "moments.charts",
    },  # fmt: skip
    "moments/charts": {
        "streamlit", "plotly", "duckdb", "moments.warehouse", "moments.page", "moments.panel", "moments.metrics",
    },  # fmt: skip
    "pages": {"duckdb", "plotly", "pandas", "streamlit"},
}
STATE_ROOMS = {"moments/filters.py", "moments/datasets.py"}
SQL_ROOMS = {"moments/warehouse.py", "moments/accelerator.py"}
COLOUR_ROOMS = {"moments/charts/theme.py"}
SQL = re.compile(r"\bselect\b.+\bfrom\b|\bcreate (table|view)\b|\binsert into\b", re.I | re.S)


def sources(*folders: str) -> list[Path]:
    return sorted(p for f in folders for p in (ROOT / f).rglob("*.py"))


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def imports(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {a.name for a in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module} | {f"{node.module}.{a.name}" for a in node.names}
    return found


@pytest.mark.parametrize("folder", FORBIDDEN)
def test_layers_import_only_what_they_may(folder):
    for path in sources(folder):
        seen = {i for i in imports(path) for f in FORBIDDEN[folder] if i == f or i.startswith(f + ".")}
        assert not seen, f"{name(path)} imports {seen}"


def test_only_the_warehouse_and_what_it_stands_on_talk_to_an_engine():
    for path in sources("moments", "pages"):
        if not name(path).startswith(("moments/warehouse", "moments/accelerator", "moments/imports")):
            assert "duckdb" not in imports(path), name(path)


def test_session_state_stays_in_its_rooms():
    for path in [*sources("moments", "pages"), ROOT / "app.py"]:
        if name(path) not in STATE_ROOMS and not name(path).startswith("moments/text/"):
            assert "session_state" not in path.read_text("utf-8"), name(path)


def strings(path: Path):
    """String constants that are not docstrings."""
    tree = ast.parse(path.read_text("utf-8"))
    docs = {
        id(n.body[0].value)
        for n in ast.walk(tree)
        if isinstance(n, ast.Module | ast.ClassDef | ast.FunctionDef) and n.body and isinstance(n.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs:
            yield node.lineno, node.value


def test_no_words_for_readers_in_python():
    """Chinese gives itself away; English prose in a call to Streamlit is what a linter can see."""
    for path in [*sources("moments", "pages"), ROOT / "app.py"]:
        assert not re.search(r"[\u4e00-\u9fff]", path.read_text("utf-8")), f"{name(path)} has Chinese words in it"
        if name(path).startswith(("pages", "moments/page.py", "moments/panel.py", "moments/charts")):
            for line, value in strings(path):
                assert not re.search(r"[a-z]{3,} [a-z]{2,} [a-z]{2,} [a-z]{2,}", value), f"{name(path)}:{line}: {value}"


def test_sql_only_in_queries_and_warehouse():
    for path in sources("moments", "pages"):
        if name(path) not in SQL_ROOMS:
            for line, value in strings(path):
                assert not SQL.search(value), f"{name(path)}:{line}"


def test_colours_only_in_the_theme():
    for path in [*sources("moments", "pages"), ROOT / "app.py"]:
        if name(path) not in COLOUR_ROOMS:
            for line, value in strings(path):
                assert not re.search(r"#[0-9a-fA-F]{6}\b|rgba?\(\d", value), f"{name(path)}:{line}: {value}"


def test_pages_stay_short():
    for path in sources("pages"):
        assert len(path.read_text("utf-8").splitlines()) <= 100, name(path)


def test_every_page_is_in_the_menu_and_has_its_texts():
    tree = ast.parse((ROOT / "app.py").read_text("utf-8"))
    assigned = {n.targets[0].id: n.value for n in tree.body if isinstance(n, ast.Assign)}
    menu = ast.literal_eval(assigned["MENU"])
    listed = [page for section in menu.values() for page in section]
    assert sorted(listed) == sorted(p.stem for p in sources("pages"))
    for page in listed:
        assert (ROOT / "moments" / "text" / f"{page}.toml").is_file(), page


def test_nothing_tells_of_this_machine_or_of_registries():
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout.decode()
    for file in filter(None, listed.split("\0")):
        path = ROOT / file
        if path.suffix in {".py", ".md", ".toml", ".sql", ".txt", ".sh", ""} and path.is_file():
            words = path.read_text("utf-8", errors="replace")
            assert not re.search(
                r"/(home|root|Users)/\w|/work/(main|shared)|pypi\.org|registry\.npmjs|deb\.debian", words
            ), file
