"""An edited scenario beside its original, on one screen or in full."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from rich.cells import cell_len, set_cell_size
from rich.console import Group, RenderableType
from rich.text import Text

from sim import shelf
from sim.experiment.against import BEFORE, Against
from sim.report import brief, comparison
from sim.report.console import apart
from sim.words import say

_SHOWN: Final = 4
"""Lines on which one screen tells of changes."""

_ARROW: Final = " → "


def page(told: Against, lang: str, width: int, *, full: bool = False) -> RenderableType:
    """Return what was changed and what it moved on a page of ``width`` cells in ``lang``."""
    if full:
        changed = Text("\n").join([_original(told, lang), *_changed(told, lang)])
        return apart(changed, comparison.page(told.result, lang, width))
    top = Text("\n").join([*comparison.head(told.result, lang).split("\n")[:2]])
    rows = [*_changed(told, lang, width)]
    if len(rows) > _SHOWN:
        more = say("against.more", lang, count=len(rows) - _SHOWN + 1)
        rows = [*rows[: _SHOWN - 1], Text(f"  {more}", "dim")]
    notes = [say("against.note", lang)] if len(told.pairs) > len(told.same) else []
    return Group(
        Text("\n").join([top, _original(told, lang), *rows]),
        *brief.moved(told.result, told.pairs, lang, width),
        Text("\n".join([*notes, *_besides(told, lang)]), "dim"),
    )


def _original(told: Against, lang: str) -> Text:
    file = Path(told.original)
    shipped = file.is_relative_to(shelf.library())
    name = say("against.shipped", lang, name=file.stem) if shipped else told.original
    return Text(say("against.original", lang, file=name), "bold")


def _changed(told: Against, lang: str, width: int | None = None) -> Iterator[Text]:
    """Yield a line for each change, cut to ``width`` cells, both sides alike, if that is given."""
    nothing = say("report.none", lang)
    for one in told.changed:
        option = one.kind == "option"
        where = f"  {one.name} {one.path}: " if option else f"  {one.path or one.kind}: "
        both = [one.after or nothing] if option else [one.before or nothing, one.after or nothing]
        if width is not None and len(both) > 1:
            room = max(width - cell_len(where) - len(_ARROW), 2 * _LEAST)
            cells = [max(room // 2, room - cell_len(other)) for other in reversed(both)]
            both = list(map(_cut, both, cells))
        line = Text.assemble(where, (_ARROW.join(both), "cyan"))
        if width is not None:
            line.truncate(width, overflow="ellipsis")
        yield line
    if not told.changed:
        yield Text(f"  {say('against.unchanged', lang)}")


_LEAST: Final = 8
"""Cells that a value has on a line at least."""


def _cut(text: str, cells: int) -> str:
    return text if cell_len(text) <= cells else set_cell_size(text, cells - 1).rstrip() + "…"


def _besides(told: Against, lang: str) -> Iterator[str]:
    """Yield what is to be said of arms that are the same in both, or only in one."""
    for key, arms in (("same", told.same), ("only", told.only)):
        names = [
            told.result.named("arms", arm if arm in told.result.arms else f"{arm}{BEFORE}", lang)
            for arm in arms
        ]
        if names:
            yield say(f"against.{key}", lang, arms=say("report.and", lang).join(names))
