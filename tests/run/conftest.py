"""One run of the demo study, shared by the tests that read its report."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path

import pytest

from analysis.run.work import run


@pytest.fixture(scope="session")
def demo_report(tmp_path_factory) -> Path:
    """The report of the demo study in both languages."""
    [folder] = run("demo", out=tmp_path_factory.mktemp("reports"), cache=False)
    return folder


class Page(HTMLParser):
    """A page as tests read it: its elements, its numbers, its text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.numbers: dict[str, tuple[str, str]] = {}
        self.sources: list[str] = []
        self.text = ""
        self._open: str | None = None
        self._value = ""
        self._in_style = self._in_source = False
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        self.tags.append((tag, found))
        self._in_style = tag == "style"
        if tag == "data":
            self._open = found.get("id") or found["data-ref"]
            self._value = found["value"]
        if tag == "p" and found.get("class") == "source":
            self.sources.append("")
            self._in_source = True

    def handle_endtag(self, tag):
        self._in_style = False
        if tag == "p":
            self._in_source = False
        if tag == "data":
            self._open = None

    def handle_data(self, data):
        if self._in_style:
            return
        self.text += data
        if self._in_source:
            self.sources[-1] += data
        if self._open:
            self.numbers.setdefault(self._open, (self._value, data))


@pytest.fixture
def page():
    """Parser of a page."""

    def read(path: Path) -> Page:
        return Page(path.read_text(encoding="utf-8"))

    return read
