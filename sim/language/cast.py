"""Parity: a procedure in which another actor's body does what an actor, an AI perhaps, did.

Only who does a step changes, and whose hand it is: what is needed and given, to whom a step
applies, delays and batches stay those of the channel.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Final, Literal, get_args

from sim.language.amounts import Comparison
from sim.language.base import CHANNELS, Channel, Condition
from sim.language.procedure import Procedure
from sim.language.step import Again, Never, Profile, Step

Asked = Literal["never", "always"]
"""What holds of a person who was asked about a draft that is no longer drafted with confidence."""

_ASKED: Final = "asked"

_HAND: Final = ("work", "makes", "finds", "confidence", "burden")
"""What hangs on whose hand a step is done by."""


class Recast(Step):
    """A step some of whose actors others stand in for: ``roles``, who does what whose was.

    ``lost``: the channels in which a step of the procedure is no longer drafted with confidence;
    ``gone``: the steps that are so in none.
    """

    whole: ClassVar = Step.whole | {"roles", "asked", "lost", "gone"}

    roles: dict[str, str]
    asked: Asked
    lost: dict[str, tuple[Channel, ...]]
    gone: tuple[str, ...]

    def over(
        self,
        channel: Channel,
        under: Mapping[str, Any] | None = None,
        later: Mapping[str, Any] | None = None,
    ) -> Profile:
        """Return how it is done; a skill that stands ``under`` it is that of the stand-in."""
        own = super().over(channel, under, later)
        by = tuple(dict.fromkeys(self.roles.get(one, one) for one in own.by or ()))
        told: dict[str, Any] = vars(own) | {"by": by or None}
        if _led(own, self.roles):
            hand = None if own.task else self._hand(channel)
            told |= _by_hand(own, hand or _unsure(own))
        for field in ("if_", "open_to"):
            told[field] = self._settled(told[field], channel)
        if isinstance(told["open_to"], Never):
            if channel != CHANNELS[0]:
                return self.over(CHANNELS[CHANNELS.index(channel) - 1], under, later)
            told |= {"by": None, "open_to": None}
        return Profile.model_construct(**told)

    def _hand(self, channel: Channel) -> Profile | None:
        """Return how the stand-in does the step in the next lower channel in which it does."""
        lower = reversed(CHANNELS[: CHANNELS.index(channel)])
        named = self.roles[(super().over(channel).by or ("",))[0]]
        found = (super(Recast, self).over(one) for one in lower)
        return next((one for one in found if one.by and one.by[0] == named), None)

    def borrowed(self, channel: Channel) -> str | None:
        """Return for whom what the stand-in works by was written; None if that is its own.

        What stands above the block that names who works was written for all.
        """
        own = super().over(channel)
        if not _led(own, self.roles) or own.work is None or self._hand(channel) is not None:
            return None
        shared = len(self.written(channel, "work")) < len(self.written(channel, "by"))
        return None if shared else (own.by or ("",))[0]

    def _settled(self, condition: Condition | None, channel: Channel) -> Condition | None:
        """Return a condition with what it asks of drafts that are no longer made with confidence.

        All drafts that it names have to have been asked about.
        """
        names = [] if condition is None else [str(name) for name in condition.values(_ASKED)]
        if condition is None or self.lost.keys().isdisjoint(names):
            return condition
        if self.asked == "never":
            return condition if set(self.gone).isdisjoint(names) else NEVER
        kept = [n for n in names if n not in self.gone and channel not in self.lost.get(n, ())]
        tests = {name: test for name, test in condition.tests.items() if name != _ASKED}
        if kept:
            tests[_ASKED] = tuple(map(Comparison.read, kept))
        if not tests and condition.chance is None:
            return None
        return Condition.model_construct(chance=condition.chance, tests=tests)


NEVER: Final = Never.model_construct(tests={})


Sure = frozenset[tuple[str, str]]
"""Actors with the tasks that they draft with confidence, by their skill."""


def recast(procedure: Procedure, roles: Mapping[str, str], asked: Asked, sure: Sure) -> Procedure:
    """Return a procedure in which others do what some actors did, first and again.

    Where an actor was the first of ``by``, work, burden and what is made and found are those of
    the next lower channel in which its stand-in is; with no such channel they stay as they are
    written, without confidence and what it stands for; at a task the skill of the stand-in counts.
    ``asked``: what ``if: {asked: …}`` says of a draft that is then made without confidence.
    Who stood in for whom before is forgotten.
    """
    written = {name: _written(step) for name, step in procedure.steps.items()}
    lost = {
        name: channels
        for name, step in written.items()
        if (channels := tuple(c for c in CHANNELS if _lost(step.profile(c), roles, sure)))
    }
    gone = tuple(name for name in lost if not _still(written[name], lost[name], sure))
    more: dict[str, Any] = {"roles": dict(roles), "asked": asked, "lost": lost, "gone": gone}
    steps: dict[str, Step] = {}
    for name, step in written.items():
        said: dict[str, Any] = {field: getattr(step, field) for field in step.model_fields_set}
        changed = Recast.model_construct(**said, **more)
        steps[name] = step if changed.profiles == step.profiles else changed
    return procedure.model_copy(update={"steps": steps})


def _written(step: Step) -> Step:
    """Return a step as it is written, whoever stood in for others."""
    if not isinstance(step, Recast):
        return step
    fields = step.model_fields_set & Step.model_fields.keys()
    return Step.model_construct(**{field: getattr(step, field) for field in fields})


def composed(first: Mapping[str, str], then: Mapping[str, str]) -> dict[str, str]:
    """Return who does what whose was, where ``then`` others stand in for the stand-ins.

    Who comes to stand in for himself does what is his.
    """
    both = {**then, **{who: then.get(by, by) for who, by in first.items()}}
    return {who: by for who, by in both.items() if who != by}


def is_gated(procedure: Procedure, roles: Mapping[str, str], sure: Sure) -> bool:
    """Whether a step asks about a draft that is no longer drafted with confidence."""
    never, always = (
        recast(procedure, roles, asked, sure).steps.values() for asked in get_args(Asked)
    )
    return any(one.profiles != two.profiles for one, two in zip(never, always, strict=True))


def _led(profile: Profile, roles: Mapping[str, str]) -> bool:
    """Whether another stands in for the first of those who do a step."""
    return bool(profile.by) and (profile.by or ("",))[0] in roles


def _drafts(profile: Profile, sure: Sure) -> bool:
    """Whether a step is drafted with confidence, of its own or by the skill of who does it."""
    typed = (profile.confidence, profile.again and profile.again.confidence)
    return any(one is not None for one in typed) or any(
        (one, profile.task) in sure for one in (profile.by or ())[:1]
    )


def _lost(profile: Profile, roles: Mapping[str, str], sure: Sure) -> bool:
    return _led(profile, roles) and _drafts(profile, sure)


def _still(step: Step, lost: tuple[Channel, ...], sure: Sure) -> bool:
    return any(_drafts(step.profile(c), sure) for c in CHANNELS if c not in lost)


def _later(profile: Profile, field: str) -> Any:
    return getattr(profile if profile.again is None else profile.again, field)


def _by_hand(own: Profile, hand: Profile) -> dict[str, Any]:
    """Return what counts of a profile that is done by the hand of another."""
    told = {field: getattr(hand, field) for field in _HAND}
    if own.again is None and hand.again is None:
        return told
    later = {n: _later(hand if n in _HAND else own, n) for n in Again.model_fields}
    return told | {"again": Again.model_construct(**later)}


def _unsure(profile: Profile) -> Profile:
    """Return a profile without confidence and what it stands for, at first and again."""
    told: dict[str, Any] = {"confidence": None, "makes": _sure(profile.makes)}
    if profile.again is not None:
        later = vars(profile.again) | {"confidence": None, "makes": _sure(profile.again.makes)}
        told["again"] = Again.model_construct(**later)
    return Profile.model_construct(**(vars(profile) | told))


def _sure(makes: Mapping[str, Any] | None) -> dict[str, Any] | None:
    return None if makes is None else {k: v for k, v in makes.items() if v != "confidence"} or None
