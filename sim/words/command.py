"""What the command line says beside its data."""

from __future__ import annotations

from typing import Final

COMMAND: Final[dict[str, tuple[str, str]]] = {
    "cli.warning": ("warning: {text}", "警告：{text}"),
    "cli.kept": ("result kept in {folder}", "結果を{folder}に保存した"),
    "cli.replications": ("replications", "反復"),
    "cli.numbers": ("settings", "設定"),
    "no_such_kpi": (
        "there is no KPI '{name}' to compare; known are {known}",
        "比較できる指標「{name}」はない。使えるのは{known}",
    ),
    "no_such_arm": (
        "the scenario has no arm '{name}'; there are {known}",
        "シナリオに比較対象「{name}」はない。あるのは{known}",
    ),
    "cli.all_well": ("files checked: {count}, nothing wrong", "{count}件のファイルに問題なし"),
    "cli.undefended": (
        "warning: {count:number/s} without source or range; to see them: {command}",
        "警告：出典も範囲もない数値が{count}個ある。一覧：{command}",
    ),
    "cli.interrupted": ("interrupted", "中断した"),
    "cli.system": ("cannot go on: {reason}", "続行できない：{reason}"),
    "cli.memory": ("cannot go on: out of memory", "続行できない：メモリー不足"),
    "cli.bug": (
        "a mistake in the program, please report it: {error} ({debug}=1 shows where)",
        "プログラムの不具合。報告してほしい：{error}（{debug}=1で発生箇所を表示）",
    ),
    "cli.counts": (
        (
            "Not listed: {count:count/s} of the procedures themselves (visits, forms, seals and"
            " logins of a step, cases of a stream, things done at once). They say what is"
            " simulated; nobody estimated them."
        ),
        (
            "ここにない数：手続そのものの回数や件数{count}個（手順ごとの窓口訪問・様式・押印・"
            "ログイン、対象件数、同時に進める数）。模擬する対象の定義であり、推定値ではない。"
        ),
    ),
    "run.resolved": (
        "What was run, options included. With what lies beside it, it runs again as it stands.",
        "実行した定義（オプションを含む）。隣のファイルとともに、このまま再実行できる。",
    ),
    "run.asked": ("It was asked for by: {command}", "実行時のコマンド：{command}"),
    "run.same": (
        "It is the same run if its digest is the one in manifest.json.",
        "manifest.jsonのダイジェストと一致すれば、同じ実行である。",
    ),
    "cli.goal_or_say": (
        "name the documents to reach, or say what is wanted with --say: one of the two",
        "目標の書類名を指定するか、--sayで指示を言葉で書く。どちらか一方だけを使う",
    ),
}
