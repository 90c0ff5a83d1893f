"""Make the project's environment in `.venv`, then run a command inside it: `python3 bootstrap.py analysis run`."""

import hashlib
import importlib.util
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
VENV = HERE / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
LOCKS = {"base": [HERE / "requirements.lock"], "lab": [HERE / "requirements.lock", HERE / "requirements-lab.lock"]}

USAGE = """\
Cách dùng: python3 bootstrap.py LỆNH …   (Windows: py bootstrap.py LỆNH …)
Usage:     python3 bootstrap.py COMMAND …  (Windows: py bootstrap.py COMMAND …)

  analysis run    chạy toàn bộ phân tích · run the whole analysis
  analysis lab    mở các sổ tính toán trong JupyterLab · open the notebooks in JupyterLab
  pytest          kiểm thử dự án · test the project

Lần đầu cần mạng và vài phút để cài các gói. · The first time needs a network and some minutes to install packages."""
WRONG_PYTHON = """\
Dự án cần Python 3.11, 3.12, 3.13 hoặc 3.14; máy này đang dùng Python {0}. Hãy cài một trong các bản đó rồi chạy lại.
The project needs Python 3.11, 3.12, 3.13 or 3.14; this is Python {0}. Install one of these and try again."""
NO_VENV = """\
Python này thiếu mô-đun venv. Trên Debian/Ubuntu hãy chạy: sudo apt install python3-venv, rồi chạy lại.
This Python lacks the venv module. On Debian/Ubuntu run: sudo apt install python3-venv, and try again."""
INSTALLING = """\
Đang cài các gói vào {0} …
Installing the packages into {0} …"""
NOT_INSTALLED = """\
Không cài được các gói: nguyên nhân ở các dòng trên, thường là máy không có mạng. Hãy kiểm tra mạng rồi chạy lại.
The packages could not be installed: see the lines above; most often the network is missing. Check it and try again."""
IN_USE = """\
Không thay được thư mục .venv vì đang có chương trình dùng nó. Hãy đóng JupyterLab, gõ deactivate, rồi chạy lại.
The folder .venv is in use and cannot be replaced. Close JupyterLab, leave the environment (deactivate), try again."""
NO_COMMAND = """\
Không có lệnh "{0}" trong môi trường của dự án. Chạy python3 bootstrap.py để xem các lệnh.
There is no command "{0}" in the project's environment. Run python3 bootstrap.py to see the commands."""


def check_python(version=sys.version_info):
    if not (3, 11) <= tuple(version[:2]) < (3, 15):
        found = ".".join(str(part) for part in version[:3])
        sys.exit(WRONG_PYTHON.format(found))


def fingerprint(kind):
    """What an installation depends on: this Python in this folder (first line), the locks and the project's page."""
    place = [sys.version.encode(), str(HERE).encode()]
    files = [path.read_bytes() for path in [*LOCKS[kind], HERE / "pyproject.toml"]]
    return "\n".join(hashlib.sha256(b"\0".join(parts)).hexdigest() for parts in (place, files))


def working_uv():
    uv = shutil.which("uv")
    works = uv and subprocess.call([uv, "--version"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) == 0
    return uv if works else None


def make_venv(uv):
    """An empty `.venv`; what was there belongs to another Python or another folder, or is half made."""
    if not uv and not (importlib.util.find_spec("venv") and importlib.util.find_spec("ensurepip")):
        sys.exit(NO_VENV)
    try:
        if VENV.exists():
            shutil.rmtree(VENV)
    except OSError:
        sys.exit(IN_USE)
    base = getattr(sys, "_base_executable", None) or sys.executable
    if subprocess.call([uv, "venv", "--quiet", "--python", base, VENV] if uv else [base, "-m", "venv", VENV]):
        sys.exit(NOT_INSTALLED)


def install(kind):
    """Install what `kind` needs, unless the stamp, which is written last, says that it is there."""
    stamp, wanted = VENV / ("installed-" + kind), fingerprint(kind)
    found = stamp.read_text(encoding="utf-8") if stamp.exists() and PYTHON.exists() else ""
    if found == wanted:
        return
    print(INSTALLING.format(VENV), file=sys.stderr)
    uv = working_uv()
    if kind == "base" and found.split()[:1] != wanted.split()[:1]:
        make_venv(uv)
    pip = [uv, "pip", "install", "--python", PYTHON, "--compile-bytecode"] if uv else [PYTHON, "-m", "pip", "install"]
    locks = [word for lock in LOCKS[kind] for word in ("-r", lock)]
    for what in (["--require-hashes", *locks], ["--no-deps", "--no-build-isolation", "-e", HERE]):
        if subprocess.call([*pip, *what]):
            sys.exit(NOT_INSTALLED)
    stamp.write_text(wanted, encoding="utf-8")


def run(command):
    """Run the command inside `.venv`; its exit code becomes ours."""
    env = dict(os.environ, VIRTUAL_ENV=str(VENV), PATH=str(BIN) + os.pathsep + os.environ["PATH"], PYTHONUTF8="1")
    program = shutil.which(command[0], path=env["PATH"])
    if program is None:
        sys.exit(NO_COMMAND.format(command[0]))
    if os.name != "nt":
        os.execve(program, command, env)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the command, JupyterLab for one
    return subprocess.call([program, *command[1:]], env=env)


def main(command):
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    check_python()
    if not command or command[0] in ("-h", "--help"):
        print(USAGE)
        return 0 if command else 2
    install("base")
    if command[:2] == ["analysis", "lab"]:
        install("lab")
    return run(command)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
