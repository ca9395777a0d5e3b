"""What is said of journeys and of compiling them: names, givers, circles, rules."""

from __future__ import annotations

from typing import Final

JOURNEYS: Final[dict[str, tuple[str, str]]] = {
    "order_unknown": (
        "Sorry, “{order}” was not understood. Which of these would you like: {goals}?",
        "恐れ入りますが、「{order}」を理解できませんでした。次のうちどれをご希望でしょうか：{goals}",
    ),
    "order_unclear": (
        "Sorry, “{order}” may mean more than one thing. Which would you like: {goals}?",
        "恐れ入りますが、「{order}」は一つに決められません。どれをご希望でしょうか：{goals}",
    ),
    "order_nothing": (
        (
            "Sorry, “{order}” was not understood: no procedure here declares phrases. "
            "Please name the documents to reach instead."
        ),
        (
            "恐れ入りますが、「{order}」を理解できませんでした。フレーズを定めた手続がありません。"
            "目標の書類名をご指定ください。"
        ),
    ),
    "declared_twice": (
        "'{name}' is declared differently in {where}; the two must agree",
        "「{name}」が{where}では異なる内容で宣言されている。同じ内容にそろえる",
    ),
    "lever_clash": (
        "'{name}' is the name of a lever and, in {where}, of an attribute or a list",
        "「{name}」はレバーの名前であり、{where}では属性またはリストの名前でもある",
    ),
    "lever_clash.todo": (
        "rename one of them: a condition on the name could mean either",
        "条件でどちらを指すか分からないので、一方の名前を変える",
    ),
    "unknown_actor": (
        "there is no actor '{name}'",
        "アクター「{name}」はない",
    ),
    "unknown_actor.todo": (
        "declare it under 'actors', with the agent that acts",
        "actorsに、動かすエージェントとともに宣言する",
    ),
    "unknown_agent": (
        "there is no agent '{name}'",
        "エージェント「{name}」はない",
    ),
    "unknown_agent.todo": (
        "write agents/{name}.yaml, or take one that 'tetsuzuki list' shows",
        "agents/{name}.yamlを書くか、「tetsuzuki list」にあるものを使う",
    ),
    "unknown_list": (
        "there is no list '{name}'",
        "リスト「{name}」はない",
    ),
    "unknown_list.todo": (
        "declare it under 'lists' of a procedure",
        "手続のlistsに宣言する",
    ),
    "unknown_calendar": (
        "there is no calendar '{name}'",
        "カレンダー「{name}」はない",
    ),
    "unknown_calendar.todo": (
        "declare it under 'calendars', or take always, office, business or business_days",
        "calendarsに宣言するか、always、office、business、business_daysを使う",
    ),
    "unknown_document": (
        "there is no document '{name}'",
        "書類「{name}」はない",
    ),
    "unknown_document.todo": (
        "declare it under 'documents' of a procedure",
        "手続のdocumentsに宣言する",
    ),
    "observed_family": (
        "'{name}' is a document for each item of a list; compare with one of them: {known}",
        "「{name}」はリストの項目ごとの書類である。どれか一つを選ぶ：{known}",
    ),
    "unknown_defect": (
        "there is no defect '{name}'",
        "不備「{name}」はない",
    ),
    "unknown_defect.todo": (
        "declare it under 'defects' of a procedure",
        "手続のdefectsに宣言する",
    ),
    "unknown_attribute": (
        "there is no attribute '{name}'",
        "属性「{name}」はない",
    ),
    "declare_it": (
        "correct the name, or declare it in a procedure: a rule about what is nowhere never holds",
        "名前を直すか、手続で宣言する。どこにもないものについての規則は決して成り立たない",
    ),
    "office_unlimited": (
        "the office '{name}' serves all cases at once: add 'staff: 2' or 'staff: unlimited'",
        "「{name}」は全案件に同時に対応する。staff: 2のように書くか、staff: unlimitedと書く",
    ),
    "no_effect": (
        "'{name}' changes nothing: every arm is the same without it",
        "「{name}」は何も変えない。なくてもすべての比較対象が同じになる",
    ),
    "arms_alike": (
        "the arms '{one}' and '{other}' are the same world, so their results are the same",
        "「{one}」と「{other}」は同じ内容であり、結果も同じになる",
    ),
    "rule_elsewhere": (
        "no procedure here declares '{name}', so a rule about it never holds",
        "「{name}」を宣言する手続がないため、これについての規則は決して成り立たない",
    ),
    "unknown_attribute.todo": (
        "declare it under 'attributes' of a procedure or of a stream of cases",
        "手続または案件の流れのattributesに宣言する",
    ),
    "unknown_step": (
        "there is no step '{name}'",
        "作業「{name}」はない",
    ),
    "unknown_step.todo": (
        "declare it under 'steps' of the procedure",
        "手続のstepsに宣言する",
    ),
    "spread_twice": (
        "'{name}' is given for each of '{one}' and for each of '{other}'; use two documents",
        "「{name}」が「{one}」ごととも「{other}」ごととも定められている。別の書類に分ける",
    ),
    "step_nobody": (
        "nobody does the step '{name}' in any channel; say who with 'by:'",
        "作業「{name}」はどのチャネルでも担い手がない。by:で担い手を書く",
    ),
    "confidence_missing": (
        "'{name}' is made by confidence, but the step has none; add 'confidence:'",
        "「{name}」はconfidenceによって生じるが、作業にconfidenceがない。confidence:を加える",
    ),
    "asked_not_drafted": (
        "no AI drafts '{name}' (it has no 'confidence'), so nobody is ever asked about it",
        "「{name}」はAIの起案ではない（confidenceがない）ため、確認を求められることがない",
    ),
    "cycle": (
        "these steps wait for each other for ever (step → document → step): {path}",
        "次の作業は互いを待ち続ける（作業→書類→作業）：{path}",
    ),
    "goal_unreachable": (
        "the goal '{name}' cannot be reached: nobody gives it (channel: {channel})",
        "目標「{name}」に到達できない。交付する作業がない（チャネル：{channel}）",
    ),
    "nobody_gives": (
        "nobody gives '{name}' (channel: {channel}), and not every locker holds it",
        "「{name}」を交付する作業がない（チャネル：{channel}）。最初から手元にあるとも限らない",
    ),
    "nobody_decides": (
        "nothing decides '{name}' before it is asked for (channel: {channel})",
        "必要になる前に「{name}」を決める作業がない（チャネル：{channel}）",
    ),
    "giver_not_sure": (
        "some cases cannot get '{name}': this step is not open to all; add 'by' in a lower channel",
        "「{name}」を得られない案件がある。この作業は全員には開かれていない。下位のチャネルにbyを書く",
    ),
    "no_goal": (
        "the stream '{stream}' and its procedures have no goal; add 'goal: [DOCUMENT]'",
        "流れ「{stream}」にもその手続にも目標がない。goal: [書類名]を加える",
    ),
    "staff_shape": (
        "staff is a whole number, or goes by time, month or weekday: {{by: time, 0d: 3, 14d: 9}}",
        "staffは整数か、time、month、weekdayによる場合分け（{{by: time, 0d: 3, 14d: 9}}など）",
    ),
    "caution.outage_before": (
        "this outage is over before the scenario begins",
        "この停止は、シナリオが始まる前に終わっている",
    ),
    "caution.outage_after": (
        "this outage begins when the last case is over",
        "この停止が始まる前に、最後の案件が終わっている",
    ),
    "caution.deadline_before": (
        "this deadline is past before the scenario begins: every case misses it at once",
        "この期限は、シナリオが始まる前に過ぎている。どの案件もただちに期限切れになる",
    ),
    "caution.deadline_after": (
        "no case can miss this deadline: the last one is over before it",
        "この期限に遅れる案件はない。最後の案件がその前に終わる",
    ),
    "caution.deadline_long": (
        "no case can miss this deadline: none is followed for so long (horizon)",
        "この期限に遅れる案件はない。案件はそれほど長く追跡されない（horizon）",
    ),
    "caution.observed": (
        "no case is followed for so long (horizon)",
        "案件はそれほど長く追跡されない（horizon）",
    ),
    "caution.warm_up": (
        "no case counts: the last one begins before the warm-up is over",
        "集計される案件がない。warm_upが終わる前に最後の案件が始まる",
    ),
    "caution.branch": (
        "this branch never counts: the last case is over before it begins",
        "この枝が使われることはない。始まる前に最後の案件が終わる",
    ),
    "caution.rule": (
        "this never holds: no case is followed for so long (horizon)",
        "これが成り立つことはない。案件はそれほど長く追跡されない（horizon）",
    ),
    "arrivals_beyond": (
        "the last case may come later than calendars reach, {years} years",
        "最後の案件が、カレンダーの範囲（{years}年）より後に来るおそれがある",
    ),
    "staff_none": (
        "the pool '{name}' never has any staff while it is open; nothing would ever get through",
        "「{name}」には開いている時間に職員が一人もおらず、何も処理されない",
    ),
    "rule_missing": (
        "the agent '{agent}' of actor '{actor}' has no rule for the event '{event}'",
        "アクター「{actor}」のエージェント「{agent}」に、イベント「{event}」の規則がない",
    ),
    "last_rule_conditional": (
        "the last rule for '{event}' must hold in every case: take its conditions away or add one",
        "「{event}」の最後の規則は必ず成り立たなければならない。条件を外すか、無条件の規則を加える",
    ),
    "never_together": (
        "{names} are never open at the same time",
        "次の者が同時に対応できる時間がない：{names}",
    ),
    "pools_in_circle": (
        "these pools are taken in different orders and could wait for each other for ever: {names}",
        "次の窓口は順序が食い違い、互いに待ち続けるおそれがある：{names}",
    ),
    "timetable_not_hours": (
        "'{name}' is a timetable; opening hours are needed here",
        "「{name}」は時刻表である。ここには開いている時間帯が要る",
    ),
    "hours_never_open": (
        "these hours never open within 30 years of the start",
        "この時間帯は、開始から30年のあいだ一度も開かない",
    ),
    "until_not_timetable": (
        "'{name}' is no timetable; 'until' waits for one (a calendar with 'at')",
        "「{name}」は時刻表ではない。untilには時刻表（atのあるカレンダー）が要る",
    ),
    "step_unneeded": (
        "no case of this scenario ever needs step '{name}'",
        "このシナリオでは作業「{name}」を必要とする案件がない",
    ),
    "fee_shape": (
        "a fee is a plain number or follows from an attribute or the visit, not '{given}'",
        "手数料は数値か、属性または訪問回数（visit）による場合分けで書く（「{given}」は不可）",
    ),
    "loss_no_amount": (
        "'{name}' is no amount of yen",
        "「{name}」は金額を表す属性ではない",
    ),
    "batch_person": (
        "a batch is done by staff or systems; people and AI agents act for one case at a time",
        "一括処理は職員かシステムが行う。個人とAIエージェントは案件ごとに動く",
    ),
    "once_for_all": (
        "a step that is done once a site cannot have '{field}'",
        "拠点ごとに一度行う作業には「{field}」を付けられない",
    ),
    "batch_drafted": (
        "a draft with 'confidence' is made for one case at a time, not for a batch",
        "confidenceのある起案は案件ごとに行い、一括処理にはできない",
    ),
    "returns_nowhere": (
        "this defect of '{document}' may be found and sent back, but no step gives '{document}'",
        "「{document}」のこの不備は差し戻され得るが、「{document}」を発行する作業がない",
    ),
    "attributes_in_circle": (
        "these attributes follow from each other in a circle: {names}",
        "次の属性は互いに循環して依存している：{names}",
    ),
    "same_crc": (
        "two draw points have the same key, rename one: {one} and {other}",
        "二つの抽選点のキーが一致する。どちらかの名前を変える：{one}と{other}",
    ),
    "rule_missing.start": (
        "the applicant has to choose a channel: add a rule with {{then: {{use: digital}}}}",
        "チャネルが混在する場合は申請者が選ぶ。{{then: {{use: digital}}}}などの規則を加える",
    ),
    "rule_missing.returned": (
        "something may be sent back to it: add a rule with {{then: {{redo: {{after: 1d}}}}}}",
        "差戻しを受けることがある。{{then: {{redo: {{after: 1d}}}}}}などの規則を加える",
    ),
}
