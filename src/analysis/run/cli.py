"""The command line: `run`, `check`, `diff`, `verify`, `audit`, `reconstruct`, `export`, `get`, `simulate`, `lab`.

Messages are in Vietnamese or English.

`audit` ends with 1 where a printed table disagrees with itself and 2 where something could not be read. Elsewhere:
0 done, 2 command or study page, 3 data, 4 integrity, 5 a statistic was refused, 6 the run or the system, 130 stopped by
the user.
"""

from __future__ import annotations

import locale
import os
import subprocess
import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer
from typer.exceptions import TyperException

from ..errors import AnalysisError, DataError, IntegrityError, ModelError, RunError, StudyError, problem
from ..report.format import number
from ..report.words import explain, languages, phrase, sentence

if TYPE_CHECKING:
    from .compare import Verdict
    from .engine import Choice

EXIT = {StudyError: 2, DataError: 3, IntegrityError: 4, ModelError: 5, RunError: 6}

app = typer.Typer(add_completion=False, no_args_is_help=True, rich_markup_mode=None, pretty_exceptions_enable=False)

Langs = Annotated[
    str, typer.Option("--lang", help="vi, en, vi,en: ngôn ngữ của trang và lời báo / of pages and messages")
]
Data = Annotated[Path | None, typer.Option("--data", help="thư mục chứa tệp số liệu / where the data files lie")]


def _own_language() -> str:
    """Language of messages when none is asked for: that of the system where we speak it, else English."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(name, "")
        if value:
            return "vi" if value.lower().startswith("vi") else "en"
    return "vi" if (locale.getlocale()[0] or "").lower().startswith("vi") else "en"


def _languages(asked: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in asked.split(",") if part.strip())


def _speaks(asked: str) -> str:
    """Language of the messages: the first one asked for that has words."""
    return next((lang for lang in _languages(asked) if lang in languages()), _own_language())


def _say(lang: str) -> Callable[..., None]:
    def say(key: str, **slots: object) -> None:
        typer.echo(phrase(key, lang).format(**slots), err=True)

    return say


@app.command(name="run")
def run_command(
    studies: Annotated[
        list[str] | None, typer.Argument(help="tên hoặc thư mục nghiên cứu / names or folders of studies")
    ] = None,
    data: Data = None,
    lang: Annotated[str, typer.Option("--lang", help="vi, en, vi,en")] = "",
    out: Annotated[Path | None, typer.Option("--out", help="nơi ghi báo cáo / where reports go")] = None,
    jobs: Annotated[
        int, typer.Option("--jobs", min=1, max=64, help="số sổ tính chạy cùng lúc / notebooks at a time")
    ] = 2,
    engine: Annotated[
        str, typer.Option("--engine", help="auto, plain, fork: cách mở nhân / how kernels start")
    ] = "auto",
    fresh: Annotated[
        bool, typer.Option("--fresh", help="tính lại tất cả, kể cả phần đã có / compute all anew, even what is kept")
    ] = False,
) -> None:
    """Chạy nghiên cứu và ghi trang kết quả / Run studies and write their findings"""
    from .work import run

    say = _say(_speaks(lang))
    run(
        *(studies or ()),
        data=data,
        out=out,
        langs=_languages(lang) or languages(),
        jobs=jobs,
        engine=cast("Choice", engine),
        cache=not fresh,
        progress=say,
    )


@app.command()
def check(
    studies: Annotated[list[str], typer.Argument(help="tên hoặc thư mục nghiên cứu / names or folders of studies")],
    data: Data = None,
    lang: Langs = "",
) -> None:
    """Kiểm tra trang khai báo và số liệu, liệt kê mọi vấn đề / Check page and data, list every problem"""
    from ..study import load_study
    from ..survey.responses import check as check_study
    from ..survey.responses import personal, prepare

    speaks = _speaks(lang)
    say = _say(speaks)
    worst = 0
    for name in studies:
        study = load_study(name, data=data)
        found = check_study(study)
        if not found and study.responses is None:
            say("progress.check_tables", study=study.id, count=len(study.tables))
            continue
        if not found:
            responses = prepare(study)
            say("run.check_ok", study=study.id, n=len(responses.frame))
            for note in responses.log.reading:
                typer.echo(f"  {sentence(note, speaks)}", err=True)
            continue
        say("run.problems", count=len(found))
        for each in found:
            typer.echo(f"  {sentence(each, speaks)}", err=True)
        for note in personal(study):
            typer.echo(f"  {sentence(note, speaks)}", err=True)
        worst = EXIT[DataError]
    if worst:
        raise typer.Exit(worst)


@app.command()
def audit(
    paths: Annotated[
        list[Path], typer.Argument(help="tệp hay thư mục bảng đã in / files or folders of printed tables")
    ],
    long: Annotated[bool, typer.Option("--long", help="mỗi phép đối chiếu một dòng / every check")] = False,
    out: Annotated[Path | None, typer.Option("--out", help="nơi ghi phiếu đối chiếu / where certificates go")] = None,
    lang: Langs = "",
) -> None:
    """Đối chiếu các bảng đã in với chính chúng / Check printed tables against their own numbers"""
    from .audited import audited, write_certificates

    found = audited(paths, _speaks(lang), every_check=long)
    if out is not None:
        count = write_certificates(paths, out, _languages(lang) or languages())
        _say(_speaks(lang))("run.certificates", count=count, folder=out)
    for line in found.lines:
        typer.echo(line)
    for note in found.notes:
        typer.echo(note, err=True)
    if found.code:
        raise typer.Exit(found.code)


@app.command(name="export")
def export_command(
    study: Annotated[str, typer.Argument(help="tên hoặc thư mục nghiên cứu / name or folder of a study")],
    to: Annotated[Path, typer.Option("--to", help="thư mục nhận các tệp / the folder that takes the files")],
    public: Annotated[
        bool,
        typer.Option("--public", help="bản công bố, đã bảo vệ người trả lời / for the public, respondents protected"),
    ] = False,
    key: Annotated[
        Path | None, typer.Option("--key", help="tệp khóa của bản công bố / key file of a public export")
    ] = None,
    data: Data = None,
    lang: Langs = "",
) -> None:
    """Xuất số liệu đã làm sạch kèm nhãn / Hand on cleaned data with their labels"""
    from .export import export, export_public

    if public and key is None:
        raise RunError(problem("export.key_missing", file=""))
    done = export_public(study, to, key, data=data) if public and key else export(study, to, data=data)
    _say(_speaks(lang))("run.exported", study=done.study, n=done.n, count=len(done.files), folder=done.folder.name)


@app.command()
def get(
    studies: Annotated[list[str], typer.Argument(help="tên nghiên cứu / names of studies")],
    lang: Langs = "",
) -> None:
    """Tải tệp số liệu công khai đã khai báo / Download the declared public file"""
    from ..survey.fetch import get as fetch

    for name in studies:
        _say(_speaks(lang))("run.fetched", study=name, file=fetch(name).name)


@app.command()
def simulate(
    study: Annotated[str, typer.Argument(help="trang của nghiên cứu mô phỏng / page of the simulated study")] = "demo",
    out: Annotated[Path | None, typer.Option("--out", help="nơi ghi tệp / where the file goes")] = None,
    seed: Annotated[int | None, typer.Option("--seed", min=0, help="hạt giống ngẫu nhiên / seed of chance")] = None,
    n: Annotated[int | None, typer.Option("--n", help="số phiếu sau khi làm sạch / persons after cleaning")] = None,
    force: Annotated[bool, typer.Option("--force", help="ghi đè tệp khác / overwrite another file")] = False,
    lang: Langs = "",
) -> None:
    """Viết tệp câu trả lời mô phỏng / Write a file of simulated answers"""
    from ..simulate import write

    file = write(study, out=out, seed=seed, n=n, force=force)
    _say(_speaks(lang))("run.simulated", study=study, file=file)


@app.command(name="diff")
def diff_command(
    first: Annotated[Path, typer.Argument(help="thư mục báo cáo trước / folder of the earlier report")],
    second: Annotated[Path, typer.Argument(help="thư mục báo cáo sau / folder of the later report")],
    long: Annotated[bool, typer.Option("--long", help="liệt kê cả số không đổi / list unchanged numbers too")] = False,
    lang: Langs = "",
) -> None:
    """So sánh từng con số của hai lần chạy / Compare every number of two runs"""
    from .compare import diff

    say = _say(_speaks(lang))
    found = diff(first, second)
    for each in found.numbers:
        if long or each.verdict not in {"same", "rounding"}:
            cells = (each.id, each.verdict, each.first, each.second, each.difference, each.relative)
            typer.echo("\t".join("" if cell is None else str(cell) for cell in cells))
    verdicts: tuple[Verdict, ...] = ("same", "rounding", "changed", "only_first", "only_second")
    say("run.diff", **{verdict: found.count(verdict) for verdict in verdicts})
    raise typer.Exit(0 if found.same else 1)


@app.command(name="verify")
def verify_command(
    report: Annotated[Path, typer.Argument(help="thư mục báo cáo / folder of a report")],
    study: Annotated[
        str, typer.Option("--study", help="tên hoặc thư mục nghiên cứu / name or folder of the study")
    ] = "",
    data: Data = None,
    lang: Langs = "",
) -> None:
    """Chạy lại từ tệp gốc và so từng tệp của báo cáo / Run again from the raw files and compare every file"""
    from .verify import verify

    count = verify(report, study=study or None, data=data)
    _say(_speaks(lang))("run.verified", folder=report.name, count=count)


@app.command()
def reconstruct(
    tables: Annotated[Path, typer.Argument(help="thư mục có các bảng in, dạng CSV / folder of printed tables, as CSV")],
    out: Annotated[Path, typer.Option("--out", help="thư mục nghiên cứu mới / the new study folder")],
    table: Annotated[
        list[str] | None,
        typer.Option("--table", help="tên bảng (table_id), có thể lặp lại / name of a table, repeatable"),
    ] = None,
    n: Annotated[int | None, typer.Option("--n", help="số phiếu nếu bảng không in / persons, if not printed")] = None,
    low: Annotated[int, typer.Option("--low", help="mức trả lời thấp nhất / lowest answer")] = 1,
    high: Annotated[int, typer.Option("--high", help="mức trả lời cao nhất / highest answer")] = 5,
    outcome: Annotated[
        str, typer.Option("--outcome", help="thang đo được giải thích / the scale to be explained")
    ] = "",
    seed: Annotated[int, typer.Option("--seed", min=0, help="hạt giống ngẫu nhiên / seed of chance")] = 1,
    lang: Langs = "",
) -> None:
    """Dựng câu trả lời mô phỏng cho đúng các bảng đã in / Build simulated answers that give printed tables"""
    from .reconstruction import Choice, rebuild

    speaks = _speaks(lang)
    found = rebuild(tables, out, Choice(tuple(table or ()), n, low, high, outcome), seed=seed)
    met = len(found.matched) - len(found.missed)
    say = _say(speaks)
    say("run.reconstructed", folder=out, n=found.blueprint.n, matched=met, printed=len(found.matched))
    for each in found.missed:
        reached = number(each.reached, speaks)
        say("run.reconstruct_missed", where=each.where, what=each.what, printed=each.printed, reached=reached)


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def lab(context: typer.Context, lang: Langs = "") -> None:
    """Mở JupyterLab tại thư mục notebooks / Open JupyterLab at the notebooks"""
    from .plan import project_root

    say = _say(_speaks(lang))
    if find_spec("jupyterlab") is None:
        say("run.lab_missing")
        raise typer.Exit(EXIT[RunError])
    folder = project_root() / "notebooks"
    say("run.lab", folder=folder)
    raise typer.Exit(subprocess.call([sys.executable, "-m", "jupyterlab", f"--notebook-dir={folder}", *context.args]))


def main(arguments: list[str] | None = None) -> None:
    """Entry point of the command `analysis`: no traceback ever reaches a user for a mistake we can name."""
    words = (sys.argv[1:] if arguments is None else arguments) or ["--help"]
    asked = next((words[i + 1] for i, word in enumerate(words[:-1]) if word == "--lang"), "")
    speaks = _speaks(asked)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    try:
        code = app(args=words, standalone_mode=False)
    except AnalysisError as error:
        typer.echo(explain(error, speaks), err=True)
        sys.exit(EXIT[type(error)])
    except TyperException as error:
        typer.echo(phrase("run.usage", speaks).format(detail=str(error)), err=True)
        sys.exit(2)
    except OSError as error:
        typer.echo(sentence(problem("run.system", reason=error.strerror or str(error)), speaks), err=True)
        sys.exit(EXIT[RunError])
    except (KeyboardInterrupt, typer.Abort):
        typer.echo(phrase("run.interrupted", speaks), err=True)
        sys.exit(130)
    sys.exit(code or 0)
