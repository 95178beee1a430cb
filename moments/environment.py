"""Makes .venv hold what a requirements file names. Run by the system's own Python, before anything is installed.

    python -I moments/environment.py requirements.txt            make or mend it, and say what hinders
    .venv/bin/python -IS moments/environment.py --ready FILE     exit 0 if there is nothing to do

A stamp is written last, so that an installation that was interrupted is begun anew. Standard library only.
"""

import collections
import contextlib
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
HOME = ROOT / ".venv"
PYTHON = HOME / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
UNFINISHED = HOME / "unfinished"
PIP_OPTIONS = ["--disable-pip-version-check", "--no-input"]


def tell(key: str, **values) -> None:
    """Say a sentence of text/environment.toml in both languages: nobody has chosen one yet."""
    words = tomllib.loads((ROOT / "moments" / "text" / "environment.toml").read_text("utf-8"))[key]
    for sentence in words.values():
        print(sentence.format(**values), file=sys.stderr, flush=True)


def fingerprint(requirements: Path) -> str:
    """What an environment was made from: the files' text and this Python's version."""
    made_from = repr(sys.version_info[:2]) + "".join(f.read_text("utf-8") for f in included(requirements))
    return hashlib.sha256(made_from.encode()).hexdigest()


def included(requirements: Path) -> list[Path]:
    """The file and those that it names with -r."""
    lines = requirements.read_text("utf-8").splitlines()
    named = [(requirements.parent / line[3:].strip()).resolve() for line in lines if line.startswith("-r ")]
    return [requirements] + [f for file in named for f in included(file)]


def stamp(requirements: Path) -> Path:
    """The file in .venv that says for which state of the requirements it is complete."""
    return HOME / f"{requirements.name}.ready"


def ready(requirements: Path) -> bool:
    """Whether .venv is complete."""
    made = stamp(requirements)
    return made.is_file() and PYTHON.exists() and made.read_text("utf-8") == fingerprint(requirements)


def make(requirements: Path) -> None:
    """Create .venv if need be and install into it. Raises OSError, CalledProcessError, LookupError (no installer)."""
    uv = shutil.which("uv")
    if uv:
        create, installer = [uv, "venv", "--quiet", "--allow-existing", "--python", sys.executable], [uv, "pip"]
        options = ["--compile-bytecode", "--python", PYTHON]
    elif importlib.util.find_spec("pip"):  # can serve another environment, so Debian needs no python3-venv
        create = [sys.executable, "-m", "venv", "--without-pip"]
        installer, options = [sys.executable, "-m", "pip", "--python", PYTHON], PIP_OPTIONS
    elif importlib.util.find_spec("ensurepip"):
        create, installer, options = [sys.executable, "-m", "venv"], [PYTHON, "-m", "pip"], PIP_OPTIONS
    else:
        raise LookupError
    fresh = UNFINISHED.exists() or not usable()
    if fresh and HOME.exists():
        shutil.rmtree(HOME)
    HOME.mkdir(exist_ok=True)
    UNFINISHED.touch()
    for old in HOME.glob("*.ready"):
        old.unlink()
    tell("making")
    if fresh:
        run(*create, HOME)
    run(*installer, "install", *options, "-r", requirements)
    for file in included(requirements):
        stamp(file).write_text(fingerprint(file), "utf-8")
    UNFINISHED.unlink()


def usable() -> bool:
    """Whether the environment's Python runs and is this one."""
    code = f"import sys; sys.exit((sys.base_prefix, sys.version_info[:2]) != {(sys.base_prefix, sys.version_info[:2])})"
    return PYTHON.exists() and not subprocess.run([PYTHON, "-ISc", code], capture_output=True, check=False).returncode


def run(*command) -> None:
    """A command whose output is one line that changes; if it fails, its last lines. Raises CalledProcessError."""
    last = collections.deque(maxlen=20)
    pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    command = [str(part) for part in command]
    with subprocess.Popen(command, encoding="utf-8", errors="replace", **pipes) as job:
        for line in job.stdout:
            last.append(line)
            if sys.stderr.isatty():
                print(f"\r\033[K{line.strip():.78}", end="", file=sys.stderr, flush=True)
    if sys.stderr.isatty():
        print("\r\033[K", end="", file=sys.stderr, flush=True)
    if job.returncode:
        print(*last, sep="", file=sys.stderr, flush=True)
        raise subprocess.CalledProcessError(job.returncode, command)


@contextlib.contextmanager
def alone():
    """Hold the only right to change .venv: a second ./run waits for the first to finish."""
    with open(ROOT / ".venv.lock", "wb") as file:
        if os.name == "nt":
            import msvcrt

            msvcrt.locking(file.fileno(), msvcrt.LK_LOCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def main(*arguments: str) -> int:
    """0 when .venv is complete; 1 when it is not and cannot be made, with the next step said."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="replace")  # a console that cannot show Chinese still shows the English
    requirements = ROOT / arguments[-1]
    if ready(requirements):
        return 0
    if "--ready" in arguments:
        return 1
    try:
        with alone():
            if not ready(requirements):
                make(requirements)
                tell("made")
    except LookupError:
        tell("no_pip")
    except subprocess.CalledProcessError:
        tell("failed")
    except KeyboardInterrupt:
        tell("interrupted")
    except OSError as error:
        tell("not_writable", folder=ROOT, reason=error.strerror)
    else:
        return 0
    return 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
