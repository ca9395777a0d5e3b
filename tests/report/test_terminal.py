"""The environment says which language is spoken."""

from __future__ import annotations

import json

import pytest

from sim.report import terminal


@pytest.mark.parametrize(
    ("environ", "lang"),
    [
        ({}, "en"),
        ({"LANG": "ja_JP.UTF-8"}, "ja"),
        ({"LANG": "ja_JP.UTF-8", "LC_ALL": "C.UTF-8"}, "en"),
        ({"LANG": "de_DE.UTF-8", "LC_MESSAGES": "ja_JP"}, "ja"),
        ({"LANG": "ja_JP.UTF-8", "LC_ALL": ""}, "ja"),
    ],
)
def test_the_environment_chooses_the_language(environ: dict[str, str], lang: str) -> None:
    """The first of LC_ALL, LC_MESSAGES and LANG that says something."""
    assert terminal.preferred(environ) == lang


def test_nothing_raw_is_put_out(capsys: pytest.CaptureFixture[str]) -> None:
    """Text shows escapes for what a terminal obeys; a warning keeps its lines."""
    voice = terminal.Output("en", plain=True)
    voice.write("a\x1b[2J\tb\nc\u202e\n")
    voice.dump({"a\x9b": "\u2066\x1b"})
    voice.warn("f.yaml:1:1: \x07\n    x\n    ^")
    out, err = capsys.readouterr()

    assert out == 'a\\x1b[2J\tb\nc\\u202e\n{\n  "a\\u009b": "\\u2066\\u001b"\n}\n'
    assert json.loads(out.partition("\n{")[2].join(("{", ""))) == {"a\x9b": "\u2066\x1b"}
    assert err == "warning: f.yaml:1:1: \\x07\n    x\n    ^\n"
