"""Work that is done: what was drafted, made and found, and what its finder decides."""

from __future__ import annotations

from dataclasses import dataclass

from sim.compile.nodes import CONFIDENCE, DEFECT, MADE_IN, SHARE, Node
from sim.compile.program import Act, ActionSpec, Program
from sim.engine.case import Context, Visit
from sim.engine.defects import detect, finds, makes
from sim.engine.rules import DRAFTED, FOUND, Rules, action_of
from sim.engine.values import Values
from sim.log import NEVER


@dataclass(frozen=True, slots=True)
class Given:
    """The work is good: its documents are given when the delay is over."""


@dataclass(frozen=True, slots=True)
class Returned:
    """Some defect instances go back to who made them."""

    instances: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Mended:
    """What was found is mended on the spot, by so many seconds of more work."""

    seconds: int


@dataclass(frozen=True, slots=True)
class Dismissed:
    """The case is over because of a defect instance."""

    instance: int


VisitEnd = Given | Returned | Mended | Dismissed


@dataclass(slots=True, eq=False)
class Work:
    """Judges the work of visits."""

    program: Program
    values: Values
    rules: Rules

    def judged(self, visit: Visit, now: int) -> VisitEnd:
        """Draft, make and find; return what follows."""
        visit.at.time = visit.joint.time = now
        manner, channel = visit.manner, visit.profile.channel
        if manner.confidence is not None:
            self._draft(visit, manner.confidence)
        doubt = visit.error_probability
        made = makes(self.values, manner.makes, visit.joint, channel, doubt)
        visit.product = visit.taken | made
        found = finds(self.values, visit)
        return self._decided(visit, found) if found else Given()

    def _draft(self, visit: Visit, confidence: Node) -> None:
        """Draw an AI's confidence, note the chance of error it leaves, and ask its rules."""
        case, actor = visit.case, visit.profile.actors[0]
        sure = self.values.amount(confidence, visit.at)
        doubt = (SHARE - sure) * self.program.actors[actor].overconfidence >> 16
        visit.error_probability = min(doubt, SHARE)
        asked = visit.at.about(self.program.steps[visit.step], {CONFIDENCE: sure})
        rule = self.rules.ask(actor, DRAFTED, asked, visit.step, visit.number)
        forced = case.forced >> visit.step & 1
        case.forced &= ~(1 << visit.step)
        visit.asked = bool(forced) or action_of(rule, DRAFTED) == "ask_human"

    def _decided(self, visit: Visit, found: list[Act]) -> VisitEnd:
        """Ask the finder about each defect found."""
        back: list[int] = []
        seconds = 0
        detect(visit.case, (act.instance for act in found))
        for act in found:
            at = self._question(visit, act)
            rule = self.rules.ask(visit.profile.actors[-1], FOUND, at, visit.step, visit.number)
            do = action_of(rule, FOUND)
            if do in ("return", "dismiss") or not back:
                visit.rule = NEVER if rule is None else rule.number
            if do == "dismiss":
                return Dismissed(act.instance)
            if do == "return":
                back.append(act.instance)
            elif do == "overlook":
                visit.case.known |= 1 << act.instance
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
        if action.recovers is not None:
            visit.recovers[instance] = self.values.amount(action.recovers, at)
        return 0 if action.seconds is None else self.values.amount(action.seconds, at)
