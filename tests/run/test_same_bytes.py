"""A second run elsewhere gives the same bytes: another folder, time zone, hash seed, locale and number of threads."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
HERE = {"TZ": "Asia/Ho_Chi_Minh", "PYTHONHASHSEED": "1", "LC_ALL": "C.UTF-8", "OMP_NUM_THREADS": "1"}
THERE = {"TZ": "America/New_York", "PYTHONHASHSEED": "2", "LC_ALL": "vi_VN.UTF-8", "OMP_NUM_THREADS": "2"}


def start(folder: Path, environment: dict[str, str]) -> subprocess.Popen[bytes]:
    shutil.copytree(PROJECT / "tests" / "data" / "small", folder / "raw" / "small")
    command = [sys.executable, "-c", "from analysis.run.cli import main; main()", "run", str(folder / "raw" / "small")]
    options = ["--out", str(folder / "reports"), "--lang", "vi", "--jobs", "1"]
    return subprocess.Popen(
        [*command, *options], cwd=PROJECT, env={**os.environ, **environment}, stdout=subprocess.DEVNULL
    )


def files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for part in ("reports", "processed")
        for path in sorted((folder / part).rglob("*"))
        if path.is_file() and path.parent.name != "executed"  # kept for the next run, under the folder's own hash
    }


def test_two_runs_in_different_surroundings_give_the_same_bytes(tmp_path):
    runs = {name: start(tmp_path / name, env) for name, env in (("one", HERE), ("another folder", THERE))}
    assert [run.wait(timeout=900) for run in runs.values()] == [0, 0]
    one, other = (files(tmp_path / name) for name in runs)
    assert one.keys() == other.keys()
    suffixes = {Path(name).suffix for name in one}
    assert {".html", ".pdf", ".docx", ".xlsx", ".svg", ".png", ".parquet", ".json", ".ipynb"} <= suffixes
    assert [name for name in one if one[name] != other[name]] == []
