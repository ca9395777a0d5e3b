"""Says what is wrong with the writing of a YAML file in words of people who are no programmers."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import yaml

from sim.errors import Problem, shortened
from sim.yaml.located import Located, Mark
from sim.yaml.unseen import beside_colon, in_indentation

_CLOSING: Final = {"[": "]", "{": "}"}
_FULL_WIDTH: Final = "\N{FULLWIDTH COLON}"
_KEY_END: Final = re.compile(r":(?: |$)")
_TAG: Final = re.compile(r"!\S*")


@dataclass(frozen=True)
class _Scene:
    """Where the parser gave up, and where what it was reading then had begun."""

    located: Located
    here: Mark
    begun: Mark

    @property
    def line(self) -> str:
        return self.located.line(self.here.line)

    @property
    def before(self) -> str:
        return self.line[: self.here.column - 1]

    @property
    def character(self) -> str:
        return self.line[self.here.column - 1 : self.here.column]

    @property
    def opening(self) -> str:
        line = self.located.line(self.begun.line)
        return line[self.begun.column - 1 : self.begun.column]

    def problem(
        self, key: str, hint: str | None = None, at: Mark | None = None, **values: Any
    ) -> Problem:
        mark = at or self.here
        full_width = _FULL_WIDTH in self.located.line(mark.line)
        if full_width and key in {"yaml.no_colon", "yaml.second_colon", "yaml.indent"}:
            hint = "yaml.full_width"
        return self.located.problem_at(mark, key, hint=hint, **values)


def reworded(error: yaml.MarkedYAMLError, located: Located) -> Problem:
    """Return the parser's ``error`` as a problem in our own words, in its place."""
    here = place_of(error.problem_mark or error.context_mark)
    begun = place_of(error.context_mark or error.problem_mark)
    scene = _Scene(located, here, begun)
    if scene.character == "\t" or "\t" in scene.line[: _first_column(scene.line)]:
        column = min(here.column, scene.line.index("\t") + 1)
        return scene.problem("yaml.tab", "yaml.use_spaces", Mark(here.line, column))
    if unseen := _unseen_before(scene):
        return located.unseen(unseen)
    complaint = f"{error.context or ''}: {error.problem or ''}"
    return next(told for pattern, told in _RULES if re.search(pattern, complaint))(scene)


def _unseen_before(scene: _Scene) -> Mark | None:
    """Return where a character that nobody sees keeps the lines read last from being told apart."""
    above = _line_above(scene)
    first = min(scene.begun.line, above.line if above else scene.here.line)
    for number in range(first, scene.here.line + 1):
        line = scene.located.line(number)
        column = in_indentation(line) or beside_colon(line)
        if column is not None:
            return Mark(number, column)
    return None


def tag_at(located: Located, mark: Mark) -> str:
    """Return the tag that stands at ``mark``, or perhaps behind an anchor there."""
    found = _TAG.search(located.line(mark.line), mark.column - 1)
    return shortened(found.group()) if found else "!"


def place_of(mark: Any) -> Mark:
    """Return the place of a parser's ``mark``, or the beginning if it gives none."""
    return Mark(mark.line + 1, mark.column + 1) if mark else Mark(1, 1)


def _first_column(line: str) -> int:
    return len(line) - len(line.lstrip(" \t")) + 1


def _says(key: str, hint: str | None = None, *, begun: bool = False) -> Callable[[_Scene], Problem]:
    """Make what says ``key`` of any scene, where the parser is or where it began."""

    def told(scene: _Scene) -> Problem:
        return scene.problem(key, hint, scene.begun if begun else scene.here)

    return told


def _unclosed_bracket(scene: _Scene) -> Problem:
    """Tell a bracket that is never closed from a comma that is missing inside it."""
    opened = scene.located.line(scene.begun.line)
    outside = _first_column(scene.line) <= _first_column(opened) and scene.character not in "]}"
    closing = _CLOSING.get(scene.opening, "]")
    if scene.here.line > scene.begun.line and (outside or scene.character in {"", ":"}):
        values = {"bracket": scene.opening, "closing": closing, "line": scene.here.line}
        return scene.problem("yaml.bracket_open", "yaml.close_it", scene.begun, **values)
    return scene.problem("yaml.comma", closing=closing)


def _second_colon(scene: _Scene) -> Problem:
    """Find out why a ``:`` is one too many: a line before may lack its own."""
    if _KEY_END.search(scene.before):
        return scene.problem("yaml.second_colon", "yaml.quote_text")
    above = _line_above(scene)
    if above is None:
        return scene.problem("yaml.other")
    if _KEY_END.search(scene.located.line(above.line)):
        at = Mark(scene.here.line, _first_column(scene.line))
        return scene.problem("yaml.indent", "yaml.align", at)
    return _no_colon(scene, above)


def _line_above(scene: _Scene) -> Mark | None:
    """Return where the text of the next line above begins that is not empty or a comment."""
    for number in range(scene.here.line - 1, 0, -1):
        line = scene.located.line(number)
        if line.strip() and not line.lstrip().startswith("#"):
            return Mark(number, _first_column(line))
    return None


def _no_colon(scene: _Scene, at: Mark | None = None) -> Problem:
    return scene.problem("yaml.no_colon", "yaml.write_pair", at or scene.begun)


def _not_in_block(scene: _Scene) -> Problem:
    """Tell what keeps a line, or the rest of one, from belonging to the block above it."""
    if scene.character and scene.character in "]}":
        return scene.problem("yaml.bracket_extra", bracket=scene.character)
    if scene.before.strip():
        return _after_value(scene)
    if scene.character == ":":
        return scene.problem("yaml.key_empty")
    item = scene.line[scene.here.column - 1 :].startswith("- ")
    if item or scene.here.column == scene.begun.column:
        return scene.problem("yaml.item_key_mix", "yaml.one_kind")
    above = _line_above(scene)
    if above and above.column == scene.here.column and not _is_pair_or_item(scene, above):
        return _no_colon(scene, above)
    return scene.problem("yaml.indent", "yaml.align")


def _is_pair_or_item(scene: _Scene, at: Mark) -> bool:
    line = scene.located.line(at.line)
    return bool(_KEY_END.search(line)) or line[at.column - 1 :].startswith("- ")


def _after_value(scene: _Scene) -> Problem:
    quote = scene.before.rstrip()[-1]
    if quote in "\"'" and scene.before.count(quote) % 2:
        at = Mark(scene.here.line, len(scene.before.rstrip()))
        return scene.problem("yaml.quote_late", "yaml.quote_close", at)
    return scene.problem("yaml.after_value", "yaml.quote_whole")


def _second_document(scene: _Scene) -> Problem:
    if any(line.rstrip() == "..." for line in scene.located.lines[: scene.here.line - 1]):
        return scene.problem("yaml.second_document", "yaml.drop_dashes")
    if scene.before.strip():
        return _after_value(scene)
    above = _line_above(scene)
    if above and _KEY_END.search(scene.located.line(above.line)) and above.column > 1:
        return scene.problem("yaml.indent", "yaml.align")
    return scene.problem("yaml.after_value")


def _no_value(scene: _Scene) -> Problem:
    if scene.character and scene.character in "]}":
        return scene.problem("yaml.bracket_extra", bracket=scene.character)
    return scene.problem("yaml.no_value")


def _first_character(scene: _Scene) -> Problem:
    values = {"character": scene.opening}
    return scene.problem("yaml.first_character", "yaml.quote_it", scene.begun, **values)


def _tag(scene: _Scene) -> Problem:
    tag = tag_at(scene.located, scene.begun)
    return scene.problem("yaml.tag", "yaml.quote_or_drop", scene.begun, tag=tag)


def _escape(scene: _Scene) -> Problem:
    """Show the backslash: parsers differ in which character they stop at."""
    start = scene.line.rfind("\\", 0, scene.here.column)
    at = Mark(scene.here.line, start + 1)
    character = scene.line[start + 1 : start + 2]
    key = "yaml.escape_code" if character and character in "xuU" else "yaml.escape"
    return scene.problem(key, "yaml.single_quotes", at, character=character)


_RULES: Final[tuple[tuple[str, Callable[[_Scene], Problem]], ...]] = (
    (r"directive|YAML document", _says("yaml.directive", begun=True)),
    (r"scanning an (anchor|alias)", _first_character),
    (r"\btag\b", _tag),
    (r"block scalar", _says("yaml.block_text")),
    (r"escape|hexdecimal", _escape),
    (r"quoted scalar", _says("yaml.quote_open", begun=True)),
    (r"',' or ", _unclosed_bracket),
    (r"mapping values", _second_colon),
    (r"expected ':'", _no_colon),
    (r"document start", _second_document),
    (r"node content", _no_value),
    (r"sequence entries", _says("yaml.item_place", "yaml.new_line")),
    (r"mapping keys|cannot start", _first_character),
    (r"parsing a block", _not_in_block),
    (r"", _says("yaml.other")),
)
"""What the parsers, in C and in Python, say of a mistake; the first match counts."""
