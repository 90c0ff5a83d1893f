"""An output folder belongs to one run at a time; a dead run holds nothing."""

from __future__ import annotations

import os
import platform
import subprocess
import sys

import pytest

from analysis.errors import RunError
from analysis.run.cli import main
from analysis.run.lock import NAME, locked


def test_the_second_is_told_who_holds_the_folder(tmp_path):
    with locked(tmp_path), pytest.raises(RunError) as caught, locked(tmp_path):
        pass
    [found] = caught.value.problems
    assert (found.code, found.get("folder")) == ("run.locked", tmp_path.name)
    if sys.platform != "win32":
        assert (found.get("process"), found.get("host")) == (str(os.getpid()), platform.node() or "?")


def test_nothing_is_left_and_the_folder_is_free_again(tmp_path):
    for _ in range(2):
        with locked(tmp_path):
            assert (tmp_path / NAME).exists()
        assert list(tmp_path.iterdir()) == []


def test_an_error_frees_the_folder(tmp_path):
    with pytest.raises(ZeroDivisionError), locked(tmp_path):
        1 / 0  # noqa: B018
    with locked(tmp_path):
        pass


def test_a_dead_process_holds_nothing(tmp_path):
    code = "import sys, pathlib\nfrom analysis.run.lock import locked\nheld = locked(pathlib.Path(sys.argv[1]))\n"
    code += "held.__enter__()\nprint('held', flush=True)\nsys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", code, tmp_path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(RunError), locked(tmp_path):
            pass
        holder.kill()
        holder.wait()
        assert (tmp_path / NAME).exists()
        with locked(tmp_path):
            pass


@pytest.mark.parametrize(("lang", "words"), [("vi", "Một lượt chạy khác"), ("en", "Another run (process")])
def test_a_second_run_is_refused_with_exit_code_6_in_the_language_asked_for(tmp_path, capsys, lang, words):
    with locked(tmp_path), pytest.raises(SystemExit) as done:
        main(["run", "demo", "--lang", lang, "--out", str(tmp_path)])
    assert done.value.code == 6
    assert words in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
