"""A catalogue of calls for subsidies, in the shape in which the public jGrants API lists them.

``https://api.jgrants-portal.go.jp/exp/v1/public/subsidies`` answers with ``{"metadata": …,
"result": [call, …]}``; what was downloaded from there can be read, and nothing is fetched here.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any, Final

from sim.errors import InvalidInput, Problem, UsageError, nearest, shortened
from sim.model.source import Address, Located
from sim.model.source import load as read

SAMPLE: Final = Path(__file__).with_name("sample_calls.json")
"""A small catalogue of calls that are made up."""

NATIONWIDE: Final = "全国"
REGIONS: Final[Mapping[str, tuple[str, ...]]] = {
    region: tuple(prefectures.split())
    for region, prefectures in {
        "北海道地方": "北海道",
        "東北地方": "青森県 岩手県 宮城県 秋田県 山形県 福島県",
        "関東・甲信越地方": (
            "茨城県 栃木県 群馬県 埼玉県 千葉県 東京都 神奈川県 新潟県 山梨県 長野県"
        ),
        "東海・北陸地方": "富山県 石川県 福井県 岐阜県 静岡県 愛知県 三重県",
        "近畿地方": "滋賀県 京都府 大阪府 兵庫県 奈良県 和歌山県",
        "中国地方": "鳥取県 島根県 岡山県 広島県 山口県",
        "四国地方": "徳島県 香川県 愛媛県 高知県",
        "九州・沖縄地方": "福岡県 佐賀県 長崎県 熊本県 大分県 宮崎県 鹿児島県 沖縄県",
    }.items()
}
"""The areas that a call can name, beside the whole country."""

_AREAS: Final = {NATIONWIDE, *REGIONS, *(p for part in REGIONS.values() for p in part)}
_TOKYO: Final = timezone(timedelta(hours=9))
_ANY_SIZE: Final = {"", "-", "従業員数の制約なし"}
_SIZE: Final = re.compile(r"(\d+)名以(下|上)")


@dataclass(frozen=True, slots=True)
class Call:
    """A call for applications: open from ``opens`` to ``closes`` (local time), if it says so.

    ``areas``: empty if it names none. ``fewest``, ``most``: employees an applicant may have.
    ``limit``: the most that is paid, in yen. ``entry``: all that the API said of it.
    """

    id: str
    title: str
    name: str = ""
    institution: str = ""
    opens: datetime | None = None
    closes: datetime | None = None
    limit: int | None = None
    areas: tuple[str, ...] = ()
    fewest: int = 0
    most: int | None = None
    entry: Mapping[str, Any] = field(default_factory=dict, repr=False, compare=False)

    def is_open(self, on: date) -> bool:
        """Whether one can apply at some moment of the day ``on``."""
        return (self.opens is None or self.opens.date() <= on) and (
            self.closes is None or on <= self.closes.date()
        )

    def admits(self, employees: int) -> bool:
        """Whether a company of that size may apply."""
        return self.fewest <= employees and (self.most is None or employees <= self.most)


def load(path: Path) -> tuple[Call, ...]:
    """Read a catalogue: a list of calls or what the API answers. Raises ``InvalidInput``."""
    located = read(path)
    data, at = located.data, ()
    if isinstance(data, dict) and "result" in data:
        data, at = data["result"], ("result",)  # type: ignore[assignment]
    if not isinstance(data, list):
        raise InvalidInput([located.problem(at, "calls.no_list")])
    reader = _Reader(located)
    calls = tuple(reader.call(entry, (*at, i)) for i, entry in enumerate(data))
    if reader.problems:
        raise InvalidInput(reader.problems)
    return calls


def find(
    calls: Iterable[Call],
    words: Iterable[str] = (),
    area: str | None = None,
    employees: int | None = None,
    on: date | None = None,
) -> tuple[Call, ...]:
    """Return the calls that fit, those that close first at the head.

    All ``words`` must stand in the title or the name of call or institution; width and case do not
    matter. ``area``: a prefecture, a region or 全国; a call for a wider area fits as well.
    ``on``: a day on which it is open. What is None is not asked for. Raises ``UsageError``.
    """
    sought = [_plain(word) for word in words]
    places = _around(area) if area is not None else None
    found = (
        call
        for call in calls
        if all(word in _plain(f"{call.title} {call.name} {call.institution}") for word in sought)
        and (places is None or not call.areas or not places.isdisjoint(call.areas))
        and (employees is None or call.admits(employees))
        and (on is None or call.is_open(on))
    )
    never = datetime.max.replace(tzinfo=UTC)
    return tuple(sorted(found, key=lambda call: (call.closes or never, call.id)))


def listed(calls: Iterable[Call]) -> dict[str, Any]:
    """Return ``calls`` in the shape of the API again, as ``load`` reads it."""
    result = [dict(call.entry) for call in calls]
    return {"metadata": {"resultset": {"count": len(result)}}, "result": result}


def day(text: str | None) -> date | None:
    """Read ``2026-04-30`` as it stands on the command line. Raises ``UsageError``."""
    try:
        return date.fromisoformat(text) if text is not None else None
    except ValueError:
        raise UsageError("calls.not_a_day", given=shortened(text or "")) from None


def _around(area: str) -> set[str]:
    """Return the areas whose calls concern a company in ``area``."""
    if area not in _AREAS:
        guess = nearest(area, _AREAS)
        if guess is not None:
            raise UsageError("calls.area_guess", name=shortened(area), guess=guess)
        raise UsageError("calls.unknown_area", name=shortened(area))
    around = {NATIONWIDE, area, *REGIONS.get(area, ())}
    return around | {region for region, prefectures in REGIONS.items() if area in prefectures}


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


class _Reader:
    """Reads the entries of one file and notes all that is wrong with them."""

    def __init__(self, located: Located) -> None:
        self._located = located
        self.problems: list[Problem] = []

    def call(self, entry: Any, at: Address) -> Call:
        if not isinstance(entry, dict):
            self._note(at, "calls.no_call")
            return Call("", "")
        fewest, most = self._size(entry, at)
        return Call(
            id=self._text(entry, at, "id", needed=True),
            title=self._text(entry, at, "title", needed=True),
            name=self._text(entry, at, "name"),
            institution=self._text(entry, at, "institution_name"),
            opens=self._moment(entry, at, "acceptance_start_datetime"),
            closes=self._moment(entry, at, "acceptance_end_datetime"),
            limit=self._yen(entry, at),
            areas=tuple(self._areas(entry, at)),
            fewest=fewest,
            most=most,
            entry=entry,
        )

    def _text(self, entry: dict[str, Any], at: Address, key: str, *, needed: bool = False) -> str:
        value = entry.get(key)
        if isinstance(value, str) and (value or not needed):
            return value
        if needed or value is not None:
            self._note((*at, key), "calls.no_text", name=key)
        return ""

    def _moment(self, entry: dict[str, Any], at: Address, key: str) -> datetime | None:
        text = self._text(entry, at, key)
        if not text:
            return None
        try:
            moment = datetime.fromisoformat(text)
            return (moment if moment.tzinfo else moment.replace(tzinfo=_TOKYO)).astimezone(_TOKYO)
        except (ValueError, OverflowError):
            self._note((*at, key), "calls.no_moment", name=key, given=shortened(text))
            return None

    def _yen(self, entry: dict[str, Any], at: Address) -> int | None:
        value = entry.get("subsidy_max_limit")
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
            self._note((*at, "subsidy_max_limit"), "calls.no_yen", name="subsidy_max_limit")
            return None
        return int(value)

    def _areas(self, entry: dict[str, Any], at: Address) -> Iterator[str]:
        for part in self._text(entry, at, "target_area_search").split("/"):
            area = part.strip()
            if area in _AREAS:
                yield area
            elif area:
                self._note((*at, "target_area_search"), "calls.odd_area", given=shortened(area))

    def _size(self, entry: dict[str, Any], at: Address) -> tuple[int, int | None]:
        text = self._text(entry, at, "target_number_of_employees").strip()
        if text in _ANY_SIZE:
            return 0, None
        bound = _SIZE.fullmatch(unicodedata.normalize("NFKC", text))
        if bound is None:
            key = "target_number_of_employees"
            self._note((*at, key), "calls.no_size", given=shortened(text))
            return 0, None
        return (0, int(bound[1])) if bound[2] == "下" else (int(bound[1]), None)

    def _note(self, at: Address, key: str, **values: Any) -> None:
        self.problems.append(self._located.problem(at, key, **values))
