"""What is said of procedures, agents and scenarios, their levers and overrides."""

from __future__ import annotations

from typing import Final

DEFINITIONS: Final[dict[str, tuple[str, str]]] = {
    # -- definitions -------------------------------------------------------------------------
    "reserved": (
        "'{name}' is kept for a later release and cannot be used yet",
        "「{name}」は今後の版のために予約されており、まだ使えない",
    ),
    "condition_not_mapping": (
        "a condition is written as {{attribute: value}}, not '{given}'",
        "条件は{{属性: 値}}の形で書く（「{given}」は不可）",
    ),
    "condition_empty": (
        "the condition is empty and says nothing; leave the key out or write {{attribute: value}}",
        "条件が空で、何も言っていない。キーごと省くか{{属性: 値}}を書く",
    ),
    "reserved_name": (
        "'{name}' is a word of the language and cannot be the name of this",
        "「{name}」はこの言語の言葉なので、ここの名前にできない",
    ),
    "waiting_untimed": (
        "a rule of 'waiting' needs a test of {known}: it is asked when that begins to hold",
        "waitingの規則には{known}の条件が要る。それが成り立った時に問われる",
    ),
    "waiting_at_once": (
        'this holds from the first second on, so there is nothing to wait for; write "> 30d"',
        '最初の瞬間から成り立つので、待つものがない。"> 30d"のように書く',
    ),
    "waiting_never": (
        "this can never hold: nobody has waited longer than since the start",
        "成り立つことはない。開始からの時間より長く待つことはできない",
    ),
    "rule_unreached": (
        "'{name}' is never reached: '{other}' before it has no condition",
        "「{name}」に達することはない。その前の「{other}」に条件がない",
    ),
    "valid_never": (
        "a document that is valid for no time can never be used",
        "有効期間が0の書類は使うことができない",
    ),
    "lapsed_never": (
        "'lapsed' needs 'valid': this document never grows too old",
        "lapsedにはvalidが要る。この書類は古くならない",
    ),
    "condition_value": (
        '\'{given}\' cannot be tested; write a value, a list, "> 5" or "6-7"',
        '「{given}」は条件の値にできない。値、リスト、"> 5"、"6-7"のいずれかで書く',
    ),
    "action_shape": (
        "'{given}' is no action; write give_up, {{use: analog}} or {{redo: {{after: 2d}}}}",
        "「{given}」という行動はない。give_up、{{use: analog}}、{{redo: {{after: 2d}}}}などと書く",
    ),
    "action_needs": (
        "'{action}' takes exactly '{wants}', as in {{{action}: {{{wants}: 1h}}}}",
        "「{action}」に書けるのは「{wants}」だけ。{{{action}: {{{wants}: 1h}}}}のように書く",
    ),
    "action_not_for_event": (
        "'{action}' cannot follow '{event}'; possible are: {allowed}",
        "「{event}」に対して「{action}」はできない。できるのは：{allowed}",
    ),
    "hurry_positive": (
        "hurry (={given}) must be at least 1",
        "hurry（={given}）は1以上でなければならない",
    ),
    "test_not_for_event": (
        "'{test}' is not known when '{event}' is asked; possible are: {may}, and attributes",
        "「{event}」の時点では「{test}」が分からない。使えるのは：{may}と属性",
    ),
    "attention_positive": (
        "attention (={given}) must be at least 1",
        "attention（={given}）は1以上でなければならない",
    ),
    "block_not_mapping": (
        "the block '{channel}' must be a mapping or the name of another channel",
        "「{channel}」の欄にはマッピングか別のチャネル名を書く",
    ),
    "block_says_nothing": (
        "the block '{channel}' says nothing; leave it out, or write {{by: none}} if nobody does it",
        "「{channel}」の欄は何も言っていない。省くか、誰も行わないなら{{by: none}}と書く",
    ),
    "overlay_empty": (
        "'{name}: {{}}' says nothing; leave it out, or write '{name}: none' to take away the rest",
        "「{name}: {{}}」は何も言っていない。省くか、取り去るなら「{name}: none」と書く",
    ),
    "none_in_vain": (
        "'none' takes away what is said for all channels or for the first visit; there is nothing",
        "noneは全チャネル共通または初回について書かれたものを取り去るが、それがない",
    ),
    "by_nobody": (
        "an empty list names nobody; write 'by: none' to take away who is named for all channels",
        "空のリストは誰も指さない。全チャネル共通の担当者を取り去るなら「by: none」と書く",
    ),
    "omit_is_if": (
        "'omit: true' is now written 'if: never': all cases pass the step in no time",
        "omit: trueは「if: never」と書くようになった。全案件がこのステップを素通りする",
    ),
    "blocks_in_circle": (
        "the block '{channel}' copies itself in a circle: {path}",
        "「{channel}」の欄が循環して自分自身を参照している：{path}",
    ),
    "must_be_plain": (
        "{name} must be a plain number, the same in every case",
        "{name}はすべての案件で同じ数値で書く",
    ),
    "deadline_days": (
        "a deadline counts whole days; write hours for a part of a day",
        "期限は日数を整数で数える。1日に満たない分は時間で書く",
    ),
    "deadline_fixed": (
        "a deadline needs a plain duration such as 14d",
        "期限は14dのような単純な期間で書く",
    ),
    "lever_default": (
        "the default '{given}' is none of the values: {known}",
        "既定値「{given}」は選択肢にない。選べるのは：{known}",
    ),
    "list_count": (
        "a list has from 1 to 1000 items, not {given}",
        "リストの項目数は1から1000まで（{given}は不可）",
    ),
    "not_a_moment": (
        "'{given}' is not a date or time; write 2026-04-01 or 2026-04-01T10:30",
        "「{given}」は日時として読めない。2026-04-01または2026-04-01T10:30のように書く",
    ),
    "no_such_moment": (
        "there is no such day or time: '{given}'",
        "「{given}」という日時は存在しない",
    ),
    "year_out_of_bounds": (
        "'{given}' lies outside of the years 1950 to 2090",
        "「{given}」は1950年から2090年の範囲にない",
    ),
    "arrivals_law": (
        "arrivals are at_once, a time between cases or a law of moments",
        "到着はat_once、到着間隔、または時点の分布で書く",
    ),
    "arrivals_closed": (
        "the hours of this stream are closed during all the time over which its cases are spread",
        "申請を散らす期間のあいだ、この流れの時間帯が一度も開かない",
    ),
    "outage_length": (
        "an outage needs a plain duration above 0",
        "停止期間は0より長い単純な期間で書く",
    ),
    "must_be_fixed": (
        "{name} must be a plain duration such as 30d",
        "{name}は30dのような単純な期間で書く",
    ),
    "horizon_positive": (
        "the horizon must be longer than 0",
        "horizonは0より長くなければならない",
    ),
    "named_twice": (
        "'{name}' is named twice",
        "「{name}」が二度書かれている",
    ),
    "said_twice": (
        "this says the same as entry {first} of the list",
        "一覧の{first}番目と同じ内容である",
    ),
    # -- library -----------------------------------------------------------------------------
    "no_such_scenarios": (
        "there is no scenario '{name}'",
        "シナリオ「{name}」はない",
    ),
    "no_such_scenarios.todo": (
        "'tetsuzuki list' shows what there is; files are looked for below the folder you are in",
        "「tetsuzuki list」で一覧を表示する。ファイルは、今いるフォルダーの下で探す",
    ),
    "no_such_procedures": (
        "there is no procedure '{name}'",
        "手続「{name}」はない",
    ),
    "no_such_procedures.todo": (
        "'tetsuzuki list' shows what there is; files are looked for below the folder you are in",
        "「tetsuzuki list」で一覧を表示する。ファイルは、今いるフォルダーの下で探す",
    ),
    "no_such_agents": (
        "there is no agent '{name}'",
        "エージェント「{name}」はない",
    ),
    "no_such_agents.todo": (
        "'tetsuzuki list' shows what there is; files are looked for below the folder you are in",
        "「tetsuzuki list」で一覧を表示する。ファイルは、今いるフォルダーの下で探す",
    ),
    "assignment_shape": (
        "{option} takes NAME=VALUE, not '{given}'",
        "{option}は「名前=値」の形で書く（「{given}」は不可）",
    ),
    "name_not_stem": (
        "the name '{name}' is not that of the file, '{stem}'; rename one of them",
        "名前「{name}」がファイル名「{stem}」と違う。どちらかを直す",
    ),
    "lever_twice": (
        "two procedures have a lever called '{name}'",
        "「{name}」というレバーが二つの手続にある",
    ),
    "unknown_lever": (
        "there is no lever '{name}' here",
        "ここに「{name}」というレバーはない",
    ),
    "known_levers": ("the levers are: {known}", "使えるレバー：{known}"),
    "no_levers": ("its procedures have no levers", "手続にレバーがない"),
    "lever_value": (
        "the lever '{lever}' cannot be '{given}'; possible are: {known}",
        "レバー「{lever}」は「{given}」にできない。選べるのは：{known}",
    ),
    "lever_out_of_range": (
        "the lever '{lever}' (={given}) must lie between {low} and {high}",
        "レバー「{lever}」（={given}）は{low}から{high}の範囲になければならない",
    ),
    "patch_no_start": (
        "'{name}' leads nowhere; begin with a procedure, agents.NAME, actors or a scenario's key",
        "「{name}」で始まる項目はない。手続名、agents.名前、actors、シナリオの項目のいずれかで始める",
    ),
    "patch_no_place": (
        "there is no '{name}' under '{above}'",
        "「{above}」の下に「{name}」はない",
    ),
    "no_steps_of": (
        "'{name}' does no step here, so nothing is set",
        "「{name}」はここでどのステップも行わないため、何も変わらない",
    ),
    "patch_no_field": ("there is no '{name}' here", "ここに「{name}」という項目はない"),
    "action_bare": (
        "'{action}' needs a value; write it as {example}",
        "「{action}」には値が要る。{example}のように書く",
    ),
    "deadline_two_clocks": (
        "'{other}' cannot stand beside '{one}': either a date (at) or a time (within, after)",
        "「{one}」と「{other}」は同時に書けない。日付（at）か、期間（within、必要ならafterも）のどちらかにする",
    ),
    "phrase_short": (
        "a phrase needs at least {least} letters",
        "フレーズは{least}文字以上で書く",
    ),
    "deadline_no_clock": (
        "a deadline needs a time (within: 14d) or a date (at: 2026-06-30)",
        "期限には期間（within: 14d）か日付（at: 2026-06-30）が必要",
    ),
    "lever_two_kinds": (
        "'replaces' cannot stand beside 'values': a lever either has values or replaces fields",
        "valuesとreplacesは同時に書けない。どちらか一方にする",
    ),
    "lever_no_kind": (
        "a lever needs 'values' (named patches) or 'replaces' (fields that take its number)",
        "レバーにはvalues（名前付きの変更）かreplaces（数値を入れる項目）が必要",
    ),
    "arms_missing": (
        "nothing to compare: add 'channels: [analog, digital, agentic]' or 'compare:'",
        "比べる対象がない。channels: [analog, digital, agentic]かcompare:を加える",
    ),
    "arms_both": (
        "'compare' cannot stand beside 'channels'; keep one of them",
        "channelsとcompareは同時に書けない。どちらか一方にする",
    ),
    "no_such_definition": (
        "there is no procedure, agent or scenario '{name}'",
        "「{name}」という手続・エージェント・シナリオはない",
    ),
    "no_such_definition.todo": (
        "'tetsuzuki list' shows what there is; files are looked for below the folder you are in",
        "「tetsuzuki list」で一覧を表示する。ファイルは、今いるフォルダーの下で探す",
    ),
    "unknown_kind": (
        "this is no procedure, agent or scenario: none of these keys stands at the top: {known}",
        "手続でもエージェントでもシナリオでもない。最上位に次のキーのいずれかが必要：{known}",
    ),
    "unknown_source": (
        "{path}: there is no source '{source}' in the registry of facts",
        "{path}：出典「{source}」は事実の一覧にない",
    ),
    "undefended": (
        "{path} (= {value}) has neither a source nor a range",
        "{path}（= {value}）に出典も範囲もない",
    ),
}
