"""Every message the program can say, in English and Japanese, so that no text hides in the code."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

LANGUAGES: Final = ("en", "ja")


@dataclass(frozen=True, slots=True)
class Word:
    """A part of a message that is itself in the catalogue, said in the language of the whole."""

    key: str
    values: Mapping[str, object] = field(default_factory=dict)


def say(key: str, /, lang: str = "en", **values: object) -> str:
    """Return the message ``key`` in ``lang`` with ``values`` filled in.

    Characters that cannot be printed are written as escapes, so that a message stays on its line.
    A key, language or field that does not exist is a mistake of the program: ``KeyError``,
    ``ValueError``.
    """
    text = WORDS[key][LANGUAGES.index(lang)]
    return text.format(**{name: _told(value, lang) for name, value in values.items()})


def _told(value: object, lang: str) -> object:
    if isinstance(value, Word):
        return say(value.key, lang, **value.values)
    if isinstance(value, str) and not value.isprintable():
        return "".join(c if c.isprintable() else _escaped(c) for c in value)
    return value


def _escaped(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")


WORDS: Final[dict[str, tuple[str, str]]] = {
    # -- problems in general -----------------------------------------------------------------
    "did_you_mean": ("did you mean '{guess}'?", "「{guess}」のことでは？"),
    "invalid_input": ("{count} problems in the input", "入力に問題が{count}件ある"),
    "problems.more": (
        "more than {most} problems; the rest is not listed",
        "問題が{most}件を超えた。残りは省略",
    ),
    # -- files -------------------------------------------------------------------------------
    "file.missing": ("there is no such file", "ファイルが見つからない"),
    "file.folder": ("this is a folder, not a file", "ファイルではなくフォルダーである"),
    "file.special": (
        "this is not an ordinary file",
        "通常のファイルではない（デバイスやパイプは読めない）",
    ),
    "file.denied": ("the file may not be read: permission denied", "ファイルを読む権限がない"),
    "file.unreadable": ("the file cannot be read: {reason}", "ファイルを読み込めない：{reason}"),
    "file.too_big": (
        "the file is too big: {size} bytes, at most {most} are read",
        "ファイルが大きすぎる：{size}バイト（上限は{most}バイト）",
    ),
    "file.empty": ("the file is empty", "ファイルに内容がない"),
    "file.not_utf8": (
        "the file is not UTF-8: byte {byte} here stands for no character",
        "UTF-8ではない：ここのバイト{byte}は文字として読めない",
    ),
    "file.save_utf8": (
        "save the file as UTF-8 (it may be in Shift_JIS or UTF-16 now)",
        "文字コードをUTF-8にして保存し直す（Shift_JISやUTF-16で保存されている可能性がある）",
    ),
    # -- YAML as written ---------------------------------------------------------------------
    "yaml.control": (
        "the character {code} is not allowed in a file",
        "使えない文字{code}が含まれている",
    ),
    "yaml.delete_it": (
        "delete it; it may be invisible in your editor",
        "この文字を削除する（エディターでは見えないことがある）",
    ),
    "yaml.tab": (
        "a tab is used where only spaces may stand",
        "半角スペースを使うべきところにタブがある",
    ),
    "yaml.use_spaces": ("indent with spaces", "字下げには半角スペースを使う"),
    "yaml.key_space": ("a key contains a full-width space", "キーに全角の空白が含まれている"),
    "yaml.full_width": (
        "the line has a full-width space or colon; the format needs ordinary ones (' ' and ':')",
        "全角の空白またはコロンがある。半角（「 」と「:」）に直す",
    ),
    "yaml.quote_open": (
        "the quotation mark opened here is never closed",
        "ここで始まる引用符が閉じられていない",
    ),
    "yaml.quote_late": (
        "this quotation mark ends a text that begins on a line above",
        "この引用符は、上の行で始まった文字列の終わりになっている",
    ),
    "yaml.quote_close": (
        "close the text above where it should end",
        "上の文字列を本来の終わりで閉じる",
    ),
    "yaml.bracket_open": (
        "the '{bracket}' opened here is never closed",
        "ここで始まる「{bracket}」が閉じられていない",
    ),
    "yaml.close_it": (
        "close it with '{closing}'; on line {line} it is still open",
        "「{closing}」で閉じる（{line}行目でもまだ開いている）",
    ),
    "yaml.comma": (
        "a ',' or '{closing}' is missing before this",
        "この前に「,」または「{closing}」が足りない",
    ),
    "yaml.bracket_extra": (
        "the '{bracket}' closes nothing that is open",
        "「{bracket}」に対応する開き括弧がない",
    ),
    "yaml.no_colon": (
        "a key without ':' after it",
        "キーの後ろに「:」がない",
    ),
    "yaml.write_pair": (
        "write it as 'key: value', with a space after the ':'",
        "「キー: 値」の形で書く（「:」の後ろに半角スペースが要る）",
    ),
    "yaml.second_colon": (
        "a second ': ' on one line",
        "一行に「: 」が二つある",
    ),
    "yaml.quote_text": (
        "put the text in quotation marks, or begin a new line",
        "文字列なら引用符で囲む。別の項目なら改行する",
    ),
    "yaml.indent": (
        "this line's indentation fits none of the lines above it",
        "字下げが上のどの行とも合っていない",
    ),
    "yaml.align": (
        "let it begin in the same column as the keys it belongs to",
        "同じ階層の項目と先頭をそろえる",
    ),
    "yaml.item_key_mix": (
        "list items ('- …') and keys ('key: …') are mixed at one level",
        "リストの項目（「- …」）とキー（「キー: …」）が同じ階層に混ざっている",
    ),
    "yaml.one_kind": (
        "use one kind only, and indent further what belongs to the entry above",
        "どちらか一方にそろえる。上の項目に属する行は字下げを深くする",
    ),
    "yaml.no_value": ("a value is missing before this", "この前に値がない"),
    "yaml.item_place": (
        "a list item ('- …') cannot begin here",
        "ここにリストの項目（「- …」）は書けない",
    ),
    "yaml.new_line": ("begin it on a line of its own", "改行して新しい行に書く"),
    "yaml.after_value": (
        "text after the end of a value",
        "値の終わりの後ろに余分な文字がある",
    ),
    "yaml.quote_whole": (
        "put the whole text in one pair of quotation marks, or begin a new line",
        "全体を一組の引用符で囲むか、改行する",
    ),
    "yaml.first_character": (
        "plain text cannot begin with '{character}'",
        "引用符のない文字列は「{character}」で始められない",
    ),
    "yaml.quote_it": ("put the text in quotation marks", "文字列を引用符で囲む"),
    "yaml.escape": (
        "there is no character '\\{character}' in double quotation marks",
        "二重引用符の中の「\\{character}」という書き方はない",
    ),
    "yaml.escape_code": (
        "the code after '\\{character}' stands for no character",
        "「\\{character}」の後ろの文字コードが正しくない",
    ),
    "yaml.single_quotes": (
        "use single quotation marks, or '\\\\' for a backslash",
        "単一引用符を使うか、「\\\\」と書く",
    ),
    "yaml.alias_unknown": (
        "'*{name}' repeats something that is not marked '&{name}' before it",
        "「*{name}」が指す「&{name}」が、これより前にない",
    ),
    "yaml.quote_star": (
        "put text that begins with '*' in quotation marks",
        "「*」で始まる文字列は引用符で囲む",
    ),
    "yaml.too_many": (
        "the file has more than {most} values, repeated ones ('*name') counted each time",
        "値が{most}個を超えている（「*名前」による繰り返しもその都度数える）",
    ),
    "yaml.too_deep": (
        "nested more than {most} levels deep",
        "入れ子が{most}段を超えている",
    ),
    "yaml.tag": ("tags ('{tag}') are not used here", "タグ（「{tag}」）は使えない"),
    "yaml.quote_or_drop": (
        "drop it, or put text that begins with '!' in quotation marks",
        "削除する。「!」で始まる文字列なら引用符で囲む",
    ),
    "yaml.merge": ("merge keys ('<<') are not used here", "マージキー（「<<」）は使えない"),
    "yaml.write_out": ("write the keys out", "各項目を省略せずに書く"),
    "yaml.key_kind": (
        "a key must be text, not a list, a mapping or a repetition",
        "キーは文字列でなければならない（リスト、マッピング、繰り返しは使えない）",
    ),
    "yaml.key_empty": ("a key is empty", "キーが空である"),
    "yaml.key_twice": (
        "the key '{name}' is given twice; first on line {line}",
        "キー「{name}」が重複している（最初は{line}行目）",
    ),
    "yaml.second_document": (
        "a second document begins here; a file holds only one",
        "ここから二つ目の文書が始まる。一つのファイルに書けるのは一つだけ",
    ),
    "yaml.drop_dashes": (
        "delete the line '---' or '...', or use two files",
        "「---」や「...」の行を消すか、ファイルを分ける",
    ),
    "yaml.block_text": (
        "after '|' or '>' only '+', '-' or an indentation from 1 to 9 may follow",
        "「|」「>」の後ろに書けるのは「+」「-」と1〜9の字下げ幅だけ",
    ),
    "yaml.directive": (
        "a line that begins with '%' is not used here",
        "「%」で始まる行は使えない",
    ),
    "yaml.other": ("this cannot be read as YAML", "YAMLとして読み取れない"),
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
        "'{given}' closes before it opens; across midnight write 22:00-24:00 and 00:00-06:00",
        "「{given}」は終わりが始まりより後でない。夜をまたぐなら22:00-24:00と00:00-06:00に分ける",
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
    "calendar.ended": (
        "a calendar that is still needed never opens again after day {day} of the run",
        "まだ必要なカレンダーが、開始から{day}日目より後は二度と開かない",
    ),
    # -- laws of a log, warnings of a result, result folders ----------------------------------
    "law.place": ("arm {arm}, replication {replication}", "条件{arm}・反復{replication}"),
    "law.unended": (
        "{where}: {created} cases were created and {ended} ended; all must end",
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
        "{arm}: {missing} of {replications} replications reached no goal; mean latency omits them",
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
    "store.denied": (
        "{folder} cannot be made: {above} is not a folder that may be written to",
        "{folder}を作れない：{above}は書込みのできるフォルダーではない",
    ),
    "store.failed": (
        "the result folder {folder} could not be written: {reason}; nothing is left of it",
        "結果フォルダー{folder}を書き込めなかった：{reason}。途中のものは残っていない",
    ),
    "store.missing": ("{folder} is not a folder", "{folder}というフォルダーはない"),
    "store.unfinished": (
        "this result was never finished: its run was cut off while writing",
        "書込みの途中で中断された結果である",
    ),
    "store.no_manifest": (
        "there is no manifest to read: this is not a whole result folder",
        "manifestを読み込めない：完全な結果フォルダーではない",
    ),
    "store.bad_manifest": (
        "this is not the manifest of a result folder",
        "結果フォルダーのmanifestではない",
    ),
    "store.format": (
        "the result has format {found}; this version reads format {known}",
        "結果の形式は{found}。この版で読めるのは形式{known}",
    ),
    "store.unlisted": (
        "the manifest does not list {name}: the result is not whole",
        "manifestに{name}がない：結果が欠けている",
    ),
    "store.lost": ("the file is missing or unreadable", "ファイルがないか、読み込めない"),
    "store.changed": (
        "the file is not the one that was written: its size or SHA-256 differs",
        "書き込んだときのファイルと大きさまたはSHA-256が異なる",
    ),
    # -- quantity ----------------------------------------------------------------------------
    "not_a_number": (
        "'{given}' is not a number",
        "「{given}」は数値ではない",
    ),
    "not_a_duration": (
        "'{given}' is not a duration; write 90s, 45min, 2h, 3d, 5bd or 2w",
        "「{given}」は期間として読めない。90s、45min、2h、3d、5bd、2wのように書く",
    ),
    "mixed_days": (
        "'{given}' mixes calendar days (d) and business days (bd)",
        "「{given}」は暦日（d）と営業日（bd）を混ぜている",
    ),
    "too_long": (
        "'{given}' is longer than 100 years",
        "「{given}」は100年を超える",
    ),
    "not_a_share": (
        "'{given}' is not a share; write 13.5% or 0.135",
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
    "range_reversed": (
        "the range {given} ends before it begins",
        "範囲{given}の上限が下限より小さい",
    ),
    "by_not_a_name": (
        "'by' names what to go by, not '{given}'",
        "byには参照する名前を書く（「{given}」は不可）",
    ),
    "lookup_empty": (
        "the lookup by '{by}' has no branches",
        "{by}による場合分けに枝がない",
    ),
    "lookup_no_else": (
        "the lookup by '{by}' says nothing for the other values {value}; add 'else:'",
        "{by}による場合分けに、残りの値{value}の指定がない。else:を加える",
    ),
    "unknown_law": (
        "'{given}' is not a random law; known are triangular, uniform, exponential, lognormal, gamma, quantiles and median with p90",
        "「{given}」という分布はない。使えるのはtriangular、uniform、exponential、lognormal、gamma、quantiles、およびmedianとp90",
    ),
    "law_needs_mapping": (
        "{law} takes named parameters, for example {{mean: 10min}}",
        "{law}には{{mean: 10min}}のような名前付きの値が要る",
    ),
    "law_parameters": (
        "{law} takes exactly: {wants}",
        "{law}に必要な値はちょうど：{wants}",
    ),
    "law_not_positive": (
        "{name} (={given}) must be above 0",
        "{name}（={given}）は0より大きくなければならない",
    ),
    "law_needs_list": (
        "{law} takes a list of {wants} values",
        "{law}には{wants}個の値のリストが要る",
    ),
    "law_disordered": (
        "the values {given} must not fall",
        "値{given}は小さい順に並べる",
    ),
    "median_needs_one": (
        "beside median stands exactly one of p90 and p10",
        "medianにはp90かp10のどちらか一つだけを添える",
    ),
    "median_out_of_bounds": (
        "median and outer quantile must lie above 0 (shares: also below 1)",
        "中央値と分位点は0より大きく（割合なら1未満で）なければならない",
    ),
    "quantiles_disordered": (
        "the quantiles must rise with their percentages",
        "分位点は百分率とともに増えなければならない",
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
        "the shares of the categories add up to {total}, not 100%",
        "区分の割合の合計が{total}で、100%にならない",
    ),
    "choice_fixed": (
        "the share of category '{given}' must be a plain number",
        "区分「{given}」の割合は単純な数値で書く",
    ),
    "times_disordered": (
        "the times of a lookup by time must rise",
        "timeによる場合分けは早い順に書く",
    ),
    "test_business_days": (
        "a condition counts calendar days; '{given}' is in business days",
        "条件は暦日で数える。「{given}」は営業日になっている",
    ),
    "unknown_value": (
        "'{value}' is not one of: {known}",
        "「{value}」は選べない。選べるのは：{known}",
    ),
    "unknown_lookup": (
        "there is nothing called '{name}' to look up by",
        "「{name}」による場合分けはできない",
    ),
    # -- definitions -------------------------------------------------------------------------
    "reserved": (
        "'{given}' uses a word kept for a later release; it cannot be used yet",
        "「{given}」は今後の版のために予約された語で、まだ使えない",
    ),
    "condition_not_mapping": (
        "a condition is written as {{attribute: value}}, not '{given}'",
        "条件は{{属性: 値}}の形で書く（「{given}」は不可）",
    ),
    "condition_value": (
        '\'{given}\' cannot be tested; write a value, a list, "> 5" or "6-7"',
        '「{given}」は条件の値にできない。値、リスト、"> 5"、"6-7"のいずれかで書く',
    ),
    "action_shape": (
        "'{given}' is not an action; write for example give_up, {{use: analog}} or {{redo: {{after: 2d}}}}",
        "「{given}」は行動として読めない。give_up、{{use: analog}}、{{redo: {{after: 2d}}}}のように書く",
    ),
    "action_needs": (
        "'{action}' takes exactly '{wants}'",
        "「{action}」に必要なのは「{wants}」だけ",
    ),
    "action_not_for_event": (
        "'{action}' cannot follow '{event}'; possible are {allowed}",
        "「{event}」に対して「{action}」はできない。できるのは{allowed}",
    ),
    "hurry_positive": (
        "hurry (={given}) must be at least 1",
        "hurry（={given}）は1以上でなければならない",
    ),
    "test_not_for_event": (
        "'{test}' is not known when '{event}' is asked; possible are {may} and attributes",
        "「{event}」の時点では「{test}」が分からない。使えるのは{may}と属性",
    ),
    "attention_positive": (
        "attention (={given}) must be at least 1",
        "attention（={given}）は1以上でなければならない",
    ),
    "block_not_mapping": (
        "the block '{channel}' must be a mapping (empty: {{}}) or the name of another channel",
        "「{channel}」の欄にはマッピング（空なら{{}}）か別のチャネル名を書く",
    ),
    "blocks_in_circle": (
        "the block '{channel}' copies itself in a circle",
        "「{channel}」の欄が循環して自分自身を参照している",
    ),
    "deadline_one_clock": (
        "a deadline has either 'within' (perhaps 'after' a document) or 'at'",
        "期限にはwithin（必要ならafterも）かatのどちらか一方を書く",
    ),
    "deadline_fixed": (
        "a deadline needs a plain duration",
        "期限は単純な期間で書く",
    ),
    "lever_kind": (
        "a lever has either 'values' or 'replaces'",
        "レバーにはvaluesかreplacesのどちらか一方を書く",
    ),
    "lever_default": (
        "the default '{given}' is not one of: {known}",
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
    "year_out_of_bounds": (
        "'{given}' lies outside of the years 1950 to 2090",
        "「{given}」は1950年から2090年の範囲にない",
    ),
    "arrivals_law": (
        "arrivals are at_once, a fixed or random time between cases, or a uniform, triangular or quantiles law of moments, in calendar days",
        "到着はat_once、到着間隔（固定または分布）、または時点の分布（uniform、triangular、quantiles）で、暦日で書く",
    ),
    "outage_length": (
        "an outage needs a plain duration above 0",
        "停止期間は0より長い単純な期間で書く",
    ),
    "channels_or_compare": (
        "a scenario has either 'channels' or 'compare'",
        "シナリオにはchannelsかcompareのどちらか一方を書く",
    ),
    "must_be_fixed": (
        "{name} must be a plain duration",
        "{name}は単純な期間で書く",
    ),
    "horizon_positive": (
        "the horizon must be above 0",
        "horizonは0より長くなければならない",
    ),
    "arm_twice": (
        "a channel is listed twice",
        "同じチャネルが二度書かれている",
    ),
    # -- library -----------------------------------------------------------------------------
    "no_such_scenarios": (
        "there is no scenario '{name}'",
        "シナリオ「{name}」はない",
    ),
    "no_such_procedures": (
        "there is no procedure '{name}'",
        "手続「{name}」はない",
    ),
    "no_such_agents": (
        "there is no agent '{name}'",
        "エージェント「{name}」はない",
    ),
    "assignment_shape": (
        "{option} takes name=value, not '{given}'",
        "{option}は「名前=値」の形で書く（「{given}」は不可）",
    ),
    "name_not_stem": (
        "the name '{name}' must be that of the file, '{stem}'",
        "名前「{name}」はファイル名「{stem}」と同じでなければならない",
    ),
    "lever_twice": (
        "two procedures have a lever called '{name}'",
        "「{name}」というレバーが二つの手続にある",
    ),
    "unknown_lever": (
        "there is no lever '{name}' here",
        "ここに「{name}」というレバーはない",
    ),
    "lever_value": (
        "the lever '{lever}' cannot be '{given}'; possible are {known}",
        "レバー「{lever}」は「{given}」にできない。選べるのは{known}",
    ),
    "lever_out_of_range": (
        "the lever '{lever}' (={given}) must lie within {bounds}",
        "レバー「{lever}」（={given}）は{bounds}の範囲になければならない",
    ),
    "patch_no_start": (
        "'{name}' leads nowhere: begin with a procedure, 'agents.NAME', 'actors' or a field of the scenario",
        "「{name}」から始まる道はない。手続名、agents.名前、actors、シナリオの項目のいずれかで始める",
    ),
    "patch_no_place": (
        "there is no '{name}' under {above}",
        "{above}の下に「{name}」はない",
    ),
    # -- journey -----------------------------------------------------------------------------
    "declared_twice": (
        "'{name}' is declared elsewhere in this journey, differently",
        "「{name}」がこのジャーニーの別の所で異なる内容で宣言されている",
    ),
    "unknown_actor": (
        "there is no actor '{name}'",
        "アクター「{name}」はない",
    ),
    "unknown_agent": (
        "there is no agent '{name}'",
        "エージェント「{name}」はない",
    ),
    "unknown_list": (
        "there is no list '{name}'",
        "リスト「{name}」はない",
    ),
    "unknown_calendar": (
        "there is no calendar '{name}'",
        "カレンダー「{name}」はない",
    ),
    "unknown_document": (
        "there is no document '{name}'",
        "書類「{name}」はない",
    ),
    "unknown_defect": (
        "there is no defect '{name}'",
        "不備「{name}」はない",
    ),
    "unknown_attribute": (
        "there is no attribute '{name}'",
        "属性「{name}」はない",
    ),
    "unknown_step": (
        "there is no step '{name}'",
        "作業「{name}」はない",
    ),
    "spread_twice": (
        "'{name}' is given once for each of '{one}' and once for each of '{other}'",
        "「{name}」が「{one}」ごととも「{other}」ごととも定められている",
    ),
    "step_nobody": (
        "nobody does step '{name}' in any channel: it has no 'by'",
        "作業「{name}」はどのチャネルでも担い手がない（byがない）",
    ),
    "confidence_missing": (
        "a defect made by 'confidence' needs the step's 'confidence'",
        "confidenceで不備を作る作業にはconfidenceの指定が要る",
    ),
    "asked_not_drafted": (
        "'{name}' is not drafted by an AI (it has no 'confidence'), so nobody can be asked about it",
        "「{name}」はAIの起案ではない（confidenceがない）ため、確認の対象にならない",
    ),
    "cycle": (
        "these steps wait for each other for ever: {path}",
        "これらの作業は互いを待ち続ける：{path}",
    ),
    "goal_unreachable": (
        "the goal '{name}' cannot be reached in the channel '{channel}': nobody gives it",
        "目標「{name}」はチャネル「{channel}」では得られない（交付する作業がない）",
    ),
    "nobody_gives": (
        "nobody gives the document '{name}' in the channel '{channel}', and the locker may lack it",
        "チャネル「{channel}」で書類「{name}」を交付する作業がなく、手元にもないことがある",
    ),
    "nobody_decides": (
        "nothing decides '{name}' before it is asked for",
        "「{name}」を決める作業が、必要になる前にない",
    ),
    "giver_not_sure": (
        "some cases can get '{name}' from nobody: step '{step}' is not open to all; give a lower channel a 'by'",
        "「{name}」をどこからも得られない案件がある。作業「{step}」は全員には開かれていない。下位のチャネルにbyを書く",
    ),
    "no_goal": (
        "the stream '{stream}' has no goal, and neither have its procedures",
        "流れ「{stream}」にもその手続にも目標がない",
    ),
    "staff_shape": (
        "staff is a whole number or a lookup by time of whole numbers",
        "staffは整数、またはtimeによる整数の場合分けで書く",
    ),
    "staff_negative": (
        "staff (={given}) must be at least 0",
        "staff（={given}）は0以上でなければならない",
    ),
    "staff_none": (
        "the pool '{name}' never has any staff",
        "「{name}」には職員が一人もいない",
    ),
    "rule_missing": (
        "the agent '{agent}' may be asked '{event}' but has no rule for it",
        "エージェント「{agent}」は「{event}」を問われ得るが、その規則がない",
    ),
    "last_rule_conditional": (
        "the last rule for '{event}' must hold always: take its conditions away",
        "「{event}」の最後の規則は無条件でなければならない。条件を外す",
    ),
    "never_together": (
        "{names} are never open at the same time",
        "{names}が同時に開いている時間がない",
    ),
    "pools_in_circle": (
        "these pools are taken in different orders and could wait for each other: {names}",
        "これらの窓口は順序が食い違い、互いに待ち合うおそれがある：{names}",
    ),
    "timetable_not_hours": (
        "'{name}' is a timetable; opening hours are needed here",
        "「{name}」は時刻表。ここでは開庁時間が要る",
    ),
    "until_not_timetable": (
        "'until' needs a timetable (a calendar with 'at'), not '{name}'",
        "untilには時刻表（atのあるカレンダー）が要る（「{name}」は不可）",
    ),
    "returns_to_unused": (
        "the defect returns to '{name}', a step that this journey never takes",
        "不備の差戻し先「{name}」は、このジャーニーでは行われない作業",
    ),
    "attributes_in_circle": (
        "these attributes follow from each other in a circle: {names}",
        "これらの属性は循環して互いに依存している：{names}",
    ),
    "same_crc": (
        "two draw points have the same key, rename one: {one} and {other}",
        "二つの抽選点のキーが一致する。どちらかの名前を変える：{one}と{other}",
    ),
    # -- reports -----------------------------------------------------------------------------
    "report.run": (
        "{scenario} | {replications} replications | seed {seed} | {engine} | digest {digest}",
        "{scenario} | 反復{replications}回 | シード{seed} | {engine} | ダイジェスト{digest}",
    ),
    "report.not_reached": ("not reached", "到達せず"),
    "report.no_interval": ("no interval", "区間なし"),
    "report.cases": ("Cases", "件数"),
    "report.reached_rate": ("Goal reached (%)", "目標到達率（%）"),
    "report.rejected": ("rejected", "不採択"),
    "report.withdrawn": ("withdrawn", "取下げ"),
    "report.latency_days": ("Latency (days)", "所要日数"),
    "report.mean": ("mean", "平均"),
    "report.p50": ("median", "中央値"),
    "report.p90": ("90th percentile", "90パーセンタイル"),
    "report.failure_rate": ("Failure rate (%)", "失敗率（%）"),
    "report.late_rate": ("Deadline missed (%)", "期限超過率（%）"),
    "report.returns": ("Returns a case", "差し戻し（回/件）"),
    "report.time_days": ("Where the days went", "時間の内訳（日）"),
    "report.work": ("work", "作業"),
    "report.queue": ("in queue", "待ち行列"),
    "report.closed": ("closed hours", "閉庁・時間外"),
    "report.transit": ("in transit", "送達・処理待ち"),
    "report.busy": ("busy elsewhere", "手空き待ち"),
    "report.response": ("response", "対応待ち"),
    "report.rework": ("of it rework", "うち手戻り"),
    "report.effort_hours": ("Hours of work a case", "作業時間（時間/件）"),
    "report.applicant": ("applicant", "申請者"),
    "report.office": ("offices", "行政側"),
    "report.burden": ("Burden a case", "負担（件あたり）"),
    "report.visits": ("visits", "窓口訪問"),
    "report.forms": ("forms", "様式"),
    "report.seals": ("seals", "押印"),
    "report.logins": ("logins", "ログイン"),
    "report.cost.yen": ("Cost (yen)", "コスト（円/件）"),
    "report.cost.thousand": ("Cost (1,000 yen)", "コスト（千円/件）"),
    "report.cost.million": ("Cost (million yen)", "コスト（百万円/件）"),
    "report.utilisation": ("Staff busy (%)", "稼働率（%）"),
    "report.wait_hours": ("Wait for staff (hours)", "窓口等の待ち（時間）"),
    "report.bars": ("Mean days a case, part by part", "1件あたりの平均日数の内訳"),
    "report.differences": ("Paired differences", "対応のある差"),
    "report.difference": ("difference", "差"),
    "report.interval": ("95 % interval", "95%区間"),
    "report.p": ("Holm p", "Holmのp値"),
    "report.pair": ("{end} minus {start}", "{end} − {start}"),
    "report.mean_days": ("Mean latency (days)", "平均所要日数（日）"),
    "report.p50_days": ("Median latency (days)", "所要日数の中央値（日）"),
    "report.failure_points": ("Failure rate (points)", "失敗率（ポイント）"),
    "report.late_points": ("Deadline missed (points)", "期限超過率（ポイント）"),
    "report.applicant_hours": ("Applicant's hours", "申請者の作業時間（時間）"),
    "report.office_hours": ("Offices' hours", "行政側の作業時間（時間）"),
    "report.note.intervals": (
        (
            "Beside each figure its 95 % interval over {replications} replications. Mean latency"
            " and its parts are of cases that reached the goal; quantiles are of all but those"
            " rejected or withdrawn."
        ),
        (
            "数値の右は{replications}回の反復による95%区間。所要日数の平均と内訳は目標に到達した件、"
            "分位点は不採択・取下げを除く全件による。"
        ),
    ),
    "report.note.differences": (
        (
            "▼ ▲ mark intervals that leave out zero. Intervals are not adjusted for their number;"
            " p is (Holm, {rows} rows)."
        ),
        "▼▲は区間が0を含まないもの。区間は多重比較の調整なし、p値はHolm法で調整（{rows}行）。",
    ),
    "report.none": ("none", "なし"),
    "report.and": (", ", "、"),
    "report.procedures": ("Procedures", "手続"),
    "report.agents": ("Agents", "エージェント"),
    "report.scenarios": ("Scenarios", "シナリオ"),
    "report.channel.analog": ("analog", "アナログ"),
    "report.channel.digital": ("digital", "デジタル"),
    "report.channel.agentic": ("agentic", "エージェント型AI"),
    "report.no_figures": ("no numbers here", "数値はない"),
    "report.assumptions": (
        "Assumptions ({count} of {all} numbers)",
        "仮定（{all}個の数値のうち{count}個）",
    ),
    "report.sourced": (
        "With a source ({count} of {all} numbers)",
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
    "report.step_count": ("{count} steps", "作業{count}件"),
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
    "report.value": ("value", "値"),
    "report.range": ("range", "範囲"),
    "report.source": ("source", "出典"),
    # -- the command line --------------------------------------------------------------------
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
