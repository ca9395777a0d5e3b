"""A catalogue of calls for subsidies, in the shape in which the public jGrants API lists them.

``https://api.jgrants-portal.go.jp/exp/v1/public/subsidies`` answers with ``{"metadata": …,
"result": [call, …]}``, and so do the details, ``…/exp/v1/public/subsidies/id/ID`` and
``…/exp/v2/public/subsidies/id/ID``; in the second version the days and areas stand in the rounds of
a call, its ``workflow``. What was downloaded from there can be read; nothing is fetched here.
The areas of calls are the whole country, regions and prefectures, which have short names as well.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta, timezone
from pathlib import Path
from typing import Any, Final

from sim.errors import InvalidInput, Problem, UsageError, nearest, shortened
from sim.exchange.located_json import Json
from sim.exchange.located_json import load as read
from sim.yaml import meant
from sim.yaml.located import Address

SAMPLE: Final = Path(__file__).with_name("sample_calls.json")
"""A small catalogue of calls that are made up."""

_TOKYO: Final = timezone(timedelta(hours=9))
_ANY_SIZE: Final = re.compile(r"-?|(従業員数?の)?(制約|制限)(は|が)?(なし|ない|無し)")
_SIZE: Final = re.compile(r"([\d,]+)[名人](以下|以上|未満|超)")
_DIGITS: Final = re.compile(r"\d{1,15}|\d{1,3}(,\d{3}){1,4}")
_OPENS: Final = "acceptance_start_datetime"
_CLOSES: Final = "acceptance_end_datetime"
_AREAS: Final = "target_area_search"

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

PREFECTURES: Final = tuple(name for region in REGIONS.values() for name in region)


def _short(name: str) -> Iterator[str]:
    """Yield what people call a prefecture or a region besides its full name."""
    if name in PREFECTURES:
        yield name if name == "北海道" else name[:-1]
        return
    whole = name.removesuffix("地方")
    for part in (whole, *whole.split("・")):
        yield part
        yield f"{part}地方"


_FULL: Final[Mapping[str, str]] = {
    **{short: region for region in REGIONS for short in _short(region)},
    "関西": "近畿地方",
    "関西地方": "近畿地方",
    **{short: name for name in PREFECTURES for short in _short(name)},
    **{name: name for name in (NATIONWIDE, *REGIONS, *PREFECTURES)},
}
"""Full names by all names; where a region and a prefecture share one, it is the prefecture's."""


@dataclass(frozen=True, slots=True)
class Call:
    """A call for applications: open from ``opens`` until ``closes`` (local time), if it says so.

    ``round`` is its name where a call has several; each is a call of its own here. ``areas``: empty
    if it names none. ``fewest``, ``most``: employees an applicant may have. ``limit``: the most
    that is paid, in yen. ``entry``: all that the API said of it.
    """

    id: str
    title: str
    name: str = ""
    institution: str = ""
    round: str = ""
    opens: datetime | None = None
    closes: datetime | None = None
    limit: int | None = None
    areas: tuple[str, ...] = ()
    fewest: int = 0
    most: int | None = None
    entry: Mapping[str, Any] = field(default_factory=dict, repr=False, compare=False)

    def is_open(self, on: date) -> bool:
        """Whether one can apply at the moment ``on``, or at some moment of the day ``on``."""
        first, last = _span(on)
        return (self.opens is None or self.opens <= last) and (
            self.closes is None or first < self.closes
        )

    def admits(self, employees: int) -> bool:
        """Whether a company of that size may apply."""
        return self.fewest <= employees and (self.most is None or employees <= self.most)


def load(path: Path) -> tuple[Call, ...]:
    """Read a catalogue: a list of calls or what the API answers. Raises ``InvalidInput``."""
    file = read(path)
    at: Address = ()
    data = file.data
    if isinstance(data, dict) and "result" in data:
        at, data = ("result",), data["result"]
    if isinstance(data, dict) and "id" in data:
        entries = {at: data}
    elif isinstance(data, list):
        entries = {(*at, i): entry for i, entry in enumerate(data)}
    else:
        raise InvalidInput([file.problem(at, "calls.no_list")])
    problems: list[Problem] = []
    calls = tuple(c for place in entries for c in _calls(file, problems, place, entries[place]))
    if problems:
        raise InvalidInput(problems)
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
    ``on``: a day, or a moment, at which it is open. What is None is not asked for. Raises
    ``UsageError``.
    """
    sought = [_folded(word) for word in words]
    places = around(area) if area is not None else None
    found = (
        call
        for call in calls
        if (places is None or not call.areas or not places.isdisjoint(call.areas))
        and (employees is None or call.admits(employees))
        and (on is None or call.is_open(on))
        and _has(call, sought)
    )
    never = datetime.max.replace(tzinfo=UTC)
    return tuple(sorted(found, key=lambda call: (call.closes or never, call.id)))


def listed(calls: Iterable[Call]) -> dict[str, Any]:
    """Return ``calls`` in the shape of the API again, as ``load`` reads it."""
    result = list({call.id: dict(call.entry) for call in calls}.values())
    return {"metadata": {"resultset": {"count": len(result)}}, "result": result}


def when(text: str | None) -> date | None:
    """Read a day, ``2026-04-30``, or a moment, ``2026-04-30T17:00``. Raises ``UsageError``."""
    if text is None:
        return None
    with suppress(ValueError):
        return date.fromisoformat(text)
    try:
        return _local(datetime.fromisoformat(text))
    except (ValueError, OverflowError):
        guess = meant.moment(shortened(text))
        values = {"given": shortened(text)} | ({"guess": guess} if guess else {})
        raise UsageError("calls.day_guess" if guess else "calls.not_a_day", **values) from None


def _span(on: date) -> tuple[datetime, datetime]:
    """Return the first and the last moment of a day, or twice the same moment."""
    if isinstance(on, datetime):
        return on, on
    return datetime.combine(on, time.min, _TOKYO), datetime.combine(on, time.max, _TOKYO)


def _local(moment: datetime) -> datetime:
    """Return ``moment`` in Japan; one that names no zone is there already."""
    return (moment if moment.tzinfo else moment.replace(tzinfo=_TOKYO)).astimezone(_TOKYO)


def _has(call: Call, sought: Iterable[str]) -> bool:
    text = _folded(f"{call.title} {call.name} {call.institution}")
    return all(word in text for word in sought)


def _folded(text: str) -> str:
    return meant.narrow(text).casefold()


def named(name: str) -> str | None:
    """Return the full name of an area: 京都府 for 京都, 関東・甲信越地方 for 関東."""
    return _FULL.get(name)


def _likest(name: str) -> str | None:
    """Return the area whose name is most like ``name``, if one is."""
    near = nearest(name, _FULL)
    return _FULL[near] if near else None


def around(name: str) -> set[str]:
    """Return the areas whose calls concern somebody in the area ``name``. Raises ``UsageError``."""
    area = named(name)
    if area is None:
        guess, values = _likest(name), {"name": shortened(name)}
        if guess is None:
            raise UsageError("calls.unknown_area", **values)
        raise UsageError("calls.area_guess", guess=guess, **values)
    wider = {region for region, prefectures in REGIONS.items() if area in prefectures}
    return {NATIONWIDE, area, *REGIONS.get(area, ()), *wider}


@dataclass(frozen=True, slots=True)
class _Part:
    """An object of a file: a call or one of its rounds. What is wrong with it is noted."""

    file: Json
    problems: list[Problem]
    at: Address
    values: dict[str, Any]

    def text(self, key: str, *, needed: bool = False) -> str:
        value = self.values.get(key)
        if isinstance(value, str) and (value or not needed):
            return value
        if needed or value is not None:
            self.note(key, "calls.no_text", name=key)
        return ""

    def moment(self, key: str, *, whole_day: bool = False) -> datetime | None:
        """Return a moment; None also for one that lies beyond the calendar.

        Where only a day is written it is its first second, or its end if ``whole_day``.
        """
        text = self.text(key).strip()
        if not text:
            return None
        try:
            if whole_day and len(text) == len("2026-04-30"):
                return datetime.combine(date.fromisoformat(text), time.max, _TOKYO)
            return _local(datetime.fromisoformat(text))
        except ValueError:
            given = shortened(text)
            self.note(key, "calls.no_moment", guess=meant.moment(given), name=key, given=given)
        except OverflowError:
            pass
        return None

    def yen(self, key: str) -> int | None:
        value = self.values.get(key)
        if isinstance(value, str) and _DIGITS.fullmatch(value.strip()):
            value = int(value.replace(",", ""))
        if value is None or value == "":
            return None
        if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
            guess = meant.number(shortened(value)) if isinstance(value, str) else None
            self.note(key, "calls.no_yen", guess=guess, name=key)
            return None
        return int(value)

    def areas(self, key: str) -> Iterator[str]:
        for part in re.split("[/／、,]", self.text(key)):
            name = part.strip()
            area = named(name)
            if area is not None:
                yield area
            elif name:
                self.note(key, "calls.odd_area", guess=_likest(name), given=shortened(name))

    def size(self, key: str) -> tuple[int, int | None]:
        """Return the fewest and the most employees."""
        text = re.sub(r"\s", "", meant.narrow(self.text(key)))
        fewest, most = 0, None
        bounds = _SIZE.findall(text)
        if (not bounds or _SIZE.sub("", text)) and not _ANY_SIZE.fullmatch(text):
            self.note(key, "calls.no_size", given=shortened(text))
        for digits, side in bounds:
            number = int(digits.replace(",", "") or 0)
            if side in {"以上", "超"}:
                fewest = number + (side == "超")
            else:
                most = number - (side == "未満")
        return fewest, most

    def note(self, below: str, key: str, **told: Any) -> None:
        self.problems.append(self.file.problem((*self.at, below), key, **told))


def _calls(file: Json, problems: list[Problem], at: Address, entry: Any) -> Iterator[Call]:
    """Yield the call of an entry, or one for each of its rounds."""
    if not isinstance(entry, dict):
        problems.append(file.problem(at, "calls.no_call"))
        return
    whole = _Part(file, problems, at, entry)
    rounds = entry.get("workflow") or [{}]
    if not isinstance(rounds, list) or not all(isinstance(one, dict) for one in rounds):
        whole.note("workflow", "calls.no_rounds")
        return
    fewest, most = whole.size("target_number_of_employees")
    call = Call(
        id=whole.text("id", needed=True),
        title=whole.text("title", needed=True),
        name=whole.text("name"),
        institution=whole.text("institution_name"),
        limit=whole.yen("subsidy_max_limit"),
        fewest=fewest,
        most=most,
        entry=entry,
    )
    for number, values in enumerate(rounds):
        one = _Part(file, problems, (*at, "workflow", number), values)
        opens, closes, areas = (  # what a round leaves out, its call says
            whole if values.get(key) is None else one for key in (_OPENS, _CLOSES, _AREAS)
        )
        yield replace(
            call,
            round=one.text("fiscal_year_round"),
            opens=opens.moment(_OPENS),
            closes=closes.moment(_CLOSES, whole_day=True),
            areas=tuple(areas.areas(_AREAS)),
        )
