"""Portable files of SPSS: declared codes stay visible and are listed; a damaged file is refused."""

from __future__ import annotations

import contextlib
import hashlib
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.errors import DataError
from analysis.study import ResponsesFile
from analysis.survey.encodings import encodings
from analysis.survey.raw import RawFile
from analysis.survey.read import RawTable, read
from analysis.survey.read.por_dictionary import words_of

#: Written by PSPP 1.6.2 (day and time set back):
#: DATA LIST LIST /Q1 (F2.0) Q2 (F3.1) Q3 (F5.0) Q4 (F8.0) G (A4) N (A8) W (F5.0).
#: MISSING VALUES Q1 (98, 99) Q2 (-1) Q3 (LO THRU -7) Q4 (7000000) G ('kd') W (3 THRU 98, 0).
FILE = """\
ASCII SPSS PORT FILE                    ASCII SPSS PORT FILE                   \x20
ASCII SPSS PORT FILE                    ASCII SPSS PORT FILE                   \x20
ASCII SPSS PORT FILE                    0000000000000000000000000000000000000000
0000000000000000000000000123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrst
uvwxyz .<(+|&[]!$*);^-/|,%_>?`:$@'="000000~-0000123456789000-()0{}\\0000000000000
00000000000000000000000000000000000000000000000000000000SPSSPORTA8/202501016/000
0001E/GNU pspp 1.6.23J/x86_64-pc-linux-gnu47/5B/70/2/Q15/2/0/5/2/0/838/839/CE/I\x20
know the law70/2/Q25/4/1/5/4/1/8-1/C5/Hours70/2/Q35/5/0/5/5/0/9-7/C6/Change70/2/
Q45/8/0/5/8/0/88J7NA/74/1/G1/4/0/1/4/0/84/kd  C3/Sex78/1/N1/8/0/1/8/0/C4/Name70/
1/W5/5/0/5/5/0/B3/38/80/D1/2/Q14/1/H/Strongly disagree5/E/Strongly agree38/B/Do\x20
not know39/9/No answerD1/1/G3/4/kd  5/Other4/nam 4/Male4/nu  6/FemaleF1/2.F/-39/
3A/4/nu  8/Lan     0/5/9.F/3/8J7NA/4/nam 8/x       3/39/-1/4/2/4/kd  8/y       3
8/38/3/-7/1/4/nu  8/z       1/*.1/C/*.4/nam 8/        2/ZZZZZZZZZZZZZZZZZZZZZZZZ
"""
CELLS = [
    [1, 2.5, -99, 100, "nu", "Lan", 0],
    [5, 9.5, 3, 7000000, "nam", "x", 3],
    [99, -1, 4, 2, "kd", "y", 98],
    [98, 3, -7, 1, "nu", "z", 1],
    [None, 1, 12, None, "nam", None, 2],
]


def table(text: str) -> RawTable:
    return read_bytes(text.encode("latin-1"))


def read_bytes(content: bytes) -> RawTable:
    return read(RawFile("a.por", content, hashlib.sha256(content).hexdigest()), ResponsesFile("a.por"))


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("trimmed", [False, True])
def test_declared_codes_stay_visible_and_are_listed(end: str, trimmed: bool) -> None:
    lines = [line.rstrip() if trimmed else line for line in FILE.splitlines()]
    found = table(end.join(lines) + end)
    assert found.cells.to_numpy().tolist() == CELLS
    assert found.missing == {
        0: ((98, 98), (99, 99)),
        1: ((-1, -1),),
        2: ((-math.inf, -7),),
        3: ((7000000, 7000000),),
        4: (("kd", "kd"),),
        6: ((3, 98), (0, 0)),
    }
    assert found.labels[0] == {1: "Strongly disagree", 5: "Strongly agree", 98: "Do not know", 99: "No answer"}
    assert found.descriptions[:3] == ("I know the law", "Hours", "Change")


@pytest.mark.parametrize(
    ("record", "range_"),
    [
        ("A3A/", (100, math.inf)),  # 100 and more
        ("8.F/", (0.5, 0.5)),
        ("8-1A.F/", (-40.5, -40.5)),
        ("81+2/", (900, 900)),
        ("82.3-1/", (0.07, 0.07)),  # (2 + 3/30) / 30
        ("A A9E17IR6IG+6J/", (math.inf, math.inf)),  # the highest number, rounded up by the writer
    ],
)
def test_numbers_of_base_30(record: str, range_: tuple[float, float]) -> None:
    made = "".join(FILE.split("\n")).replace("88J7NA/", record)
    found = table("\n".join(made[at : at + 80].ljust(80, "Z") for at in range(0, len(made), 80)))
    assert list(found.missing[3][0]) == pytest.approx(list(range_))
    assert found.cells.to_numpy().tolist() == CELLS


@pytest.mark.parametrize("encoding", ["utf-8", "windows-1258", "tcvn3"])
def test_vietnamese_labels_and_texts_are_kept(encoding: str) -> None:
    """The reader of values gives a sign for every letter that is not ASCII."""
    table_of = encodings().get(encoding)
    made = "".join(FILE.split("\n")).encode("latin-1")
    words = {
        b"E/I know the law": "Tôi nắm vững pháp luật của Nhà nước",
        b"H/Strongly disagree": "Rất không đồng ý",
        b"E/Strongly agree": "Rất đồng ý",
        b"8/Lan     ": "Lương",
    }
    for old, new in words.items():
        content = table_of.encode(new) if table_of else new.encode()
        assert made.count(old) == 1
        made = made.replace(old, base_30(len(content)) + b"/" + content)
    found = read_bytes(b"\r\n".join(made[at : at + 80].ljust(80, b"Z") for at in range(0, len(made), 80)))
    assert found.descriptions[0] == "Tôi nắm vững pháp luật của Nhà nước"
    assert (found.labels[0][1], found.labels[0][5]) == ("Rất không đồng ý", "Rất đồng ý")
    assert found.cells[5].tolist()[:2] == ["Lương", "x"]


def base_30(number: int) -> bytes:
    digits = "0123456789ABCDEFGHIJKLMNOPQRST"
    return (digits[number // 30] + digits[number % 30] if number >= 30 else digits[number]).encode()


@given(st.integers(464, len(FILE) - 1), st.sampled_from("/0Z8ABDEF*. "))
def test_a_damaged_dictionary_is_refused_or_read(at: int, letter: str) -> None:
    """Never an error of another kind."""
    made = FILE[:at] + letter + FILE[at + 1 :]
    with contextlib.suppress(DataError):
        assert table(made).headers


@given(st.integers(464, len(FILE) - 1))
def test_half_a_file_has_no_dictionary(length: int) -> None:
    try:
        words_of(FILE[:length].encode("latin-1"))
    except ValueError:
        return
    assert FILE[:length].replace("\n", "").find("6/FemaleF") > 0
