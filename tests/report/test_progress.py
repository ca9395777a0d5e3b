"""The bar of progress is drawn on stderr and counts replications."""

from __future__ import annotations

import pytest

from sim.report.progress import bar


def test_the_bar_counts_on_stderr_only(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Data on stdout stay clean."""
    monkeypatch.setenv("TTY_COMPATIBLE", "1")
    monkeypatch.setenv("COLUMNS", "80")
    with bar("replications") as update:
        update(0, 60)
        update(60, 60)
    captured = capsys.readouterr()

    assert captured.out == ""
    assert "60/60" in captured.err
