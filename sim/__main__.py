"""The way in: it heeds signals from the first moment on, while all else is still being imported."""

from __future__ import annotations

import os

from sim import signals


def main() -> None:
    """Run the command line; the exit code is that of the command."""
    signals.heed()
    with signals.put_off():
        from sim import cli
        from sim.report import terminal

        terminal.answer(terminal.preferred(os.environ))
    cli.main()


if __name__ == "__main__":
    main()
