"""The door: every public word opens, loads late, and the package can be called to run."""

from __future__ import annotations

import subprocess
import sys

import pytest

import analysis


@pytest.mark.parametrize("word", sorted(set(analysis.__all__) - {"errors", "run"}))
def test_every_public_word_opens_and_is_documented(word):
    found = getattr(analysis, word)
    assert callable(found)
    assert found.__doc__
    assert word in dir(analysis)


def test_an_unknown_word_is_an_attribute_error():
    with pytest.raises(AttributeError, match="alfa"):
        _ = analysis.alfa


def test_importing_loads_nothing_heavy():
    heavy = ("pandas", "numpy", "scipy", "matplotlib", "yaml")
    code = f"import sys, analysis; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_alpha_on_plain_columns_loads_no_pandas():
    code = (
        "import sys, analysis; r = analysis.alpha({'a': [1, 2, 4, 5], 'b': [2, 2, 5, 4], 'c': [1, 3, 4, 4]});"
        "print('pandas' in sys.modules, 'statsmodels' in sys.modules, 'scipy.stats' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False False False"


def test_the_folder_run_can_be_called():
    import analysis.run.plan  # binds the name `run` to the folder

    assert callable(analysis.run)
    with pytest.raises(analysis.errors.RunError):
        analysis.run("demo", langs=("xx",))


def test_errors_speak_both_languages_and_show_no_traceback():
    with pytest.raises(analysis.errors.ModelError) as caught:
        analysis.alpha({"a": [1, 2, 3]})
    lines = caught.value._render_traceback_()
    assert len(lines) == 2
    assert lines[0] != lines[1]
    assert "reliability." not in str(caught.value)
