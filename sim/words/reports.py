"""The words of tables, plans and lists."""

from __future__ import annotations

from typing import Final

REPORTS: Final[dict[str, tuple[str, str]]] = {
    "report.run": (
        "{scenario} | {replications:replication/s} | seed {seed} | {engine} | digest {digest}",
        "{scenario} | 反復{replications}回 | シード{seed} | {engine} | ダイジェスト{digest}",
    ),
    "report.goal": ("Goal: {goal}", "目標：{goal}"),
    "report.clock": (
        "Clock: from a case's start until it holds its goal, nights and holidays too.",
        "所要日数：案件の開始から目標の書類がそろうまで（夜間・休日を含む）。",
    ),
    "report.failure_is": (
        "Failure: wrong result, incomplete, gave up, dismissed and not in time together.",
        "失敗：誤った結果・手続漏れ・断念・却下・期限や期間内に未了の合計。",
    ),
    "report.note.brief": (
        "▼ ▲: differs from the first column (Holm's p < 0.05). All figures: --full",
        "▼▲：最初の列と差がある（Holmのp値0.05未満）。全項目は--fullで表示。",
    ),
    "report.note.brief_alone": ("All figures: --full", "全項目は--fullで表示。"),
    "report.not_reached": ("not reached", "到達せず"),
    "report.never": ("never", "未到達"),
    "report.no_interval": ("no interval", "区間なし"),
    "report.cases": ("Cases", "件数"),
    "report.saved": ("saved", "防止額"),
    "report.bars": ("Mean days a case, part by part", "1件あたりの平均日数の内訳"),
    "report.differences": ("Paired differences", "対応のある差"),
    "report.difference": ("difference", "差"),
    "report.interval": ("95 % interval", "95%区間"),
    "report.p": ("Holm p", "Holmのp値"),
    "report.pair": ("{end} minus {start}", "{end} − {start}"),
    "report.note.intervals": (
        (
            "Beside each figure its 95 % interval over {replications:replication/s}. Mean latency"
            " and its parts are of cases that reached the goal; quantiles are of all but those"
            " rejected or withdrawn."
        ),
        (
            "数値の右は{replications}回の反復による95%区間。所要日数の平均と内訳は目標に到達した件、"
            "分位点は不採択・取下げを除く全件による。"
        ),
    ),
    "report.note.causes": (
        (
            "A case that ended with several harms counts for each, so causes may add up to more"
            " than the failure rate."
        ),
        "複数の弊害を残して終わった件はそれぞれに数えるため、原因の合計は失敗率を超えることがある。",
    ),
    "report.note.transit": (
        (
            "What an AI waits for counts as waiting for a person. Time before the last return is"
            " contained in the parts above it."
        ),
        "AIの作業後の待ちは人の着手待ちに含む。「最後の差戻しまで」は各内訳と重複する。",
    ),
    "report.note.pools": (
        (
            "Waits for staff are in open hours; a wait for several offices at once counts whole"
            " for each."
        ),
        "窓口等の待ちは開庁時間だけを数え、複数の窓口等を同時に待つ時間は各々に全体を数える。",
    ),
    "report.note.differences": (
        (
            "▼ ▲ mark differences of which p is below 0.05. Intervals are not adjusted for their"
            " number; p is (Holm, {rows:row/s})."
        ),
        "▼▲はp値が0.05未満のもの。区間は多重比較の調整なし、p値はHolm法で調整（{rows}行）。",
    ),
    "report.documents": ("Documents given", "書類の交付"),
    "report.given": ("given (%)", "交付率（%）"),
    "report.p50_given": ("median (days)", "中央値（日）"),
    "report.p90_given": ("90th pct. (days)", "90%点（日）"),
    "report.by": ("By {attribute}", "{attribute}別"),
    "report.observed": ("Observed and simulated (%)", "実績とシミュレーション（%）"),
    "report.since_case": (
        "{fact}: {document}, within {days:day/s} of the case's start",
        "{fact}：{document}（案件の開始から{days:g}日以内）",
    ),
    "report.since_start": (
        "{fact}: {document}, within {days:day/s} of the scenario's start",
        "{fact}：{document}（シナリオの開始から{days:g}日以内）",
    ),
    "report.published": ("observed", "実績"),
    "report.simulated": ("simulated", "シミュレーション"),
    "report.note.documents": (
        (
            "Documents are counted when they are first given, over all cases; a case that is never"
            " given one counts as infinitely late."
        ),
        "書類は最初の交付で数え、分母は全件。交付されなかった件は所要日数を無限大とする。",
    ),
    "unit.percent": ("%", "%"),
    "unit.points": ("points", "ポイント"),
    "unit.yen": ("yen", "円"),
    "unit.thousand_yen": ("1,000 yen", "千円"),
    "unit.million_yen": ("million yen", "百万円"),
    "report.none": ("none", "なし"),
    "report.and": (", ", "、"),
    "report.procedures": ("Procedures", "手続"),
    "report.agents": ("Agents", "エージェント"),
    "report.scenarios": ("Scenarios", "シナリオ"),
    "report.channel.analog": ("analog", "アナログ"),
    "report.channel.digital": ("digital", "デジタル"),
    "report.channel.agentic": ("agentic", "エージェント型AI"),
    "report.channel.mixed": ("mixed", "混在"),
    "report.no_figures": ("no numbers here", "数値はない"),
    "report.assumptions": (
        "Assumptions ({count} of {all:number/s})",
        "仮定（{all}個の数値のうち{count}個）",
    ),
    "report.sourced": (
        "With a source ({count} of {all:number/s})",
        "出典のある数値（{all}個のうち{count}個）",
    ),
    "report.sources": ("Sources", "出典"),
    "report.confidence": ("By confidence", "確度別の件数"),
    "report.confidence.A": ("found in a public source", "公開資料で確認した値"),
    "report.confidence.A*": ("worked out from such figures", "公開資料の数値から算出した値"),
    "report.confidence.B": ("claimed in policy papers only", "政策文書だけにある値"),
    "report.confidence.C": ("general knowledge, not verified", "一般的な知識による未検証の値"),
    "report.confidence.None": ("no source", "出典なし"),
    "report.plan": ("Plan for: {goal}", "計画：{goal}"),
    "report.understood": ("“{order}” was understood as: {goal}", "「{order}」→ 目標：{goal}"),
    "report.gates": ("People must act", "人の確認・操作が必要な作業"),
    "report.path_of": ("Critical path", "クリティカルパス"),
    "report.step_count": ("{count:step/s}", "作業{count}件"),
    "report.critical_path": (
        "{time} expected on the critical path",
        "クリティカルパスの所要見込み{time}",
    ),
    "report.step": ("step", "作業"),
    "report.actor": ("who", "担当"),
    "report.channels": ("channel", "チャネル"),
    "report.expected": ("expected", "見込み"),
    "report.minutes": ("{amount} min", "{amount}分"),
    "report.hours": ("{amount} h", "{amount}時間"),
    "report.days": ("{amount} d", "{amount}日"),
    "report.critical": ("on the critical path", "クリティカルパス上"),
    "report.gate": ("a person must act", "人の確認・操作が必要"),
    "report.have": ("Documents at hand", "手元にある書類"),
    "report.missing": ("Documents to be got", "これから得る書類"),
    "report.needs": ("needs", "必要"),
    "report.gives": ("gives", "発行"),
    "report.path": ("number", "項目"),
    "report.sweep": (
        "{scenario} | {cases:case/s} | {replications:replication/s} | seed {seed}",
        "{scenario} | {cases}件 | 反復{replications}回 | シード{seed}",
    ),
    "report.at_low": ("at low", "下限で"),
    "report.at_high": ("at high", "上限で"),
    "report.spread": ("spread", "開き"),
    "report.as_is": ("{kpi}: {pair}, as it is {value}", "{kpi}：{pair}、現状は{value}"),
    "report.note.sweep": (
        (
            "Each number is set to both ends of its range while all others stay as they are; a"
            " random one is scaled. Of {numbers:number/s} with a range"
            " {idle:changes/change} neither arm and {invalid} cannot be set so. ● marks a spread"
            " whose p, adjusted by Holm, is below 0.05."
        ),
        (
            "他の値はそのままにして、各数値を範囲の両端に置いた（確率分布は全体を伸縮）。範囲のある"
            "{numbers}個のうち、{idle}個はどちらの比較対象も変えず、{invalid}個は端の値に設定できない。"
            "●は、Holm法で調整したp値が0.05未満の開き。"
        ),
    ),
    "report.value": ("value", "値"),
    "report.range": ("range", "範囲"),
    "report.source": ("source", "出典"),
}
