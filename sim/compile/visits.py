"""Visits as numbers: what one takes, makes and finds, at first and again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from sim.compile.expressions import COMMON, Expressions
from sim.compile.index import Maker
from sim.compile.nodes import VARIABLES, ZERO, Drawn, Node, Switch, within
from sim.compile.program import Act, VisitSpec
from sim.graph.journey import Place, StepInChannel, StepInstance
from sim.language.amounts import Kind
from sim.language.base import CHANNELS
from sim.language.cast import Recast
from sim.language.quantity import Quantity
from sim.language.step import Again, Burden, Delay, LeftOpen
from sim.words import Word

_NO_DELAY: Final = Delay.model_construct()


@dataclass(frozen=True)
class StepVisit:
    """A step in one channel: at the first visit, or with what ``again`` changes afterwards."""

    step: StepInstance
    channel: int
    changed: Again | None = None

    @property
    def here(self) -> StepInChannel:
        """How the step is done in this channel."""
        return self.step.channels[CHANNELS[self.channel]]

    @property
    def again(self) -> StepVisit:
        """The same step from the second visit on."""
        return replace(self, changed=self.here.profile.again)

    @property
    def drafted(self) -> bool:
        """Whether it is drafted with confidence, at first or again."""
        return any(one.pick("confidence") is not None for one in (self, self.again))

    def pick(self, field: str) -> Any:
        """Return what counts for a field of the profile."""
        return getattr(self.changed if self._may_change(field) else self.here.profile, field)

    def place(self, field: str, *below: str | int) -> Place:
        """Return where what counts for a field is written."""
        channel = CHANNELS[self.channel]
        return self.step.at(channel, field, *below, later=self._may_change(field))

    def _may_change(self, field: str) -> bool:
        return self.changed is not None and field in Again.model_fields


def first_visits(step: StepInstance) -> list[StepVisit]:
    """Return the first visit of a step in every channel."""
    return [StepVisit(step, channel) for channel in range(len(CHANNELS))]


def visit_spec(names: Expressions, slots: Mapping[str, int], visit: StepVisit) -> VisitSpec:
    """Compile what a visit takes and does. ``slots``: the numbers of timetables."""
    delay: Delay = visit.pick("delay") or _NO_DELAY
    burden: Burden = visit.pick("burden") or Burden()
    confidence: Quantity | None = visit.pick("confidence")
    return VisitSpec(
        work=amount(names, visit, visit.pick("work"), "work", "work"),
        delay=amount(names, visit, delay.time, "duration", "delay") if delay.time else None,
        until=slots.get(delay.until or "", -1),
        at_least=amount(names, visit, delay.at_least, "duration", "delay", "at_least"),
        makes=_makes(names, visit),
        finds=_finds(names, visit),
        confidence=amount(names, visit, confidence, "share", "confidence") if confidence else None,
        burden=(burden.visits, burden.forms, burden.seals, burden.logins),
        fee=_fee(names, visit, burden.fee),
    )


def amount(
    names: Expressions, visit: StepVisit, quantity: Quantity | None, kind: Kind, *field: str
) -> Node:
    """Compile the amount of a field of a step, drawn at the field's name; 0 for none."""
    if quantity is None:
        return ZERO
    return _node(names, visit, quantity, kind, "/".join(field), visit.place(*field))


def _node(  # noqa: PLR0913, PLR0917 -- a quantity, what it is, and where it stands
    names: Expressions,
    visit: StepVisit,
    quantity: Quantity,
    kind: Kind,
    point: str,
    place: Place,
    *more: str,
) -> Node:
    """Compile an amount of a step; ``more``: what it may be looked up by as well."""
    actors, ways = names.journey.actors, [visit.here]
    if isinstance(visit.step.definition, Recast):  # whose hand may be that of another channel
        ways = [*visit.step.channels.values()]
    pools = any(actors[name].actor.staff is not None for way in ways for name in way.by)
    pools |= not visit.here.by  # where nobody does it, nothing of it is ever read
    chosen = [a for a, steps in names.index.chosen.items() if visit.step.name in steps]
    return names.node(
        quantity,
        kind,
        f"{visit.step.name}/{point}",
        place,
        settled={**visit.step.items, "channel": CHANNELS[visit.channel]},
        knows={*COMMON, *more, *chosen, "visit", *(["queue"] if pools else [])},
    )


def _makes(names: Expressions, visit: StepVisit) -> tuple[Act, ...]:
    acts = []
    for defect, share in (visit.pick("makes") or {}).items():
        point, place = f"makes/{defect}", visit.place("makes", defect)
        node = None
        if isinstance(share, LeftOpen):  # one draw says how sure it is and how often it errs then
            node = _node(names, visit, share.share, "share", "confidence", place)
        elif share != "confidence":
            node = _node(names, visit, share, "share", f"{point}/share", place)
        instance = names.index.makers[Maker(defect, visit.step.name, None)]
        acts.append(Act(instance, names.points.of(f"{visit.step.name}/{point}"), node))
    return tuple(sorted(acts, key=lambda act: act.instance))


def _finds(names: Expressions, visit: StepVisit) -> tuple[Act, ...]:
    acts = []
    sought: Mapping[str, Quantity] = visit.pick("finds") or {}
    for maker, instance in names.index.makers.items():
        defect = maker.defect
        if defect in sought:
            point, place = f"finds/{defect}@{maker.origin}", visit.place("finds", defect)
            share = _node(names, visit, sought[defect], "share", f"{point}/share", place, "made_in")
            acts.append(Act(instance, names.points.of(f"{visit.step.name}/{point}"), share))
    return tuple(acts)


def _fee(names: Expressions, visit: StepVisit, fee: Quantity | None) -> Node:
    """Compile a fee, which may follow from what a case is like but not be drawn."""
    found, place = amount(names, visit, fee, "yen", "burden", "fee"), visit.place("burden", "fee")
    varying = VARIABLES | names.indicators
    known = {number: name for name, number in varying.items() if name != "visit"}
    for node in within(found):
        if isinstance(node, Drawn):
            names.say(place, "fee_shape", given=Word("shown.law"))
        elif isinstance(node, Switch) and node.variable in known:
            names.say(place, "fee_shape", given=Word("shown.text", {"text": known[node.variable]}))
    return found
