"""Killed, starved of room, or robbed of its files, a run leaves a whole report, and the next one goes on."""

from __future__ import annotations

import hashlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from analysis.run import work
from analysis.run.cli import main

PROJECT = Path(__file__).resolve().parents[2]
KILLS = {False: 3, True: 20}

posix = pytest.mark.skipif(sys.platform == "win32", reason="signals, mounts and limits of POSIX")


def a_project(folder: Path, *names: str) -> Path:
    """A project of its own with a small study and some notebooks."""
    shutil.copytree(PROJECT / "tests" / "data" / "small", folder / "data" / "raw" / "small")
    (folder / "notebooks").mkdir()
    for name in names:
        shutil.copy(PROJECT / "notebooks" / f"{name}.ipynb", folder / "notebooks")
    return folder


@pytest.fixture
def project(tmp_path) -> Path:
    return a_project(tmp_path / "project", "01_sample", "03_reliability")


@pytest.fixture(scope="module")
def first_report(tmp_path_factory) -> Path:
    """Folder of the report of a run that nothing disturbed."""
    folder = tmp_path_factory.mktemp("first")
    project = a_project(folder / "project", "01_sample", "03_reliability")
    assert finished(command(project, folder / "out"))[0] == 0
    return folder / "out"


def command(project: Path, out: Path, *options: str, lang: str = "en", before: str = "") -> subprocess.Popen[str]:
    """A run of the small study in a process of its own."""
    code = f"{before}\nfrom analysis.run.cli import main\nmain()"
    words = ["run", "small", "--lang", lang, "--out", str(out), *options]
    return subprocess.Popen(
        [sys.executable, "-c", code, *words], cwd=project, stderr=subprocess.PIPE, text=True, encoding="utf-8"
    )


def finished(process: subprocess.Popen[str]) -> tuple[int, str]:
    _, said = process.communicate(timeout=300)
    return process.returncode, said


def content(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def is_whole(report: Path) -> bool:
    """Whether a report is what its manifest says, file by file."""
    files = content(report)
    outputs = json.loads(files.pop("manifest.json"))["outputs"]
    return outputs == {name: hashlib.sha256(each).hexdigest() for name, each in files.items()}


def retitle(project: Path, title: str) -> None:
    """Change the page, so that the next report differs."""
    page = project / "data" / "raw" / "small" / "study.yml"
    text = page.read_text(encoding="utf-8").replace("  en: Factors of the work performance", f"  en: {title}")
    page.write_text(text, encoding="utf-8")


@posix
def test_a_run_killed_midway_is_gone_on_with_and_gives_the_same_bytes(project, tmp_path, first_report):
    out = tmp_path / "out"
    process = command(project, out, "--jobs", "1")
    for line in process.stderr:
        if "(1 of 2) done" in line:
            process.send_signal(signal.SIGKILL)
            break
    process.communicate()
    assert not (out / "small").exists()

    code, said = finished(command(project, out, "--jobs", "1"))
    assert code == 0
    assert "(1 of 2) kept" in said
    assert "(2 of 2) done" in said
    assert content(out) == content(first_report)


@posix
def test_kills_at_any_moment_leave_the_old_report_or_the_new_one(project, tmp_path, first_report, request):
    out, new = tmp_path / "out", tmp_path / "new"
    shutil.copytree(first_report, out)
    old = content(out / "small")
    retitle(project, "A new title")
    start = time.monotonic()
    assert finished(command(project, new, "--fresh"))[0] == 0
    seconds = time.monotonic() - start
    fresh = content(new / "small")
    assert fresh != old

    slow = bool(request.config.getoption("--slow"))
    chance = random.Random(20261125)
    for _ in range(KILLS[slow]):  # the reduced form takes the executions that are kept: most kills hit the writing
        process = command(project, out, *["--fresh"] * slow)
        time.sleep(chance.uniform(0.0, (1.1 if slow else 0.8) * seconds))
        process.send_signal(signal.SIGKILL)
        process.communicate()
        assert content(out / "small") in (old, fresh)
        assert is_whole(out / "small")
        shutil.rmtree(out / "small")
        shutil.copytree(first_report / "small", out / "small")

    assert finished(command(project, out))[0] == 0
    assert content(out) == content(new)  # the index too, and nothing is left beside


def limited(_request: pytest.FixtureRequest, folder: Path) -> str:
    return "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (30_000, 30_000))"


def mounted(request: pytest.FixtureRequest, folder: Path) -> str:
    """A disk that holds one report and hardly more."""
    size = sum(map(len, content(folder).values())) * 3 // 2
    saved = folder.with_name("saved")
    shutil.copytree(folder, saved)
    mount(request, folder, f"size={size}")
    shutil.copytree(saved, folder, dirs_exist_ok=True)
    return ""


def mount(request: pytest.FixtureRequest, folder: Path, options: str) -> None:
    call = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)]
    if shutil.which("mount") is None or subprocess.run(call, capture_output=True, check=False).returncode:
        pytest.skip("no right to mount a small disk")
    request.addfinalizer(lambda: subprocess.run(["umount", "-l", str(folder)], check=True))


@posix
@pytest.mark.parametrize(("starve", "lang", "words"), [(limited, "vi", "đã hết chỗ"), (mounted, "en", "no room left")])
def test_a_full_disk_is_told_and_the_earlier_report_is_whole(
    project, tmp_path, first_report, request, starve, lang, words
):
    out = tmp_path / "out"
    shutil.copytree(first_report, out)
    before = starve(request, out)
    old = content(out)
    retitle(project, "A new title")
    code, said = finished(command(project, out, lang=lang, before=before))
    assert code == 6
    assert words in said
    assert "Traceback" not in said
    assert content(out) == old


@posix
def test_a_folder_that_may_not_be_written_is_told_and_the_earlier_report_is_whole(
    project, tmp_path, first_report, request
):
    out = tmp_path / "out"
    shutil.copytree(first_report, out)
    if os.geteuid() == 0:  # permissions do not hold the superuser
        mount(request, out, "size=64m")
        shutil.copytree(first_report, out, dirs_exist_ok=True)
        subprocess.run(["mount", "-o", "remount,ro", str(out)], check=True)
    else:
        out.chmod(0o555)
        request.addfinalizer(lambda: out.chmod(0o755))
    old = content(out)
    for lang, words in (("vi", "Không có quyền ghi"), ("en", "may not be written to")):
        code, said = finished(command(project, out, lang=lang))
        assert code == 6
        assert words in said
        assert "Traceback" not in said
    assert content(out) == old


@pytest.fixture
def analysis(project, tmp_path, monkeypatch, capsys) -> Callable[..., tuple[int, str]]:
    """A run in this process, up to the moment when it would write its documents."""

    def call(at_the_end: Callable[[], object]) -> tuple[int, str]:
        monkeypatch.chdir(project)
        monkeypatch.setattr(work, "_execute", lambda *_: [])
        monkeypatch.setattr(work, "write_study", lambda *_: at_the_end())
        with pytest.raises(SystemExit) as done:
            main(["run", "small", "--lang", "en", "--out", str(tmp_path / "out"), "--engine", "plain"])
        return int(done.value.code or 0), capsys.readouterr().err

    return call


@pytest.mark.parametrize("name", ["responses.csv", "study.yml", "items.csv"])
def test_a_file_that_changes_during_the_run_is_an_error_of_integrity(analysis, project, tmp_path, name):
    path = project / "data" / "raw" / "small" / name

    def change() -> None:
        text = path.read_bytes()
        changed = text.replace("Đào tạo".encode(), "Đào  tạo".encode(), 1)
        path.write_bytes(changed if changed != text else text + b"\n")

    code, said = analysis(change)
    assert code == 4
    assert ("responses.csv" if name == "responses.csv" else "study.yml") in said
    assert not (tmp_path / "out" / "small").exists()


def test_a_file_that_goes_away_explains_the_failure_that_follows(analysis, project):
    def lose() -> None:
        (project / "data" / "raw" / "small" / "responses.csv").unlink()
        raise work.RunError(work.problem("run.nothing"))

    code, said = analysis(lose)
    assert code == 4
    assert "responses.csv" in said


def test_files_that_stay_are_no_error(analysis, tmp_path):
    def write() -> Iterator[None]:
        [partial] = (tmp_path / "out").glob(".small.partial-*")
        about = {"study": "small", "title": {"vi": "", "en": ""}, "simulated": True, "languages": ["en"], "outputs": {}}
        (partial / "manifest.json").write_text(json.dumps(about), encoding="utf-8")

    code, _ = analysis(write)
    assert code == 0
    assert (tmp_path / "out" / "small" / "manifest.json").exists()
