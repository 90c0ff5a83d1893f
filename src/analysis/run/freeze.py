"""Execute the package's notebooks with default parameters and keep them with outputs: `python -m analysis.run.freeze`.

Clocks, paths and run metadata are left out, so that a second freeze gives the same bytes.
"""

from __future__ import annotations

import json
from pathlib import Path

import nbformat

from .engine import engine
from .execute import execute, scrubbed
from .manifest import source_hash
from .plan import Job, notebooks, project_root


def freeze(folder: Path) -> dict[str, str]:
    """Execute and rewrite every notebook of a folder; returns the hash of each one's sources."""
    hashes = {}
    with engine() as used:
        for notebook in notebooks(folder):
            done = execute(Job("", notebook, ""), used)
            kept = scrubbed(done.notebook, {})
            text = json.dumps(json.loads(nbformat.writes(kept)), ensure_ascii=False, indent=1) + "\n"
            notebook.path.write_text(text, encoding="utf-8", newline="\n")
            hashes[notebook.name] = source_hash(json.loads(text))
    return hashes


def main() -> None:
    """Freeze the notebooks of this project and record their hashes."""
    hashes = freeze(project_root() / "notebooks")
    text = json.dumps(hashes, indent=1, sort_keys=True) + "\n"
    (Path(__file__).parent / "notebooks.json").write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
