"""Work that is done: what was drafted, made and found, what its finder decides, what it costs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from sim.compile.nodes import CONFIDENCE, DEFECT, MADE_IN, SHARE, Node
from sim.compile.program import Act, ActionSpec, Program
from sim.engine.case import Context, Mend, Visit
from sim.engine.indicators import Indicators
from sim.engine.record import Record
from sim.engine.rules import Rules, action_of
from sim.engine.values import Values
from sim.graph.chain import bits
from sim.log import NEVER


class Given(NamedTuple):
    """The work is good: its documents are given when the delay is over."""


class Returned(NamedTuple):
    """Some defect instances go back to who made them."""

    instances: tuple[int, ...]


class Mended(NamedTuple):
    """What was found is mended on the spot, by so many seconds of more work."""

    seconds: int


class Dismissed(NamedTuple):
    """The case is over because of a defect instance."""

    instance: int


VisitEnd = Given | Returned | Mended | Dismissed


@dataclass(slots=True, eq=False)
class Work:
    """Judges the work of visits."""

    program: Program
    values: Values
    rules: Rules
    record: Record
    indicators: Indicators

    def judged(self, visit: Visit, now: int) -> VisitEnd:
        """Draft, make and find; return what follows."""
        visit.at.time = visit.joint.time = now
        manner, channel = visit.manner, visit.profile.channel
        doubt = 0 if manner.confidence is None else self._draft(visit, manner.confidence)
        made = 0
        if manner.makes:
            made = makes(self.values, manner.makes, visit.joint, channel, doubt)
        if made:
            self.record.made(visit.case, made, now, (visit.step, visit.number))
        visit.product = visit.taken | made
        return self._decided(visit, self._finds(visit))

    def _draft(self, visit: Visit, confidence: Node) -> int:
        """Draw an AI's confidence, ask its rules, and return the chance of error (2**-32)."""
        case, actor = visit.case, visit.profile.actors[0]
        sure = self.values.amount(confidence, visit.at)
        doubt = (SHARE - sure) * self.program.actors[actor].overconfidence >> 16
        asked = visit.at.about(self.program.steps[visit.step], {CONFIDENCE: sure})
        rule = self.rules.ask(actor, "drafted", asked, visit)
        forced = case.forced >> visit.step & 1
        case.forced &= ~(1 << visit.step)
        visit.asked = bool(forced) or action_of(rule, "drafted") == "ask_human"
        return min(doubt, SHARE)

    def _decided(self, visit: Visit, found: list[Act]) -> VisitEnd:
        """Ask the finder about each defect found, once it is known which sent money astray."""
        case = visit.case
        back: list[int] = []
        seconds = 0
        for act in found:
            self.indicators.found(self.program.instances[act.instance].defect)
            if act.instance in case.misdirected:
                case.back.setdefault(act.instance, 0)
        for act in found:
            at = self._question(visit, act)
            rule = self.rules.ask(visit.profile.actors[-1], "found", at, visit)
            do = action_of(rule, "found")
            if do in ("return", "dismiss") or not back:
                visit.rule = NEVER if rule is None else rule.number
            if do == "dismiss":
                self._told(visit, act.instance, do)
                return Dismissed(act.instance)
            if do == "return":
                back.append(act.instance)
            elif do == "overlook":
                case.known |= 1 << act.instance
                self._told(visit, act.instance, do)
            elif rule is not None:
                seconds += self._mend(visit, act.instance, rule.action, at)
        if back:
            return Returned(tuple(back))
        return Mended(seconds) if seconds else Given()

    def _question(self, visit: Visit, act: Act) -> Context:
        known = {
            DEFECT: self.program.instances[act.instance].defect,
            MADE_IN: visit.case.made_in.get(act.instance, 0),
        }
        return visit.at.about(self.program.points[act.point], known)

    def _mend(self, visit: Visit, instance: int, action: ActionSpec, at: Context) -> int:
        """Take a defect out of the product; return the seconds that it takes."""
        visit.product &= ~(1 << instance)
        share = None if action.recovers is None else self.values.amount(action.recovers, at)
        visit.mended += (Mend(instance, visit.case.slips[instance], share),)
        return 0 if action.seconds is None else self.values.amount(action.seconds, at)

    def _finds(self, visit: Visit) -> list[Act]:
        """Return the findings in what a visit holds."""
        case, found = visit.case, []
        suspects = visit.product & ~case.known
        for act in visit.manner.finds if suspects else ():
            if suspects >> act.instance & 1 and act.share is not None:
                looked = visit.at.about("", {MADE_IN: case.made_in.get(act.instance, 0)})
                looked.drawn = case.shared.get(act.instance, case)
                if self.values.happens(act.share, act.point, looked):
                    found.append(act)
                    self._told(visit, act.instance, "found")
                else:
                    self._told(visit, act.instance, "missed")
        return found

    def _told(self, visit: Visit, instance: int, what: str) -> None:
        """Write down what a visit does with a slip."""
        self.record.slip(visit.case, instance, what, visit.at.time, (visit.step, visit.number))

    def pay(self, visit: Visit, now: int) -> None:
        """Money leaves: what is wrong with the product costs from now on, each once a case."""
        case = visit.case
        for number in bits(visit.product):
            instance = self.program.instances[number]
            if instance.loss is not None:
                at = Context(case, now, visit.number)
                at.more[MADE_IN] = case.made_in.get(number, 0)
                case.misdirected.setdefault(number, self.values.amount(instance.loss, at))
            elif instance.loss_of >= 0:
                case.misdirected.setdefault(number, case.attributes[instance.loss_of])


def makes(
    values: Values, acts: Iterable[Act], at: Context, channel: int, error_probability: int = 0
) -> int:
    """Draw the defects made and note in which channel."""
    made = 0
    for act in acts:
        share = error_probability if act.share is None else values.amount(act.share, at)
        if values.below(share, act.point, at):
            made |= 1 << act.instance
            at.case.made_in[act.instance] = channel
            if at.drawn is not at.case:
                at.case.shared[act.instance] = at.drawn
            else:
                at.case.shared.pop(act.instance, None)
    return made


def recover(visit: Visit) -> None:
    """A visit has mended defects: bring back a share of what they cost; what is back stays."""
    case = visit.case
    for instance, _, share in visit.mended:
        if share is not None and instance in case.misdirected:
            yen = (case.misdirected[instance] * share + SHARE // 2) // SHARE
            case.back[instance] = max(yen, case.back.get(instance, 0))
