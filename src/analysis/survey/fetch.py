"""Bring a declared public file into a study's folder, and believe it only when its sha256 is the declared one."""

from __future__ import annotations

import hashlib
import tempfile
from pathlib import Path

from ..errors import DataError, IntegrityError, Place, problem
from ..study import Study, load_study
from .raw import MAX_BYTES

_TIMEOUT = 60  # seconds without a sign of the server


def get(study: Study | str | Path) -> Path:
    """Download the file of answers that a study declares.

    Parameters
    ----------
    study : Study, str or Path
        A study, its folder or page, or its name; the source of its responses declares `download` and `sha256`.

    Returns
    -------
    Path
        The file in the study's folder. A file that is already there and is the declared one is left as it is.

    Raises
    ------
    DataError
        ``fetch.no_download``: nothing is declared; ``fetch.failed``: no connection, or the address has nothing.
    IntegrityError
        ``data.sha256``: what came, or what lies there already, is another file. It is not kept, nor overwritten.
    """
    loaded = study if isinstance(study, Study) else load_study(study)
    source = loaded.sources.get(loaded.answers.source or "")
    place = Place(file=loaded.answers.file)
    if source is None or source.download is None or source.sha256 is None:
        raise DataError(problem("fetch.no_download", place, study=loaded.id))
    target = loaded.folder / loaded.answers.file
    if target.exists():
        _verify(target, source.sha256, place)
        return target
    with tempfile.TemporaryDirectory(dir=loaded.folder, prefix=".download-") as folder:
        arrived = Path(folder) / "file"
        _download(source.download, arrived, place)
        _verify(arrived, source.sha256, place)
        target.parent.mkdir(parents=True, exist_ok=True)
        arrived.replace(target)
    return target


def _download(address: str, target: Path, place: Place) -> None:
    import pooch

    fetch = pooch.HTTPDownloader(progressbar=False, timeout=_TIMEOUT)
    try:
        fetch(address, str(target), None)
    except (OSError, ValueError):  # requests' errors are both
        raise DataError(problem("fetch.failed", place, address=address)) from None
    if target.stat().st_size > MAX_BYTES:
        raise DataError(problem("data.file_too_large", place, limit=MAX_BYTES, found=target.stat().st_size))


def _verify(file: Path, expected: str, place: Place) -> None:
    found = hashlib.sha256(file.read_bytes()).hexdigest()
    if found != expected:
        raise IntegrityError(problem("data.sha256", place, expected=expected, found=found))
