"""Run the benchmarks one after another and write what they print: `docs/speed.md`.

    python3 bootstrap.py python benchmarks/page.py [--peers PYTHON] [--semopy PYTHON] [--only NAME ...]

PYTHON is an interpreter of an environment of its own with pingouin and factor_analyzer, or with semopy: opponents and
never dependencies. With `--only` the other sections of the page stay as they are.
"""

from __future__ import annotations

import argparse
import ast
import os
import platform
import re
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "speed.md"
SCRIPTS: dict[str, tuple[str, ...]] = {
    "run_engines": (),
    "intake": ("--full",),
    "measurement": (),
    "measurement_peers": (),
    "measurement_ordinal": (),
    "measurement_sem": (),
    "regression": (),
    "reconstruct": (),
}
HEAD = """# How fast

Written by `benchmarks/page.py` from what the benchmarks printed, on one machine with {cores} processors (Python
{python}, numpy {numpy}). Each runs the same work by this package and by others in one run. Read ratios, not seconds;
every script's own text says what is compared.
"""


def printed(name: str, options: tuple[str, ...]) -> str:
    """What a benchmark prints, without warnings of what it starts."""
    command = [sys.executable, str(ROOT / "benchmarks" / f"{name}.py"), *options]
    environment = {**os.environ, "PYTHONUTF8": "1", "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False, env=environment)
    if done.returncode:
        sys.exit(f"{name}: {done.stderr.strip()[-2000:]}")
    return done.stdout.strip()


def section(name: str, options: tuple[str, ...]) -> str:
    """One part of the page: what the script compares, and what it printed."""
    source = (ROOT / "benchmarks" / f"{name}.py").read_text(encoding="utf-8")
    first = (ast.get_docstring(ast.parse(source)) or "").split("\n\n")[0].replace("\n", " ")
    return f"## {name}\n\n{first}\n\n```text\n{printed(name, options)}\n```\n"


def known() -> dict[str, str]:
    """Sections that the page holds already."""
    text = PAGE.read_text(encoding="utf-8") if PAGE.exists() else ""
    parts = re.split(r"^(?=## )", text, flags=re.MULTILINE)[1:]
    return {part[3:].split("\n", 1)[0].strip(): part.strip() + "\n" for part in parts}


def main() -> None:
    """Write the page."""
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    asked.add_argument("--peers", help="an interpreter with pingouin and factor_analyzer")
    asked.add_argument("--semopy", help="an interpreter with semopy")
    asked.add_argument("--only", nargs="+", choices=tuple(SCRIPTS), help="benchmarks by name")
    given = asked.parse_args()
    extra = {"measurement_peers": ("--peers", given.peers), "measurement_sem": ("--semopy", given.semopy)}
    sections = known()
    for name in given.only or SCRIPTS:
        flag, interpreter = extra.get(name, ("", None))
        sections[name] = section(name, (*SCRIPTS[name], *((flag, interpreter) if interpreter else ())))
        head = HEAD.format(cores=os.cpu_count(), python=platform.python_version(), numpy=version("numpy"))
        body = "\n".join(sections[each] for each in SCRIPTS if each in sections)
        PAGE.write_text(f"{head}\n{body}", encoding="utf-8", newline="\n")
        print(name)


if __name__ == "__main__":
    main()
