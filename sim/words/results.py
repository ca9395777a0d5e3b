"""What is said of runs and their results: laws of a log, warnings, result folders."""

from __future__ import annotations

from typing import Final

RESULTS: Final[dict[str, tuple[str, str]]] = {
    "law.place": ("arm {arm}, replication {replication}", "条件{arm}・反復{replication}"),
    "law.unended": (
        "{where}: {created:case was/cases were} created and {ended} ended; all must end",
        "{where}：{created}件が発生し、終わったのは{ended}件",
    ),
    "law.no_outcome": (
        "{where}, case {case}: it ended without an outcome",
        "{where}・案件{case}：結末のないまま終わっている",
    ),
    "law.queue": (
        "{where}: Little's law: {actors} queued {area} case-seconds, the waits sum to {waits}",
        "{where}：リトルの法則に反する（{actors}の行列{area}件秒、待ちの合計{waits}秒）",
    ),
    "law.given_twice": (
        "{where}, case {case}: visit {visit} of {step} gives again what was never returned",
        "{where}・案件{case}：{step}の{visit}回目が差戻しなしに再び交付している",
    ),
    "law.elapsed": (
        "{where}, case {case}: it took {elapsed} s; the visits on its way explain {parts} s",
        "{where}・案件{case}：所要{elapsed}秒のうち訪問で説明できるのは{parts}秒",
    ),
    "law.stray_visit": (
        "{where}: a visit belongs to case {case}, which there is not",
        "{where}：存在しない案件{case}の訪問が記録されている",
    ),
    "law.lost_visit": (
        "{where}, case {case}: the log points to a visit it does not have",
        "{where}・案件{case}：記録にない訪問が参照されている",
    ),
    "law.circle": (
        "{where}, case {case}: its visits cause one another in a circle",
        "{where}・案件{case}：訪問の原因が循環している",
    ),
    "warning.one_replication": (
        "one replication shows no spread: there are no intervals; use at least 10",
        "反復が1回では散らばりが分からず、区間は示せない。10回以上が望ましい",
    ),
    "warning.no_cases": (
        "{arm}: no case counts; the warm-up may be longer than the run",
        "{arm}：集計の対象となる案件がない。助走期間が長すぎる可能性がある",
    ),
    "warning.none_reached": (
        "{arm}: {missing} of {replications:replication/s} reached no goal; mean latency omits them",
        "{arm}：{replications}回中{missing}回は目標到達がなく、平均所要日数に含まない",
    ),
    "warning.overload": (
        "{arm}: {actor} is offered {load:.0%} of its staffed time; backlog of {days:.1f} days",
        "{arm}：{actor}に来る仕事は要員時間の{load:.0%}。滞留の解消に{days:.1f}日",
    ),
    "store.exists": (
        "{folder} already exists; a result is never written over: name another folder",
        "{folder}はすでにある。結果は上書きしないので、別のフォルダー名を指定すること",
    ),
    "store.name": (
        "{folder} must not look like an unfinished result (.…{ending}): name another folder",
        "{folder}は書きかけの結果の名前（.…{ending}）と紛らわしい。別の名前を指定すること",
    ),
    "store.denied": ("{folder} cannot be made: {reason}", "{folder}を作れない：{reason}"),
    "store.running": (
        "{folder} is being written by another run; if there is none, delete {part}",
        "{folder}は別の実行が書込み中。その実行がもうないなら{part}を削除すること",
    ),
    "store.failed": (
        "the result folder {folder} could not be written: {reason}; nothing is left of it",
        "結果フォルダー{folder}を書き込めなかった：{reason}。途中のものは残っていない",
    ),
    "engine_missing": (
        "the engine '{name}' is not there; use simpy",
        "エンジン「{name}」はない。simpyを使う",
    ),
    "worker_died": (
        "a worker process died, perhaps for want of memory; try fewer with --workers",
        "作業プロセスが異常終了した。メモリー不足の可能性がある。--workersを減らしてみる",
    ),
}
