"""./run and what it stands on: from any folder, with spaces in the path, and plain words when something hinders."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from serving import ROOT, figures, serve

# pip and uv look at no index: nothing can be fetched, as on a machine without a network
OFFLINE = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": "", "UV_NO_INDEX": "1", "UV_OFFLINE": "1"}


def sh(*command, cwd: Path, other: dict | None = None, **environment: str) -> subprocess.CompletedProcess:
    """Run a command to its end, as `other` user if given; what it says on both streams is in `stdout`."""
    return subprocess.run(
        [str(part) for part in command], cwd=cwd, env={**os.environ, **environment}, timeout=120, check=False,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, encoding="utf-8",
        **(other or {}),
    )  # fmt: skip


def copy(folder: Path, *names: str) -> Path:
    """The named parts of the project in another folder."""
    for name in names:
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        (shutil.copytree if (ROOT / name).is_dir() else shutil.copy)(ROOT / name, target)
    return folder


@pytest.fixture
def bare(tmp_path):
    """What is needed to make an environment, with nothing to install, in a path with spaces and Chinese."""
    folder = copy(tmp_path / "a folder 文件夹", "moments/environment.py", "moments/environment.sh",
                  "moments/text/environment.toml")  # fmt: skip
    (folder / "requirements.txt").write_text("# nothing\n")
    return folder


def set_up(folder: Path, **environment: str) -> subprocess.CompletedProcess:
    return sh("/bin/sh", "moments/environment.sh", "requirements.txt", cwd=folder, **{**OFFLINE, **environment})


def test_run_from_elsewhere_with_spaces_in_the_path(few, data_root, tmp_path):
    assert (ROOT / ".venv" / "requirements.txt.ready").is_file(), "the environment that ./test makes"
    folder = copy(tmp_path / "a folder 文件夹", "run", "app.py", "moments", "pages", "queries", ".streamlit",
                  "requirements.txt", "data/contracts")  # fmt: skip
    (folder / ".venv").symlink_to(ROOT / ".venv")
    (tmp_path / "shortcut").symlink_to(folder / "run")
    # only this dataset: a reader who names none starts with the first, and what others wrote comes before it
    shutil.copytree(data_root / "few", tmp_path / "data" / "few")
    command = [str(tmp_path / "shortcut"), "--port", "{port}"]
    with serve(tmp_path / "data", tmp_path / "log", tmp_path, command) as served:
        assert served.get("/healthz").status == 200
        assert figures(served.read(page="nps"))
    said = served.log.read_text("utf-8")
    assert f"正在启动：{served.url}" in said and f"is starting: {served.url}" in said
    assert "install" not in said.lower()


def test_a_taken_port_is_said_with_the_next_step():
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        result = sh(sys.executable, "-m", "moments.server", "--port", port, cwd=ROOT)
    assert result.returncode == 1
    assert f"端口 {port} 已被占用" in result.stdout and f"./run --port {port + 1}" in result.stdout
    assert "Traceback" not in result.stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [(("--port", "70000"), "no port 70000"), (("--address", "203.0.113.7"), "no address 203.0.113.7"),
     (("--address", "not a name"), "no address not a name")],
)  # fmt: skip
def test_an_impossible_place_is_said(arguments, words):
    result = sh(sys.executable, "-m", "moments.server", *arguments, cwd=ROOT)
    assert result.returncode == 1 and words in result.stdout and "Traceback" not in result.stdout


@pytest.mark.slow
def test_environment_is_made_once_and_again_when_the_requirements_change(bare):
    first = set_up(bare)
    assert first.returncode == 0 and "安装完成" in first.stdout and "Installed." in first.stdout
    python = bare / ".venv" / "bin" / "python"
    assert sh(python, "-c", "import sys; print(sys.prefix)", cwd=bare).stdout.strip() == str(bare / ".venv")
    again = sh("/bin/sh", "moments/environment.sh", "requirements.txt", cwd=bare, PATH="")  # nothing but what it made
    assert again.returncode == 0 and again.stdout == ""
    (bare / "requirements.txt").write_text("# nothing else\n")
    assert "Installed." in set_up(bare).stdout


@pytest.mark.slow
def test_an_installation_that_fails_says_so_and_is_begun_anew(bare):
    (bare / "requirements.txt").write_text("moments-no-such-package==1\n")
    failed = set_up(bare)
    assert failed.returncode == 1
    assert "没有网络" in failed.stdout and "no network" in failed.stdout and "moments-no-such-package" in failed.stdout
    assert (bare / ".venv" / "unfinished").exists()
    (bare / ".venv" / "half a file").touch()
    (bare / "requirements.txt").write_text("# nothing\n")
    assert set_up(bare).returncode == 0
    assert not (bare / ".venv" / "half a file").exists() and not (bare / ".venv" / "unfinished").exists()


@pytest.mark.slow
def test_a_python_built_with_optimizations_is_taken_before_one_that_stands_first(bare, tmp_path):
    def python(folder: str, optimized: bool) -> str:
        program = tmp_path / folder / "python3"
        program.parent.mkdir()
        answer = f'case "$2" in *CONFIG_ARGS*) exit {int(not optimized)};; esac'
        program.write_text(f'#!/bin/sh\n{answer}\necho {folder} >>"{tmp_path}/asked"\nexec "{sys.executable}" "$@"\n')
        program.chmod(0o755)
        return str(program.parent)

    plain, swift = python("plain", optimized=False), python("swift", optimized=True)
    asked = tmp_path / "asked"
    assert set_up(bare, PATH=os.pathsep.join([plain, swift, os.defpath])).returncode == 0
    assert asked.read_text("utf-8").split()[-1] == "swift"
    asked.unlink()
    (bare / "requirements.txt").write_text("# nothing else\n")
    assert set_up(bare, PATH=os.pathsep.join([plain, "/no such folder"])).returncode == 0
    assert set(asked.read_text("utf-8").split()) == {"plain"}


def test_a_read_only_folder_is_said(bare):
    # not below pytest's own folders: root may write anywhere, and nobody else may enter those
    with tempfile.TemporaryDirectory() as place:
        folder = Path(shutil.copytree(bare, Path(place) / "read only"))
        for path in (Path(place), folder, *folder.rglob("*")):
            path.chmod(0o555)
        public = os.pathsep.join(p for p in os.environ["PATH"].split(os.pathsep) if not p.startswith(str(Path.home())))
        other = {"user": "nobody", "group": "nogroup", "extra_groups": []} if os.getuid() == 0 else {}
        result = sh("sh", "moments/environment.sh", "requirements.txt", cwd=folder, other=other, PATH=public, **OFFLINE)
        for path in (Path(place), folder, *folder.rglob("*")):
            path.chmod(0o755)
    assert result.returncode == 1
    assert "无法写入文件夹" in result.stdout and "cannot be written to" in result.stdout
    assert "read only" in result.stdout and "Traceback" not in result.stdout


@pytest.mark.parametrize("python", ["missing", "too old"])
def test_a_python_that_will_not_do_is_said(bare, tmp_path, python):
    programs = tmp_path / "programs"
    programs.mkdir()
    if python == "too old":
        (programs / "python3").write_text("#!/bin/sh\nexit 1\n")  # what the question for the version ends with
        (programs / "python3").chmod(0o755)
    result = sh("/bin/sh", "moments/environment.sh", "requirements.txt", cwd=bare, PATH=str(programs))
    assert result.returncode == 1
    assert "需要 Python 3.11" in result.stdout and "Python 3.11 to 3.14 is needed" in result.stdout


def test_scripts_can_be_run_and_keep_their_line_ends():
    for name in ("run", "test", ".ci/run"):
        assert os.access(ROOT / name, os.X_OK) and b"\r" not in (ROOT / name).read_bytes()
        assert sh("sh", "-n", ROOT / name, cwd=ROOT).stdout == ""
    batch = (ROOT / "run.bat").read_bytes()
    assert batch.count(b"\n") == batch.count(b"\r\n")
