"""A declared public file is brought, believed only with its sha256, and never put over another file."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from analysis.errors import DataError, IntegrityError
from analysis.survey import get, prepare

Survey = Callable[..., Path]


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        return


@pytest.fixture
def server(tmp_path: Path) -> Iterator[tuple[Path, str]]:
    folder = tmp_path / "public"
    folder.mkdir()
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder))) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield folder, f"http://127.0.0.1:{running.server_port}"
        running.shutdown()


def declared(survey: Survey, address: str, sha256: str) -> Path:
    source = f"sources: {{web: {{citation: A, download: '{address}', sha256: {sha256}}}}}\nresponses:"
    return survey((("responses:", source), ("id: Mã phiếu", "id: Mã phiếu, source: web")))


def test_a_declared_file_is_brought_once(survey: Survey, server: tuple[Path, str]) -> None:
    public, address = server
    answers = (survey() / "answers.csv").read_bytes()
    (public / "a.csv").write_bytes(answers)
    folder = declared(survey, f"{address}/a.csv", hashlib.sha256(answers).hexdigest())
    (folder / "answers.csv").unlink()
    assert get(folder) == folder / "answers.csv"
    assert (folder / "answers.csv").read_bytes() == answers
    assert len(prepare(folder)) == 4
    (public / "a.csv").unlink()
    assert get(folder) == folder / "answers.csv"  # nothing is asked of the network
    assert sorted(each.name for each in folder.iterdir()) == ["answers.csv", "items.csv", "study.yml"]


def test_another_file_is_not_believed(survey: Survey, server: tuple[Path, str]) -> None:
    public, address = server
    (public / "a.csv").write_bytes(b"something else")
    folder = declared(survey, f"{address}/a.csv", "0" * 64)
    mine = (folder / "answers.csv").read_bytes()
    with pytest.raises(IntegrityError) as caught:
        get(folder)
    assert caught.value.code == "data.sha256"
    assert (folder / "answers.csv").read_bytes() == mine  # a file that is there is never written over
    (folder / "answers.csv").unlink()
    with pytest.raises(IntegrityError) as caught:
        get(folder)
    assert caught.value.problems[0].get("found") == hashlib.sha256(b"something else").hexdigest()
    assert sorted(each.name for each in folder.iterdir()) == ["items.csv", "study.yml"]


def test_without_a_connection_the_address_is_named(survey: Survey, server: tuple[Path, str]) -> None:
    _, address = server
    for broken in (f"{address}/absent.csv", "http://127.0.0.1:9/a.csv"):
        folder = declared(survey, broken, "0" * 64)
        (folder / "answers.csv").unlink()
        with pytest.raises(DataError) as caught:
            get(folder)
        assert (caught.value.code, caught.value.problems[0].get("address")) == ("fetch.failed", broken)
        assert sorted(each.name for each in folder.iterdir()) == ["items.csv", "study.yml"]


def test_a_study_without_a_download_says_so(survey: Survey) -> None:
    with pytest.raises(DataError) as caught:
        get(survey())
    assert caught.value.code == "fetch.no_download"
