"""Columns that hold personal data: found by their headers and by what stands in them, named without any value.

References
----------
Law 91/2025/QH15 on personal data protection and Decree 356/2025/NĐ-CP, articles 3-4 (basic and sensitive data).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime
from functools import cache
from importlib.resources import files
from typing import Any, Literal, TypeAlias, get_args

from ..errors import Caution, caution
from ..study import Study
from .columns import match_columns
from .read import RawTable
from .read.text_of import distinct
from .text import fold

Kind: TypeAlias = Literal["national_id", "phone", "email", "birth", "name", "address", "sensitive"]

KINDS: tuple[Kind, ...] = get_args(Kind)

#: Words of a header, folded, for each kind: whole words, not parts of words.
_HEADERS: Mapping[Kind, tuple[str, ...]] = {
    "national_id": (
        "cccd", "cmnd", "cmt", "cmtnd", "căn cước", "chứng minh nhân dân", "chứng minh thư", "số định danh",
        "mã định danh cá nhân", "hộ chiếu", "mã số thuế cá nhân", "số bảo hiểm xã hội", "số bhxh", "số thẻ bhyt",
        "identity card", "citizen id", "national id", "passport", "id card", "id number",
    ),
    "phone": ("điện thoại", "số đt", "sđt", "sdt", "di động", "zalo", "phone", "mobile", "telephone", "hotline"),
    "email": ("email", "e-mail", "mail", "gmail", "thư điện tử", "hộp thư"),
    "birth": (
        "ngày sinh", "năm sinh", "tháng sinh", "ngày tháng năm sinh", "ngày, tháng, năm sinh", "sinh ngày", "sinh năm",
        "ntns", "date of birth", "birth date", "birthdate", "birthday", "dob", "year of birth", "birth year",
    ),
    "name": (
        "họ tên", "họ và tên", "họ & tên", "tên đầy đủ", "họ, tên", "họ tên đệm", "tên anh/chị", "tên của anh/chị",
        "tên của bạn", "tên ông/bà", "tên người trả lời", "full name", "fullname", "your name", "respondent name",
        "name of respondent", "first name", "last name", "surname",
    ),
    "address": (
        "địa chỉ", "nơi ở", "nơi cư trú", "hộ khẩu", "thường trú", "tạm trú", "quê quán", "nguyên quán", "nơi sinh",
        "số nhà", "ip address", "home address", "postal address", "street address",
    ),
    "sensitive": (
        "dân tộc", "tôn giáo", "tín ngưỡng", "đảng viên", "vào đảng", "kết nạp đảng", "chính kiến",
        "tình trạng sức khỏe",
        "bệnh án", "tiền án", "tiền sự", "xu hướng tính dục", "thu nhập", "tài khoản ngân hàng", "số tài khoản",
        "ethnicity", "ethnic group", "religion", "religious", "party member", "party membership", "political",
        "health condition", "sexual orientation", "bank account",
    ),
}  # fmt: skip
_LIVES = re.compile(r"(?<!\w)(?:nhà|nơi ở|thường trú|tạm trú|cư trú|home|postal|street)(?!\w)")
_WHOLE_HEADERS: Mapping[str, Kind] = {"tên": "name", "name": "name", "họ": "name", "đt": "phone", "đảng": "sensitive"}
#: Columns that survey tools write: their numbers are those of responses.
_TOOLS = re.compile(
    r"(?:x?_)?(?:id|uuid|index|submission_id|parent_index|seed|response ?id|respondent ?id|collector ?id)"
)

_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_CARD = re.compile(r"(?<![\w.,+-])0\d{2}([ .-]?)\d{3}\1\d{3}\1\d{3}(?!\w|[.,-]\d)", re.ASCII)
_OLD_CARD = re.compile(r"(?:cmnd|cmt|cmtnd|chứng minh)\D{0,20}(?<!\d)\d{3}[ .]?\d{3}[ .]?\d{3}(?!\d)", re.IGNORECASE)
_NINE = re.compile(r"\d{3}([ .]?)\d{3}\1\d{3}", re.ASCII)
_CALL = re.compile(r"(?<![\w.,])(?:\(?\+84\)?|0084|84|0)[\d .\-]{8,16}(?![\w])", re.ASCII)
_PHONE = re.compile(r"(?:\+84|0084|84|0)0?[35789]\d{8}", re.ASCII)
_DECIMAL = re.compile(r"\d+\.\d+", re.ASCII)
_DATE = re.compile(
    r"(?:(?:ngày )?\d{1,2}[/.\-]\d{1,2}[/.\-]((?:19|20)\d{2})|((?:19|20)\d{2})[/.\-]\d{1,2}[/.\-]\d{1,2}"
    r"|ngày \d{1,2} tháng \d{1,2} năm ((?:19|20)\d{2}))(?:[ t]0{1,2}:00(?::00(?:\.0+)?)?)?"
)
_BORN = range(1920, 2010)  # years in which persons who answer may be born, and in which nobody answered by a form
_HALF = 0.5  # of the different values of a column, where one alone says nothing


def with_warnings(study: Study, table: RawTable) -> RawTable:
    """The table with a note for every column that holds personal data, whether the page uses it or not.

    Parameters
    ----------
    study : Study
        Columns of its items hold answers on a scale: they are not looked at.
    table : RawTable
        As read.
    """
    columns = match_columns(study, table).of
    items = {at for code, at in columns.items() if code in study.items}
    return replace(table, notes=(*table.notes, *warnings(table, items)))


def warnings(table: RawTable, known: Collection[int] = ()) -> Iterator[Caution]:
    """A caution for every column and kind of personal data.

    Parameters
    ----------
    table : RawTable
        As read.
    known : collection of int
        Columns that are not looked at.

    Yields
    ------
    Caution
        ``personal.name`` and so on, with the header; never with a value.
    """
    for at, header in enumerate(table.headers):
        values = () if at in known else distinct(table.cells[at]) - {None}
        if values:
            for kind in kinds_of(" ".join((header, *table.descriptions[at : at + 1])), values, plain=header):
                yield caution(f"personal.{kind}", column=header)


def kinds_of(header: str, values: Collection[Any], *, plain: str | None = None) -> tuple[Kind, ...]:
    """The kinds of personal data in a column.

    Parameters
    ----------
    header : str
        Its header, with the question's text where the file has one.
    values : collection
        The different values in it.
    plain : str, optional
        The header alone; columns that survey tools write are known by it.

    Returns
    -------
    tuple of str
        In the order of `KINDS`.

    Notes
    -----
    An identity card of twelve digits, a telephone number and an e-mail address are found in any one cell, also within
    other text. Nine digits, dates and names are found where they are at least half of the different values.

    Examples
    --------
    >>> kinds_of("Câu 1", ["0912 345 678"]), kinds_of("Họ và tên", ["x"]), kinds_of("Câu 2", ["Đồng ý", "0.912345678"])
    (('phone',), ('name',), ())
    """
    texts = [_text(value) for value in values]
    found: set[Kind] = set(_by_header(header, texts))
    if any(map(_EMAIL.search, texts)):
        found.add("email")
    if any(_CARD.search(text) or _OLD_CARD.search(text) for text in texts):
        found.add("national_id")
    if any(_calls(text) for text in texts):
        found.add("phone")
    if not _TOOLS.fullmatch(fold(header if plain is None else plain)):
        for kind, test in _MOSTLY.items():
            if sum(map(test, texts)) > _HALF * len(texts):
                found.add(kind)
    return tuple(kind for kind in KINDS if kind in found)


def _text(value: Any) -> str:
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, date):
        return value.isoformat()
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _by_header(header: str, texts: Collection[str]) -> Iterator[Kind]:
    folded = fold(header).strip(" .:;?!*()")
    capitals = sum(text.strip()[:1].isupper() or text.strip()[:1].isdecimal() for text in texts)
    if folded in _WHOLE_HEADERS and capitals > _HALF * len(texts):  # "name" is also what lists call their entries
        yield _WHOLE_HEADERS[folded]
    found = [kind for kind in KINDS if _words(kind).search(folded)]
    # "Địa chỉ email" asks for no place where somebody lives
    yield from (kind for kind in found if kind != "address" or "email" not in found or _LIVES.search(folded))


@cache
def _words(kind: Kind) -> re.Pattern[str]:
    return re.compile(r"(?<!\w)(?:" + "|".join(re.escape(fold(word)) for word in _HEADERS[kind]) + r")(?!\w)")


def _calls(text: str) -> bool:
    candidates = (found[0].strip(" .-") for found in _CALL.finditer(text))
    return any(_PHONE.fullmatch(re.sub(r"[ .()\-]", "", each)) for each in candidates if not _DECIMAL.fullmatch(each))


def _nine_digits(text: str) -> bool:
    """Nine digits (a card of the old kind, or a telephone number without its 0), or a new card without its 0."""
    return bool(_NINE.fullmatch(text.strip()) or re.fullmatch(r"[1-9]\d{10}", text.strip(), re.ASCII))


def _born(text: str) -> bool:
    found = _DATE.fullmatch(fold(text))
    return found is not None and int(next(filter(None, found.groups()))) in _BORN


def _name(text: str) -> bool:
    """A Vietnamese surname first, then one to five syllables, each with a capital; no name of a province."""
    syllables = text.strip().split()
    if not 2 <= len(syllables) <= 6 or not all(part[:1].isupper() and _LETTERS.fullmatch(part) for part in syllables):
        return False
    whole = fold(" ".join(syllables))
    form = _bare if whole.isascii() else fold  # typed without any marks, or with all of them
    return form(syllables[0]) in _listed("surnames", form) and form(whole) not in _listed("provinces", form)


_LETTERS = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*\.?")


def _bare(text: str) -> str:
    """Small letters without marks: names are often typed so."""
    apart = unicodedata.normalize("NFD", fold(text).replace("đ", "d"))
    return "".join(sign for sign in apart if not unicodedata.combining(sign))


@cache
def _listed(name: str, form: Callable[[str], str]) -> frozenset[str]:
    text = (files(__package__) / "lists" / f"{name}.txt").read_text(encoding="utf-8")
    return frozenset(form(line) for line in text.splitlines() if line)


_MOSTLY: Mapping[Kind, Callable[[str], bool]] = {"national_id": _nine_digits, "birth": _born, "name": _name}
