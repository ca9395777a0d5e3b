"""What the command line says beside its data."""

from __future__ import annotations

from typing import Final

COMMAND: Final[dict[str, tuple[str, str]]] = {
    "cli.warning": ("warning: {text}", "警告：{text}"),
    "cli.kept": ("result kept in {folder}", "結果を{folder}に保存した"),
    "cli.replications": ("replications", "反復"),
    "cli.all_well": ("files checked: {count}, nothing wrong", "{count}件のファイルに問題なし"),
    "cli.interrupted": ("interrupted", "中断した"),
    "cli.system": ("cannot go on: {reason}", "続行できない：{reason}"),
    "cli.memory": ("cannot go on: out of memory", "続行できない：メモリー不足"),
    "cli.bug": (
        "a mistake in the program, please report it: {error} ({debug}=1 shows where)",
        "プログラムの不具合。報告してほしい：{error}（{debug}=1で発生箇所を表示）",
    ),
    "cli.say_later": (
        "--say comes with the next release; name the documents to reach instead",
        "--sayは次のリリースで使えるようになる。今は目標の書類名を指定する",
    ),
}
