"""Encodings older than Unicode: tables, the language of words, and that what is unclear is asked for."""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.errors import DataError
from analysis.report.words import sentence
from analysis.study import ResponsesFile
from analysis.study.consistency import OLD_ENCODINGS
from analysis.survey import CleaningLog, prepare
from analysis.survey.encodings import UNKNOWN, encodings
from analysis.survey.encodings.cells import TWICE, UNICODE, weigh_texts
from analysis.survey.encodings.choice import canonical, choose
from analysis.survey.encodings.language import evidence, syllable
from analysis.survey.raw import RawFile
from analysis.survey.read import RawTable, read

Survey = Callable[..., Path]

VALUES = json.loads((Path(__file__).parents[1] / "reference" / "encodings" / "values.json").read_text(encoding="utf-8"))
SMALL = "aàáảãạăằắẳẵặâầấẩẫậbcdđeèéẻẽẹêềếểễệghiìíỉĩịklmnoòóỏõọôồốổỗộơờớởỡợpqrstuùúủũụưừứửữựvxyỳýỷỹỵ 0123456789,;\n"
LETTERS = {"windows-1258": SMALL + SMALL.upper(), "vni": SMALL + SMALL.upper(), "tcvn3": SMALL + "ĂÂÊÔƠƯĐ"}
SENTENCE = "Anh chị có hài lòng với chính sách đào tạo, bồi dưỡng của đơn vị không?"


def table(content: bytes, name: str = "a.csv", **options: str) -> RawTable:
    return read(RawFile(name, content, hashlib.sha256(content).hexdigest()), ResponsesFile(name, **options))


@pytest.mark.parametrize("name", sorted(LETTERS))
@given(data=st.data())
def test_text_survives_the_way_there_and_back(name: str, data: st.DataObject) -> None:
    text = data.draw(st.text(st.sampled_from(LETTERS[name]), max_size=60))
    assert encodings()[name].decode(encodings()[name].encode(text)) == text
    assert encodings()[name].encode(unicodedata.normalize("NFD", text)) == encodings()[name].encode(text)


@pytest.mark.parametrize("name", sorted(VALUES["bytes"]))
def test_tables_agree_with_iconv(name: str) -> None:
    """`make.sh` writes what glibc's iconv reads for each byte; bytes that it does not know say nothing here."""
    ours = encodings()[name]
    first = 0xA0 if name == "tcvn3" else 0x80  # below, its fonts keep Western signs
    known = {int(code, 16): text for code, text in VALUES["bytes"][name].items() if int(code, 16) >= first}
    assert len(known) > 90
    for code, text in known.items():
        found = ours.decode(bytes([code]))
        assert found in (unicodedata.normalize("NFC", text), UNKNOWN), hex(code)
    unknown = [text for code, text in known.items() if UNKNOWN in ours.decode(bytes([code]))]
    assert all(text.isupper() or unicodedata.combining(text) for text in unknown)  # what the standard has besides


def test_a_page_may_name_every_table() -> None:
    assert {canonical(name) for name in OLD_ENCODINGS} == set(encodings()) - {"windows-1258"}


@pytest.mark.parametrize(
    "word", ["trường", "nghiệp", "quyết", "Nguyễn", "ƯỚC", "gì", "giữa", "khuỷu", "ngoằn", "quốc", "kỹ", "ý", "yếu"]
)
def test_syllables(word: str) -> None:
    assert syllable(word)
    assert syllable(unicodedata.normalize("NFD", word))


@pytest.mark.parametrize(
    "word", ["tr×nh", "trưòừng", "cềt", "nghiêp", "kà", "ngế", "ghả", "việtt", "đồNg", "Bürger", "Săo", "õngk"]
)
def test_what_is_no_syllable(word: str) -> None:
    assert not syllable(word)


@pytest.mark.parametrize("name", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", *sorted(LETTERS)])
def test_a_vietnamese_file_is_read_in_whatever_it_comes(name: str) -> None:
    text = f"Mã;Câu\n1;{SENTENCE}\n2;Rất đồng ý\n"
    content = encodings()[name].encode(text) if name in encodings() else text.encode(name)
    found = table(content)
    assert found.cells[1].tolist() == [SENTENCE, "Rất đồng ý"]
    if name in encodings():
        [note] = found.notes
        assert (note.code, note.get("encoding")) == ("read.encoding", name)
        assert isinstance(note.get("score"), float)
        assert len(note.get("others")) == 4  # type: ignore[arg-type]
    assert table(content, encoding=name).cells.equals(found.cells)


@pytest.mark.parametrize(
    "text", ["Bürger, Behörde, Größe", "São Paulo, não, opção", "Año, Español", "lunedì però", "“quoted” café – naïve"]
)
def test_western_text_is_not_taken_for_vietnamese(text: str) -> None:
    content = f"a;b\n1;{text}\n".encode("windows-1252")
    assert choose(content).encoding == "windows-1252"
    assert table(content).cells[1].tolist() == [text]


def test_what_fits_two_encodings_is_asked_for() -> None:
    """The byte E9 is é in Western code pages and ộ in TCVN3; né and nộ are both words."""
    content = "a,b\n1,né\n".encode("windows-1252")
    with pytest.raises(DataError) as caught:
        table(content)
    found = caught.value.problems[0]
    assert (found.code, found.place.line) == ("data.encoding_unclear", 2)
    assert "windows-1252" in sentence(found, "vi")
    assert table(content, encoding="tcvn3").cells[1].tolist() == ["nộ"]
    assert table(content, encoding="windows-1252").cells[1].tolist() == ["né"]


def test_a_byte_without_a_meaning_is_named_by_its_line() -> None:
    for name, content in (("tcvn3", b"a,b\n1,\xb5\n2,\xf0\n"), ("vni", b"a,b\n1,a\xf8\n2,b\xf8\n")):
        with pytest.raises(DataError) as caught:
            table(content, encoding=name)
        assert (caught.value.code, caught.value.problems[0].place.line) == ("data.not_decodable", 3)


@pytest.mark.parametrize("kind", ["tcvn3", "vni", TWICE])
def test_a_column_typed_in_an_old_encoding_is_converted(kind: str) -> None:
    """The file is valid UTF-8; what it says was typed for a .VnTime or VNI font, or was read wrongly once before."""
    raw = SENTENCE.encode() if kind == TWICE else encodings()[kind].encode(SENTENCE)
    typed = "".join(bytes([byte]).decode("windows-1252", errors="replace") for byte in raw)
    typed = "".join(chr(byte) if sign == "\ufffd" else sign for byte, sign in zip(raw, typed, strict=True))
    found = table(f"Tỉnh;Trả lời;Số\nThái Nguyên;{typed};1\nHà Nội;x;2\n".encode())
    assert found.cells[1].tolist() == [SENTENCE, "x"]
    assert found.cells[0].tolist() == ["Thái Nguyên", "Hà Nội"]
    [note] = found.notes
    assert (note.code, note.get("column"), note.get("encoding")) == ("read.converted", "Trả lời", kind)
    for lang in ("vi", "en"):
        assert "{" not in sentence(note, lang)


def test_unicode_stays_as_it_is() -> None:
    for text in (SENTENCE, "có là và", "né", "ذكر", "naïve café", "Đắk Lắk"):
        assert weigh_texts([text]).kind == UNICODE
        assert weigh_texts([text]).clear


def test_fonts_are_evidence() -> None:
    typed = "cã"  # có for a .VnTime font, and an unlikely word as it stands
    assert weigh_texts([typed, "lµ", "®·"], (".VnTime",)).kind == "tcvn3"
    assert weigh_texts([typed], (".VnTime",)).scores["tcvn3"] > weigh_texts([typed]).scores["tcvn3"]


def test_evidence_of_a_word() -> None:
    assert evidence("đồng") > evidence("café") > evidence("Săo") > evidence("ca\x8c")


def test_the_log_keeps_what_was_found(survey: Survey) -> None:
    folder = survey()
    answers = (folder / "answers.csv").read_text(encoding="utf-8")
    plain = prepare(folder)
    (folder / "answers.csv").write_bytes(encodings()["windows-1258"].encode(answers))
    first = prepare(folder)
    assert first.frame.equals(plain.frame)
    assert [note.code for note in first.log.reading] == ["read.encoding"]
    assert prepare(folder).log == first.log  # from the cache
    assert CleaningLog.from_json(first.log.to_json()) == first.log


def test_the_decimal_sign_is_found_in_the_cells() -> None:
    assert table(b"a;b\n1,5;x\n2;y\n").decimal == ","
    assert table(b"a;b\n1.5;x\n2;y\n").decimal is None
    assert table(b"a;b\n1,234;x\n2;y\n").decimal is None
    assert table(b"a;b\n1,5;1.5\n2,5;2.5\n").decimal is None
    assert table(b"a,b;c\n1,5;2\n3,5;4\n2,5;1\n").headers == ("a,b", "c")


def test_single_quotes_are_seen() -> None:
    assert table(b"'a','b'\n'1,2','x'\n").cells.to_numpy().tolist() == [["1,2", "x"]]


def test_a_western_export_is_not_read_as_vietnamese(shared_dir: Path) -> None:
    content = (shared_dir / "data" / "exports_messy" / "surveymonkey_StarWars.csv").read_bytes()
    assert choose(content).encoding == "windows-1252"  # what Latin-1 is called where 8C is a letter
