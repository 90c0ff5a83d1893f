"""What the public gets: k and l counted again from the file itself, nothing that points to a person, and the price."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from analysis.errors import DataError, StudyError
from analysis.report.export import exported
from analysis.report.export.loss import loss_files
from analysis.report.export.public import Public, public
from analysis.study import Release, Study, Variable, Words, load_study
from analysis.study.page import Group
from analysis.survey import Responses, prepare

KEY = bytes(range(100, 132))
PAGE = """\
study: open
title: {vi: Nghiên cứu mở, en: Open study}
simulated: true
responses: {file: answers.csv, id: Căn cước}
scales: {agree5: {dictionary: agree5}}
constructs:
  A: {role: factor, scale: agree5, name: {vi: Đào tạo, en: Training}}
  Y: {role: outcome, scale: agree5, name: {vi: Kết quả, en: Results}}
variables:
  sex: {name: {vi: Giới tính, en: Gender}, kind: category, levels: {f: {vi: Nữ, en: F}, m: {vi: Nam, en: M}}}
  age: {name: {vi: Tuổi, en: Age}, kind: number, release: {bands: [30, 40, 50]}}
  years: {name: {vi: Thâm niên, en: Tenure}, kind: number}
  post:
    name: {vi: Chức vụ, en: Post}
    kind: category
    levels: {chair: {vi: Chủ tịch, en: Chair}, vice: {vi: Phó, en: Vice}, clerk: {vi: Công chức, en: Clerk}}
    release: {groups: {head: {label: {vi: Lãnh đạo, en: Head}, levels: [chair, vice]}}}
  party:
    name: {vi: Đảng viên, en: Party member}
    kind: category
    levels: {1: {vi: Có, en: "Yes"}, 0: {vi: Không, en: "No"}}
    release: {role: sensitive}
  name:
    name: {vi: Họ tên, en: Name}
    kind: category
    levels: {x: {vi: x, en: x}, z: {vi: z, en: z}}
    release: {role: direct}
"""
ITEMS = ("A1", "A2", "A3", "Y1", "Y2")


def write(folder: Path, n: int, page: str = PAGE) -> Path:
    """A simulated file with small groups, groups that answer alike, and free text."""
    rng = np.random.default_rng(20260105)
    folder.mkdir(parents=True)
    (folder / "study.yml").write_text(page, encoding="utf-8")
    items = "".join(f"{code},{code[0]},,Câu {code}.,Question {code}.\n" for code in ITEMS)
    (folder / "items.csv").write_text("code,construct,reverse,text_vi,text_en\n" + items, encoding="utf-8")
    out = io.StringIO(newline="")
    lines = csv.writer(out, lineterminator="\n")
    lines.writerow(["Căn cước", "sex", "age", "years", "post", "party", "name", *ITEMS, "Ý kiến khác"])
    for at in range(n):
        head = rng.random() < 0.15
        answers = [5] * 5 if head and rng.random() < 0.9 else rng.integers(1, 6, 5).tolist()
        lines.writerow(
            [f"0010990{at:05d}", rng.choice(["f", "m", ""]), rng.integers(20, 61), rng.integers(0, 40),
             rng.choice(["chair", "vice"]) if head else "clerk", "1" if head else rng.choice(["0", "1"]), "x",
             *answers, f"bí mật {at}"]
        )  # fmt: skip
    (folder / "answers.csv").write_text(out.getvalue(), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def responses(tmp_path_factory: pytest.TempPathFactory) -> Responses:
    return prepare(write(tmp_path_factory.mktemp("open") / "open", 300), cache=False)


@pytest.fixture(scope="module")
def found(responses: Responses) -> Public:
    return public(responses, KEY)


def rows(files: dict[str, bytes]) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(files["open.csv"].decode(), newline="")))


def weakest(table: list[dict[str, str]], known: tuple[str, ...], private: tuple[str, ...]) -> tuple[int, int]:
    """Least number of rows alike, and least number of different answers of rows alike, pair by pair."""
    k, different = len(table), len(table)
    for row in table:
        like = [other for other in table if all(other[name] == row[name] for name in known)]
        k = min(k, len(like))
        for name in private:
            answers = {other[name] for other in like if other[name] != ""}
            different = min(different, len(answers)) if answers else different
    return k, different


def test_the_file_itself_shows_k_and_l(found: Public) -> None:
    table = rows(dict(exported(found.data)))
    assert len(table) > 250
    known, private = ("sex", "age", "post"), ("party", *ITEMS, "A", "Y")
    k, different = weakest(table, known, private)
    assert k >= 5
    assert different >= 2


def test_without_protection_the_same_count_finds_small_groups(responses: Responses) -> None:
    from analysis.report.export import dataset

    files = dict(exported(replace(dataset(responses), id="open")))
    k, different = weakest(rows(files), ("sex", "age", "post"), ("party", *ITEMS))
    assert k < 5
    assert different < 2


def test_nothing_points_to_a_person(responses: Responses, found: Public) -> None:
    files = {**dict(exported(found.data)), **dict(loss_files(found))}
    names = [field.name for field in found.data.fields]
    assert names == ["id", *ITEMS, "sex", "age", "post", "party", "A", "Y"]
    text = b"\n".join(files.values()).decode(errors="ignore")
    assert "bí mật" not in text
    assert "0010990" not in text
    assert "years" not in [field.name for field in found.data.fields]
    assert found.loss.left_out == ("years", "name")


def test_ids_are_keyed_and_the_order_says_nothing(responses: Responses, found: Public) -> None:
    import hashlib
    import hmac

    ids = found.data.columns["id"]
    own = [
        hmac.new(KEY, f"id\0{'0010990'}{row - 1:05d}".encode(), hashlib.sha256).hexdigest() for row in responses.rows
    ]
    assert len(set(ids)) == len(ids) == found.data.n
    assert set(ids) <= set(own)
    places = [own.index(each) for each in ids]
    assert abs(np.corrcoef(places, range(len(places)))[0, 1]) < 0.2
    assert ids != sorted(ids)
    again = public(responses, KEY)
    assert again.data.columns == found.data.columns
    other = public(responses, bytes(32)).data.columns["id"]
    assert not set(other) & set(ids)


def test_answers_that_are_shown_are_those_of_the_person(responses: Responses, found: Public) -> None:
    import hashlib
    import hmac

    frame = responses.frame
    place = {
        hmac.new(KEY, f"id\0{'0010990'}{row - 1:05d}".encode(), hashlib.sha256).hexdigest(): at
        for at, row in enumerate(responses.rows)
    }
    for name in ITEMS:
        for person, value in zip(found.data.columns["id"], found.data.columns[name], strict=True):
            assert value is None or value == frame[name].iloc[place[person]]
    for person, band in zip(found.data.columns["id"], found.data.columns["age"], strict=True):
        age = frame["age"].iloc[place[person]]
        assert band is None or int(band) == 1 + (age >= 30) + (age >= 40) + (age >= 50)


def test_levels_have_words_in_both_languages(found: Public) -> None:
    fields = {field.name: field for field in found.data.fields}
    assert [(each.code, each.label.vi, each.label.en) for each in fields["age"].levels] == [
        ("1", "Dưới 30", "Under 30"),
        ("2", "Từ 30 đến dưới 40", "30 to under 40"),
        ("3", "Từ 40 đến dưới 50", "40 to under 50"),
        ("4", "Từ 50 trở lên", "50 and over"),
    ]
    assert [(each.code, each.label.vi) for each in fields["post"].levels] == [
        ("head", "Lãnh đạo"),
        ("clerk", "Công chức"),
    ]


def test_the_file_says_that_it_is_personal_and_what_it_cost(found: Public) -> None:
    files = {**dict(exported(found.data)), **dict(loss_files(found))}
    assert json.loads(files["datapackage.json"])["personalData"] is True
    for name, words in (("codebook.html", "vẫn là dữ liệu cá nhân"), ("codebook.en.html", "still personal data")):
        assert words in files[name].decode()
        assert words in files[name.replace("codebook", "information_loss")].decode()
    loss = json.loads(files["information_loss.json"])
    assert (loss["k"], loss["different"], loss["received"]) == (5, 2, 300)
    lost = {each["name"]: each["suppressed"] for each in loss["costs"]}
    assert lost["sex"] + lost["age"] + lost["post"] > 0
    for name in ITEMS:
        shown = sum(cell is not None for cell in found.data.columns[name])
        held = sum(cell is not None for cell in found.data.columns["id"])
        assert lost[name] == held - shown
    assert [each["name"] for each in loss["alphas"]] == ["A", "Y"]
    assert [each["name"] for each in loss["correlations"]] == ["A Y"]
    assert all(-1 <= each[side] <= 1 for each in loss["correlations"] for side in ("before", "after"))


def test_too_few_respondents_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError) as caught:
        public(prepare(write(tmp_path / "open", 4), cache=False), KEY)
    assert caught.value.code == "export.too_few"


def test_wrong_bands_and_groups_are_errors_of_the_page(tmp_path: Path) -> None:
    page = PAGE.replace("bands: [30, 40, 50]", "bands: [30, 30]").replace(
        "levels: [chair, vice]", "levels: [chair, vise]"
    )
    with pytest.raises(StudyError) as caught:
        load_study(write(tmp_path / "open", 5, page))
    assert [each.code for each in caught.value.problems] == ["study.bad_bands", "study.bad_group"]


def test_a_variable_of_which_nothing_is_said_may_be_known() -> None:
    words = Words("x", "x")
    assert Variable(words, "category").release == Release("quasi")
    assert Group(words, ("a",)).levels == ("a",)
    assert isinstance(load_study("demo"), Study)
