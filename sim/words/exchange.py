"""What is said of catalogues of calls."""

from __future__ import annotations

from typing import Final

EXCHANGE: Final[dict[str, tuple[str, str]]] = {
    # -- JSON as written ---------------------------------------------------------------------
    "json.value": (
        'no JSON: a value is missing here (text in "…", a number, true, false, null, [ or {{)',
        'JSONとして読めない：ここに値（"…"の文字列、数値、true、false、null、[、{{）がない',
    ),
    "json.key": (
        "a key in double quotation marks is missing here",
        "ここに二重引用符で囲んだキーがない",
    ),
    "json.colon": ("a ':' is missing before this", "この前に「:」がない"),
    "json.comma": (
        "a ',' or the closing bracket is missing before this",
        "この前に「,」または閉じ括弧がない",
    ),
    "json.comma_extra": (
        "nothing follows this ',': delete it",
        "この「,」の後ろに何もない。「,」を削除する",
    ),
    "json.more": (
        "text after the end of the data",
        "データの終わりの後ろに余分な文字がある",
    ),
    "json.text_open": (
        "the quotation mark opened here is not closed on its line",
        "ここで始まる引用符が、その行で閉じられていない",
    ),
    "json.control": (
        "a line break or control character in a text; write it as \\n or \\u000a",
        "文字列の中に改行か制御文字がある。\\nや\\u000aのように書く",
    ),
    "json.escape": (
        "there is no such character after '\\' in JSON",
        "「\\」の後ろの書き方がJSONにはない",
    ),
    "json.cut": (
        "the data breaks off here; the file may be cut short",
        "データがここで途切れている。ファイルが途中で切れた可能性がある",
    ),
    "json.number": (
        "'{given}' is no number that JSON has",
        "「{given}」はJSONの数値ではない",
    ),
    "json.half": (
        "half of a character: of a pair such as \\ud83d\\ude00 one is missing",
        "文字の半分しかない：\\ud83d\\ude00のような組の片方が欠けている",
    ),
    # -- calls -------------------------------------------------------------------------------
    "calls.no_list": (
        "there is no list of calls here; give it what the jGrants API answers, with a 'result'",
        "公募の一覧がない。JグランツAPIの応答（「result」を含むもの）を指定する",
    ),
    "calls.no_call": (
        "this is not a call; a call is in braces and has an 'id' and a 'title'",
        "公募ではない。「id」と「title」を含む波括弧を書く",
    ),
    "calls.no_rounds": (
        "'workflow' must be a list of the rounds of a call, each in braces",
        "「workflow」には公募の各回を波括弧で書き、リストにする",
    ),
    "calls.no_text": ("'{name}' must be a text", "「{name}」は文字列で書く"),
    "calls.no_moment": (
        "'{name}' is no date and time: '{given}'; write it as 2026-04-01T00:00:00Z",
        "「{name}」が日時ではない：「{given}」。2026-04-01T00:00:00Zのように書く",
    ),
    "calls.no_yen": (
        "'{name}' must be a number of yen, 0 or more",
        "「{name}」は0以上の金額（円）で書く",
    ),
    "calls.odd_area": (
        "'{given}' is no area that jGrants knows",
        "「{given}」はJグランツの地域名ではない",
    ),
    "calls.no_size": (
        "'{given}' says no number of employees; write 20名以下, 901名以上 or the like",
        "「{given}」は従業員数の条件ではない。「20名以下」「901名以上」などと書く",
    ),
    "calls.unknown_area": (
        "there is no area '{name}'; name a prefecture such as 東京都, a region or 全国",
        "地域「{name}」はない。東京都などの都道府県、地方、または全国を指定する",
    ),
    "calls.area_guess": (
        "there is no area '{name}'; did you mean '{guess}'?",
        "地域「{name}」はない。「{guess}」のことでは？",
    ),
    "calls.not_a_day": (
        "'{given}' is no day or time; write it as 2026-04-30 or 2026-04-30T17:00",
        "「{given}」は日時ではない。2026-04-30または2026-04-30T17:00のように書く",
    ),
    "calls.day_guess": (
        "'{given}' is no day or time; did you mean '{guess}'?",
        "「{given}」は日時ではない。「{guess}」のことでは？",
    ),
    "calls.none": ("no call fits", "該当する公募はない"),
    "calls.count": ("calls that fit: {count}", "該当する公募：{count}件"),
    "calls.more": (
        "Only the first {rows:row/s} are shown; narrow the search, or take them all with --json.",
        "表示は先頭の{rows}行まで。条件を絞るか、--jsonですべてを出力する。",
    ),
    "calls.closes": ("closes", "締切"),
    "calls.limit": ("up to (1,000 yen)", "上限（千円）"),
    "calls.area": ("area", "地域"),
    "calls.title": ("call", "公募"),
    "calls.open_end": ("open", "随時"),
}
