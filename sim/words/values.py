"""What is said of single values: kinds, names, hours, quantities."""

from __future__ import annotations

from typing import Final

VALUES: Final[dict[str, tuple[str, str]]] = {
    # -- kinds of values, as parts of a message ----------------------------------------------
    "kind.mapping": ("a mapping", "マッピング"),
    "kind.list": ("a list", "リスト"),
    "kind.text": ("text", "文字列"),
    "kind.whole": ("a whole number", "整数"),
    "kind.number": ("a number", "数値"),
    "kind.truth": ("true or false", "trueまたはfalse"),
    "kind.date": ("a date such as 2026-04-01", "日付（例：2026-04-01）"),
    "kind.moment": (
        "a date and time such as 2026-04-01T10:30",
        "日時（例：2026-04-01T10:30）",
    ),
    "kind.clock": ("a time of day such as 09:30", "時刻（例：09:30）"),
    "kind.nothing": ("nothing", "空"),
    "kind.or": ("{first} or {second}", "{first}か{second}"),
    "shown.text": ("'{text}'", "「{text}」"),
    "shown.nothing": ("nothing", "空"),
    # -- values against the definitions ------------------------------------------------------
    "value.unknown_key": ("unknown key '{name}'", "未知のキー「{name}」"),
    "value.known_keys": ("known here: {known}", "ここで使えるキー：{known}"),
    "value.missing": ("the key '{name}' is missing", "キー「{name}」がない"),
    "value.kind": (
        "must be {expected}, not {value}",
        "{expected}でなければならない（ここは{value}）",
    ),
    "value.one_of": (
        "must be one of {allowed}, not {value}",
        "次のいずれかでなければならない：{allowed}（ここは{value}）",
    ),
    "value.above": (
        "must be greater than {bound}, not {value}",
        "{bound}より大きくなければならない（ここは{value}）",
    ),
    "value.at_least": (
        "must be at least {bound}, not {value}",
        "{bound}以上でなければならない（ここは{value}）",
    ),
    "value.below": (
        "must be less than {bound}, not {value}",
        "{bound}未満でなければならない（ここは{value}）",
    ),
    "value.at_most": (
        "must be at most {bound}, not {value}",
        "{bound}以下でなければならない（ここは{value}）",
    ),
    "value.multiple": (
        "must be a multiple of {bound}, not {value}",
        "{bound}の倍数でなければならない（ここは{value}）",
    ),
    "value.finite": (
        "must be a finite number, not {value}",
        "有限の数値でなければならない（ここは{value}）",
    ),
    "value.short": (
        "the number of characters must be at least {bound}, not {size}",
        "{bound}文字以上でなければならない（ここは{size}文字）",
    ),
    "value.long": (
        "the number of characters must be at most {bound}, not {size}",
        "{bound}文字以下でなければならない（ここは{size}文字）",
    ),
    "value.few": (
        "the number of entries must be at least {bound}, not {size}",
        "{bound}件以上の項目が必要（ここは{size}件）",
    ),
    "value.many": (
        "the number of entries must be at most {bound}, not {size}",
        "項目は{bound}件以下でなければならない（ここは{size}件）",
    ),
    "value.name": (
        "{value} cannot be a name: write a letter (A-Z, a-z), then letters, digits and '_'",
        "{value}は名前に使えない。半角の英字で始め、英数字と「_」で書く",
    ),
    "value.item": (
        "{value} cannot be a name: write letters (A-Z, a-z), digits and '_'",
        "{value}は名前に使えない。半角の英数字と「_」で書く",
    ),
    "value.pattern": (
        "{value} does not have the form {pattern}",
        "{value}は{pattern}の形になっていない",
    ),
    "value.form": (
        "{value} fits none of the forms allowed here",
        "{value}はここで使える形ではない",
    ),
    "value.refused": ("{value}: {reason}", "{value}：{reason}"),
    # -- opening hours and calendars ---------------------------------------------------------
    "hours.day": (
        "'{given}' is no day of the week; write daily, a day such as sat, or days such as mon-fri",
        "「{given}」は曜日として読めない。daily、sat、mon-friのように書く",
    ),
    "hours.span": (
        "'{given}' is no opening time; write it as 08:30-17:15, from 00:00 to 24:00",
        "「{given}」は時間帯として読めない。08:30-17:15のように00:00から24:00までで書く",
    ),
    "hours.order": (
        "'{given}' closes when it opens; a whole day is 00:00-24:00",
        "「{given}」は始まりと終わりが同じである。終日なら00:00-24:00と書く",
    ),
    "hours.overlap": ("'{given}' overlaps '{other}'", "「{given}」が「{other}」と重なっている"),
    "hours.clock": (
        "'{given}' is no time of day from 00:00 to 23:59",
        "「{given}」は00:00から23:59までの時刻として読めない",
    ),
    "hours.nothing": (
        "the list is empty; at least one entry is needed",
        "リストが空である。一つ以上の項目が必要",
    ),
    "hours.both": (
        "'open' and 'at' exclude each other: either opening hours or a timetable",
        "openとatは同時に書けない。時間帯か時刻表のどちらか一つにする",
    ),
    "hours.neither": (
        "opening hours (open: 08:30-17:15) or a timetable (at: 09:00) are missing",
        "時間帯（open: 08:30-17:15）か時刻表（at: 09:00）が必要",
    ),
    "hours.days_twice": (
        "the days stand in the hours already; leave 'days' out",
        "曜日は時間の中に書いてある。daysは書かない",
    ),
    "hours.counted": (
        "'{given}' never counts: what stands before it says something of all these days",
        "「{given}」は効かない。これより前の指定がこれらの日をすべて含んでいる",
    ),
    "hours.date": (
        "'{given}' is no date; write 2026-05-03, 08-13 for every year, or a span 08-13/08-15",
        "「{given}」は日付として読めない。2026-05-03、毎年なら08-13、期間なら08-13/08-15のように書く",
    ),
    "hours.dates_reversed": (
        "'{given}' ends before it begins",
        "「{given}」は終わりが始まりより前になっている",
    ),
    "hours.date_spans": (
        "opening hours need a span such as 09:00-12:00 here, or closed",
        "ここには09:00-12:00のような時間帯かclosedが要る",
    ),
    "hours.date_times": (
        "a timetable needs moments such as 09:00 here, or closed",
        "時刻表なので、ここには09:00のような時刻かclosedが要る",
    ),
    "hours.torn_night": (
        "'{early}' and '{late}' are two parts of the same day; a night into the next is '{night}'",
        "「{early}」と「{late}」は同じ日の二つの時間帯になる。翌日まで続く夜は「{night}」と書く",
    ),
    "calendar.ended": (
        "a calendar that is still needed never opens again after day {day} of the run",
        "まだ必要なカレンダーが、開始から{day}日目より後は二度と開かない",
    ),
    "run.no_progress": (
        "case {case} passes the same steps over and over and gets nothing from them",
        "案件{case}は同じ作業を繰り返し通過するが、何も得られない",
    ),
    # -- quantity ----------------------------------------------------------------------------
    "not_a_number": (
        "'{given}' is not a number",
        "「{given}」は数値ではない",
    ),
    "not_a_duration": (
        "'{given}' is not a duration; write it as 90s, 45min, 2h, 3d, 5bd or 2w",
        "「{given}」は期間として読めない。90s、45min、2h、3d、5bd、2wのように書く",
    ),
    "mixed_days": (
        "{given} mixes calendar days (d) and business days (bd); use one of them",
        "{given}は暦日（d）と営業日（bd）を混ぜている。どちらかにそろえる",
    ),
    "too_long": (
        "'{given}' is longer than {most}, the longest time there may be here",
        "「{given}」はここで書ける最長の時間{most}を超える",
    ),
    "no_business_days": (
        "'{given}' is in business days, but this time runs on all days",
        "「{given}」は営業日だが、ここの時間は暦日で進む",
    ),
    "write_all_days": ("write it in d, h, min or s", "d、h、min、sのいずれかで書く"),
    "not_whole.number": (
        "{given} has a fraction; only whole numbers count here",
        "{given}には端数がある。ここでは整数だけが意味をもつ",
    ),
    "not_whole.duration": (
        "'{given}' has a fraction of a second; time is counted in whole seconds",
        "「{given}」には1秒未満の端数がある。時間は秒の整数で数える",
    ),
    "law_below": (
        "{law} goes below the least amount there is",
        "{law}が、あり得る最小の値を下回る",
    ),
    "law_beyond": (
        "{law} reaches far beyond the greatest amount there may be, {most}",
        "{law}が、あり得る最大の値{most}をはるかに超える",
    ),
    "law_constant": (
        "{law} is always {value} in whole numbers; write that number",
        "{law}は整数に丸めるとつねに{value}になる。その数値を書く",
    ),
    "add_point.0": (
        "the line is prolonged to 0 %; add a value at 0",
        "線は0%まで延長される。0の値を加える",
    ),
    "add_point.100": (
        "the line is prolonged to 100 %; add a value at 100",
        "線は100%まで延長される。100の値を加える",
    ),
    "quantiles_twice": (
        "'{other}' is the same percentage as '{one}'",
        "「{other}」は「{one}」と同じ百分率である",
    ),
    "share_too_fine": (
        "the share {given} cannot be told from 0 or 1; write 0% or 100%",
        "割合{given}は0や1と区別できない。0%か100%と書く",
    ),
    "lookup_not_here": (
        "'{name}' is not known here; this may be looked up by an attribute or by {known}",
        "ここでは「{name}」が分からない。場合分けに使えるのは属性と{known}",
    ),
    "branch_covered": (
        "'{name}' never counts: earlier keys hold wherever it does",
        "「{name}」が使われることはない。先に書かれたキーがすべて当てはまる",
    ),
    "value_covered": (
        "'{value}' adds nothing to the values before it",
        "「{value}」は、その前の値に何も加えない",
    ),
    "else_never": (
        "'else' never counts: the keys of the lookup by '{by}' hold for every value",
        "elseが使われることはない。「{by}」による場合分けのキーがすべての値に当てはまる",
    ),
    "times_open": (
        "nothing is said for the time before this; begin with 0d, or add 'else:'",
        "これより前の時間の指定がない。0dから始めるか、else:を加える",
    ),
    "span_reversed": (
        "'{given}' ends before it begins and holds for nothing",
        "「{given}」は終わりが始まりより前で、何にも当てはまらない",
    ),
    "never_between": (
        "'{given}' can never hold: possible are {low} to {high}",
        "「{given}」が成り立つことはない。あり得るのは{low}から{high}まで",
    ),
    "never_below": (
        "'{given}' can never hold: nothing lies below {low}",
        "「{given}」が成り立つことはない。{low}未満の値はない",
    ),
    "test_needs_comparison": (
        "'{given}' is hardly ever met exactly; write a comparison or a span",
        "ちょうど「{given}」になることはまずない。比較か範囲で書く",
    ),
    "range_of_word": (
        "'{given}' is no number, so it cannot have a range",
        "「{given}」は数値ではないので、範囲を付けられない",
    ),
    "attribute_mixed": (
        "the attribute '{name}' is {kind}, which this is not",
        "属性「{name}」は{kind}だが、ここはそうなっていない",
    ),
    "sort.bool": ("true or false (a share)", "真偽（割合）"),
    "sort.number": ("an amount", "数量"),
    "sort.category": ("one of several categories", "区分"),
    "not_a_share": (
        "'{given}' is not a share; write it as 13.5% or 0.135",
        "「{given}」は割合として読めない。13.5%または0.135のように書く",
    ),
    "share_out_of_bounds": (
        "the share {given} is not between 0 and 1 (0% and 100%)",
        "割合{given}は0から1（0%から100%）の間にない",
    ),
    "source_not_text": (
        "the source must be a fact id such as REG-01, not '{given}'",
        "出典はREG-01のような事実番号で書く（「{given}」は不可）",
    ),
    "range_not_pair": (
        "a range is a pair such as [5%, 15%], not '{given}'",
        "範囲は[5%, 15%]のように二つの値で書く（「{given}」は不可）",
    ),
    "value_outside_range": (
        "the value lies outside of its own range, {low} to {high}",
        "値が、自らの範囲{low}〜{high}の外にある",
    ),
    "range_beside_value": (
        "the range of a number stands behind it, in one text",
        "数値の範囲は、数値のすぐ後ろに一つの文字列として書く",
    ),
    "range_repeated": (
        "these are the bounds that the distribution has by itself; leave 'range' out",
        "分布そのものの両端と同じ範囲なので、rangeは書かない",
    ),
    "range_reversed": (
        "the range {given} ends below its beginning; the lowest comes first",
        "範囲{given}の上限が下限より小さい。小さい方を先に書く",
    ),
    "by_not_a_name": (
        "'by' names what to go by, not '{given}'",
        "byには参照する名前を書く（「{given}」は不可）",
    ),
    "lookup_empty": (
        "the lookup by '{by}' has no branches; add values and 'else:'",
        "「{by}」による場合分けに選択肢がない。値ごとの指定とelse:を加える",
    ),
    "lookup_no_else": (
        "the lookup by '{by}' says nothing for: {missing}; add them or 'else:'",
        "「{by}」による場合分けに、次の値の指定がない：{missing}。これらかelse:を加える",
    ),
    "unknown_law": (
        "'{given}' is not a way to write an amount; known are {known}",
        "「{given}」という書き方はない。使えるのは{known}",
    ),
    "law_needs_mapping": (
        "{law} takes named parameters, for example {{mean: 10min}}",
        "{law}には{{mean: 10min}}のような名前付きの値が要る",
    ),
    "law_parameters": (
        "{law} takes exactly these: {wants}",
        "{law}に書くのは次の値だけ：{wants}",
    ),
    "law_not_positive": (
        "{name} (={given}) must be above 0",
        "{name}（={given}）は0より大きくなければならない",
    ),
    "learning_factor": (
        "factor (={given}) must lie between 0 and 1: what is left after one loop",
        "factor（={given}）は0と1の間でなければならない（1周後に残る割合）",
    ),
    "learning_floor": (
        "the floor {floor} must lie below the first {first}, or nothing is learned",
        "下限{floor}は最初の値{first}より小さくなければ、何も習熟しない",
    ),
    "law_needs_list": (
        "{law} takes a list of {wants} values",
        "{law}には{wants}個の値のリストが要る",
    ),
    "median_needs_one": (
        "beside 'median' stands exactly one of 'p90' and 'p10'",
        "medianにはp90かp10のどちらか一つだけを添える",
    ),
    "median_out_of_bounds": (
        "median and outer quantile must lie above 0 (shares: also below 1)",
        "中央値と分位点は0より大きく（割合なら1未満で）なければならない",
    ),
    "quantiles_disordered": (
        "the value at {other} % is below that at {one} %; it must rise with the percentage",
        "{other}%の値が{one}%の値より小さい。百分率とともに増えなければならない",
    ),
    "quantile_key": (
        "'{given}' is not a percentage from 0 to 100",
        "「{given}」は0から100の百分率ではない",
    ),
    "quantiles_too_few": (
        "quantiles need at least two points",
        "分位点は二つ以上必要",
    ),
    "choice_sum": (
        "the shares of the categories add up to {total}, not to 100%",
        "区分の割合の合計が{total}で、100%にならない",
    ),
    "choice_fixed": (
        "the share of category '{given}' must be a plain number",
        "区分「{given}」の割合は単純な数値で書く",
    ),
    "times_disordered": (
        "this time does not come after the one before it; times must rise",
        "時刻がその前のものより後でない。早い順に書く",
    ),
    "unknown_value": (
        "'{value}' is none of the possible values: {known}",
        "「{value}」という値はない。使えるのは：{known}",
    ),
    "unknown_lookup": (
        "nothing called '{name}' can be looked up by",
        "「{name}」による場合分けはできない",
    ),
    "unknown_lookup.todo": (
        "declare it under 'attributes' or 'lists', or go by visit, month, time or channel",
        "attributesかlistsに宣言するか、visit、month、time、channelを使う",
    ),
    "value.nothing": (
        "a value is missing here",
        "ここに値がない",
    ),
    "duration_without_unit": (
        "{given} has no unit; write {given}min, {given}h, {given}d or {given}bd",
        "{given}に単位がない。{given}min、{given}h、{given}d、{given}bdのように書く",
    ),
    "duration_negative": (
        "the duration {given} is negative; time only goes forward",
        "期間{given}が負になっている。0以上で書く",
    ),
    "law_twice": (
        "'{other}' stands beside '{one}'; a random amount has one law only",
        "「{one}」と「{other}」が並んでいる。分布は一つだけ書く",
    ),
    "median_beside": (
        "{spread} lies on the wrong side of the median {median}",
        "{spread}が中央値{median}と逆の側にある",
    ),
    "law_disordered": (
        "{law} takes [{wants}] in this order, not {given}",
        "{law}は[{wants}]の順に書く（{given}は不可）",
    ),
    "lookup_open": (
        "the lookup by '{by}' does not cover every number; add 'else:'",
        "「{by}」による場合分けは、すべての数を網羅していない。else:を加える",
    ),
}
