"""How a command speaks: data on stdout, all else on stderr, every error as one message."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NoReturn, TextIO

import typer

from sim import signals
from sim.errors import TetsuzukiError
from sim.words import DEFAULT, LANGUAGES, printable, say

if TYPE_CHECKING:
    from rich.console import RenderableType

DEBUG: Final = "TETSUZUKI_DEBUG"
"""Environment variable that lets an unforeseen error show its traceback."""

INTERRUPTED: Final = 130
PIPE_CLOSED: Final = 141
"""Exit codes of a program that Ctrl-C or the end of a pipe stopped, as shells know them."""

Progress = Callable[[int, int], None]
"""Takes the number of replications done and of all."""


@dataclass(frozen=True)
class Output:
    """How one command speaks: in which language, and whether in colour and with progress."""

    lang: str
    plain: bool

    def draw(self, page: Callable[[int], RenderableType]) -> None:
        """Print the ``page`` made for the width of the terminal."""
        from sim.report import console

        columns = console.width()
        colour = not self.plain and is_terminal(sys.stdout)
        typer.echo(console.drawn(page(columns), columns=columns, colour=colour).removesuffix("\n"))

    def write(self, text: str) -> None:
        """Put data on stdout at once, so that what cannot be written is known."""
        typer.echo(printable(text.removesuffix("\n"), "\n\t"))

    def dump(self, data: Mapping[str, Any]) -> None:
        """Put ``data`` on stdout as one JSON object."""
        encoding = (getattr(sys.stdout, "encoding", None) or "").lower().replace("-", "")
        text = json.dumps(data, ensure_ascii=encoding != "utf8", allow_nan=False, indent=2)
        typer.echo(_UNPRINTABLE.sub(lambda found: json.dumps(found.group())[1:-1], text))

    def tell(self, key: str, **values: object) -> None:
        """Say something beside the data, on stderr."""
        typer.echo(say(key, self.lang, **values), err=True)

    def warn(self, text: str) -> None:
        """Say a warning on stderr, with the picture of its place below it if it has one."""
        first, *picture = printable(text, "\n").split("\n")
        typer.echo("\n".join((say("cli.warning", self.lang, text=first), *picture)), err=True)

    @contextmanager
    def progress(self, of: str = "cli.replications") -> Iterator[Progress | None]:
        """Give what to call as replications (or others) are done; nothing where nobody watches."""
        if self.plain or not (is_terminal(sys.stdout) and is_terminal(sys.stderr)):
            yield None
            return
        from sim.report.console import bar

        with bar(say(of, self.lang)) as update:
            yield update


def preferred(environ: Mapping[str, str]) -> str:
    """Return the language that the environment asks for, or else the first."""
    settings = (environ.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    locale = next(filter(None, settings), "")
    return next((lang for lang in LANGUAGES if locale.lower().startswith(lang)), DEFAULT)


def answer(lang: str) -> None:
    """Let Ctrl-C be answered in ``lang``."""
    signals.answer(say("cli.interrupted", lang))


@contextmanager
def ending(lang: str) -> Iterator[None]:
    """Turn whatever goes wrong inside into one message on stderr and the end of the program."""
    answer(lang)
    try:
        yield
    except TetsuzukiError as error:
        _end(error.text(lang), error.exit_code)
    except KeyboardInterrupt:
        _end(say("cli.interrupted", lang), INTERRUPTED)
    except BrokenPipeError:
        _abandon_stdout()
        raise SystemExit(PIPE_CLOSED) from None
    except OSError as error:
        _abandon_stdout()
        reason = ": ".join(str(part) for part in (error.filename, error.strerror) if part)
        _end(say("cli.system", lang, reason=reason or str(error)))
    except MemoryError:
        _end(say("cli.memory", lang))
    except Exception as error:
        if os.environ.get(DEBUG):
            raise
        told = f"{type(error).__name__}: {error}"
        _end(say("cli.bug", lang, error=told, debug=DEBUG))


def _end(message: str, code: int = 1) -> NoReturn:
    with suppress(OSError):
        typer.echo(printable(message, "\n\t"), err=True)
    raise SystemExit(code)


_UNPRINTABLE: Final = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")
"""What JSON leaves as it is though a terminal does not."""


def _abandon_stdout() -> None:
    """Let what could not be written vanish; the interpreter would try again when it exits."""
    with suppress(OSError, ValueError, AttributeError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def is_terminal(stream: TextIO | None) -> bool:
    """Tell whether somebody watches ``stream``."""
    return stream is not None and stream.isatty()
