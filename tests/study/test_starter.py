"""A first file is small, valid without a warning, explained in its reader's language, and new."""

from __future__ import annotations

import errno
import re
from pathlib import Path
from typing import Any, Self, get_args

import pytest

from sim import shelf
from sim.compile.compiler import compile_worlds
from sim.errors import RunFailed, UsageError
from sim.experiment.checking import check
from sim.experiment.run import compare
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
        assert len(text.splitlines()) <= 82
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


def test_a_first_comparison_is_two_steps_behind_a_procedure() -> None:
    """Three channels are told apart by who does it, and what they come to is not the same."""
    starter.begin("procedure", "first", "en")
    starter.begin("scenario", "first", "en")
    result = compare(loader.load("first"), replications=2)
    assert list(result.arms) == ["analog", "digital", "agentic"]
    hours = [arm.figures["effort_hours.applicant"].value for arm in result.arms.values()]
    assert hours[0] > hours[1] > hours[2] > 0
    for arm in result.arms.values():
        assert arm.figures["returns"].value > 0
        assert arm.figures["time_days.queue"].value > 0


def test_an_agent_can_take_the_place_of_a_neutral_one() -> None:
    """It has the skills for the tasks of a new procedure, and may say less."""
    agent = starter.begin("agent", "own", "en")
    procedure = starter.begin("procedure", "first", "en")
    text = procedure.read_text("utf-8")
    procedure.write_text(text.replace("person: resident", "person: own"), "utf-8")
    scenario = starter.begin("scenario", "first", "en")
    files = [procedure, agent, scenario]
    assert check(files) == ([], [])
    written = agent.read_text("utf-8")
    for key in ("sessions", "attention", "knows"):
        agent.write_text(re.sub(rf"^{key}: .*\n", "", written, flags=re.MULTILINE), "utf-8")
        assert check(files) == ([], [])


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


@pytest.mark.parametrize("name", ["true", "false", "null"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_word_that_yaml_reads_as_something_else_is_no_name(kind: starter.Kind, name: str) -> None:
    """A file that says `agent: true` could not be read."""
    with pytest.raises(UsageError) as error:
        starter.begin(kind, name, "en")
    assert error.value.key == "reserved_name"


def test_the_registry_of_sources_is_no_procedure() -> None:
    """But an agent may be called like it."""
    with pytest.raises(UsageError) as error:
        starter.begin("procedure", "facts", "en")
    assert error.value.key == "reserved_name"
    assert check([starter.begin("agent", "facts", "en")]) == ([], [])


@pytest.mark.parametrize("lang", LANGUAGES)
def test_of_what_cannot_be_written_nothing_is_left(
    lang: str, desk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk, which is told while the file is written or only when it is closed."""
    opened = Path.open

    class Full:
        """A file on a full disk."""

        def __init__(self, *args: Any, **more: Any) -> None:
            self.file = opened(*args, **more)

        def __enter__(self) -> Self:
            return self

        def __exit__(self, *_: object) -> None:
            self.file.close()
            raise OSError(errno.ENOSPC, "No space left on device")

        def write(self, text: str) -> None:
            self.file.write(text[:100])

    def full(*args: Any, **more: Any) -> Full:
        return Full(*args, **more)

    monkeypatch.setattr(Path, "open", full)
    with pytest.raises(RunFailed) as error:
        starter.begin("agent", "mine", lang)
    assert "agents/mine.yaml" in error.value.text(lang)
    assert "No space left on device" in error.value.text(lang)
    assert not [*desk.iterdir()]


def test_a_file_where_the_folder_should_be_is_told(desk: Path) -> None:
    """It stays as it is."""
    (desk / "agents").write_text("mine", "utf-8")
    with pytest.raises(RunFailed) as error:
        starter.begin("agent", "mine", "en")
    assert error.value.key == "new.failed"
    assert (desk / "agents").read_text("utf-8") == "mine"
