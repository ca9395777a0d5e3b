"""A first file is small, valid without a warning, explained in its reader's language, and new."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import pytest

from sim import shelf
from sim.compile.compiler import compile_worlds
from sim.errors import UsageError
from sim.experiment.checking import check
from sim.study import loader, starter
from sim.words import LANGUAGES

KINDS = get_args(starter.Kind)


@pytest.fixture(autouse=True)
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in an empty folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_is_begun_is_valid_without_a_warning(lang: str) -> None:
    """A scenario is of the procedure that has its name."""
    files = [starter.begin(kind, "mine", lang) for kind in KINDS]
    assert files == [Path(f"{kind}s/mine.yaml") for kind in KINDS]
    assert check(files) == ([], [])
    assert loader.load("mine").scenario.cases["people"].using == ("mine",)
    for file in files:
        text = file.read_text("utf-8")
        assert len(text.splitlines()) <= 70
        assert max(map(len, text.splitlines())) <= 100
        comments = re.findall(r"# (.+)", text)
        assert all(("。" in one) == (lang == "ja") for one in comments)


def test_both_languages_differ_in_their_comments_only() -> None:
    """What runs is the same."""
    told = {
        lang: [starter.begin(kind, f"mine_{lang}", lang).read_text("utf-8") for kind in KINDS]
        for lang in LANGUAGES
    }
    bare = [[re.sub(r"#.*|mine_..", "", text) for text in texts] for texts in told.values()]
    assert bare[0] == bare[1]


def test_a_scenario_alone_uses_a_procedure_that_there_is() -> None:
    """The first of one's own that has a goal, else the first that is shipped, with its company."""
    starter.begin("scenario", "alone", "en")
    compile_worlds(loader.load("alone").worlds)
    starter.begin("procedure", "visit", "en")
    starter.begin("scenario", "other", "en")
    assert loader.load("other").scenario.cases["people"].using == ("visit",)


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_written_over_or_put_before_what_is_shipped(kind: starter.Kind) -> None:
    """Whoever wants to change a shipped file copies it and knows what it does."""
    file = starter.begin(kind, "mine", "en")
    before = file.read_text("utf-8")
    shipped = shelf.names(f"{kind}s")  # type: ignore[arg-type]  # the plural of a word
    for name in ("mine", next(one for one in shipped if one != "mine")):
        with pytest.raises(UsageError) as error:
            starter.begin(kind, name, "ja")
        assert error.value.key == "new.taken"
    assert file.read_text("utf-8") == before


@pytest.mark.parametrize("name", ["", "9th", "a-b", "../a", "手続", "x" * 61])
def test_what_cannot_be_a_name_is_refused(name: str, desk: Path) -> None:
    """Nothing is written."""
    with pytest.raises(UsageError) as error:
        starter.begin("agent", name, "en")
    assert error.value.key == ("value.name" if len(name) < 60 else "value.long")
    assert not [*desk.iterdir()]
