"""What is said of catalogues of calls."""

from __future__ import annotations

from typing import Final

EXCHANGE: Final[dict[str, tuple[str, str]]] = {
    "calls.no_list": (
        "there is no list of calls here; give it what the jGrants API answers, with a 'result'",
        "公募の一覧がない。JグランツAPIの応答（「result」を含むもの）を指定する",
    ),
    "calls.no_call": (
        "this is not a call; a call is in braces and has an 'id' and a 'title'",
        "公募ではない。「id」と「title」を含む波括弧を書く",
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
        "'{given}' is no day; write it as 2026-04-30",
        "「{given}」は日付ではない。2026-04-30のように書く",
    ),
    "calls.none": ("no call fits", "該当する公募はない"),
    "calls.count": ("calls that fit: {count}", "該当する公募：{count}件"),
    "calls.closes": ("closes", "締切"),
    "calls.limit": ("up to (1,000 yen)", "上限（千円）"),
    "calls.area": ("area", "地域"),
    "calls.title": ("call", "公募"),
    "calls.open_end": ("open", "随時"),
}
