"""The areas for which there are calls: the whole country, regions, prefectures, and short names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from sim.errors import UsageError, nearest, shortened

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


def named(name: str) -> str | None:
    """Return the full name of an area: 京都府 for 京都, 関東・甲信越地方 for 関東."""
    return _FULL.get(name)


def guess(name: str) -> str | None:
    """Return the area whose name is most like ``name``, if one is."""
    near = nearest(name, _FULL)
    return _FULL[near] if near else None


def around(name: str) -> set[str]:
    """Return the areas whose calls concern somebody in the area ``name``. Raises ``UsageError``."""
    area = named(name)
    if area is None:
        near = guess(name)
        if near is not None:
            raise UsageError("calls.area_guess", name=shortened(name), guess=near)
        raise UsageError("calls.unknown_area", name=shortened(name))
    wider = {region for region, prefectures in REGIONS.items() if area in prefectures}
    return {NATIONWIDE, area, *REGIONS.get(area, ()), *wider}
