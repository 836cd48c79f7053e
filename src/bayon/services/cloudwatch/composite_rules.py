"""The rule of a composite alarm against the alarms that exist: which it names, what it evaluates to, and cycles."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from bayon import limits
from bayon.alarms.suppression import Suppressor
from bayon.errors import AwsError, LanguageError
from bayon.languages.alarm_rule import tree
from bayon.languages.alarm_rule.parse import Unexpected, parse
from bayon.languages.alarm_rule.tree import Rule
from bayon.services.cloudwatch import arns
from bayon.services.cloudwatch.alarm_checks import invalid
from bayon.state import alarms
from bayon.state.alarms import COMPOSITE, Alarm
from bayon.state.database import State


def read(text: str) -> Rule:
    """The tree of the rule.

    Raises: ValidationException; its prefix is as users quote it, what was expected follows.
    """
    try:
        rule = _parsed(text)
    except Unexpected as err:
        found = f"Unsupported token '{err.found}' at char {err.span[0]}"
        raise invalid(f"Error in AlarmRule [{found}]: {err.message}") from err
    except LanguageError as err:
        raise invalid(f"Error in AlarmRule [at char {err.span[0]}]: {err.message}") from err
    if tree.elements(rule) > limits.COMPOSITE_ELEMENTS:
        raise invalid(f"AlarmRule must not have more than {limits.COMPOSITE_ELEMENTS} elements")
    return rule


@lru_cache(maxsize=4096)
def _parsed(text: str) -> Rule:
    return parse(text)


def names(rule: Rule, account: str, region: str) -> list[str]:
    """The names of the alarms that the rule looks at, each once, in order.

    Raises: ValidationException for an alarm of another account or region.
    """
    return list(dict.fromkeys(name_of(ref.text, account, region) for ref in tree.refs(rule)))


def name_of(text: str, account: str, region: str) -> str:
    """The name of the alarm that a name or ARN means. Raises: ValidationException."""
    if not text.startswith("arn:"):
        return text
    found = arns.parse(text)
    if found is None or found.kind != "alarm" or (found.account, found.region) != (account, region):
        raise invalid(f"The alarm {text} must be of the same account and region as the composite alarm")
    return found.name


def state_of(state: State, alarm: Alarm) -> str | None:
    """ALARM or OK, as the alarm's rule says now; None where the alarm is on a cycle, which nothing evaluates.

    Reads: alarms, alarm_children.
    """
    found = alarms.named(state, alarm.account, alarm.region, alarms.children_of(state, alarm.id))
    if _reaches(state, found, alarm.name):
        return None
    states = {child.name: child.state for child in found}

    def state_by(ref: str) -> str:
        return states.get(name_of(ref, alarm.account, alarm.region), "INSUFFICIENT_DATA")

    return "ALARM" if tree.holds(_parsed(alarm.config["AlarmRule"]), state_by) else "OK"


def _reaches(state: State, found: Sequence[Alarm], name: str) -> bool:
    """Whether one of the alarms is, or looks at, the alarm of that name, however far below."""
    seen: set[str] = set()
    level = [child for child in found if child.kind == COMPOSITE]
    while level:
        if any(child.name == name for child in level):
            return True
        seen |= {child.name for child in level}
        if len(seen) > limits.COMPOSITE_CHAIN:
            return True
        below = {each for child in level for each in alarms.children_of(state, child.id)} - seen
        here = (level[0].account, level[0].region)
        level = [child for child in alarms.named(state, *here, sorted(below)) if child.kind == COMPOSITE]
    return False


def on_cycle(state: State, alarm: Alarm) -> bool:
    """Whether the composite alarm looks at itself, however far below. Reads: alarms, alarm_children."""
    found = alarms.named(state, alarm.account, alarm.region, alarms.children_of(state, alarm.id))
    return _reaches(state, found, alarm.name)


def suppressor_of(state: State, alarm: Alarm) -> Suppressor:
    """What holds the alarm's actions back, as it is now. Reads: alarms."""
    config = alarm.config
    name = name_of(config["ActionsSuppressor"], alarm.account, alarm.region)
    found = alarms.find(state, alarm.account, alarm.region, name)
    return Suppressor(
        in_alarm=found is not None and found.state == "ALARM",
        wait_ms=config["ActionsSuppressorWaitPeriod"] * 1000,
        extension_ms=config["ActionsSuppressorExtensionPeriod"] * 1000,
    )


def check_children(state: State, account: str, region: str, children: Sequence[str]) -> None:
    """Nothing happens. Raises: ValidationException where a child does not exist, or there are too many."""
    if len(children) > limits.COMPOSITE_CHILDREN:
        raise invalid(f"AlarmRule must not reference more than {limits.COMPOSITE_CHILDREN} alarms")
    known = {child.name for child in alarms.named(state, account, region, children)}
    if unknown := [child for child in children if child not in known]:
        listed = ", ".join(unknown)
        raise invalid(f"Could not save the composite alarm as alarms [{listed}] in the alarm rule do not exist")


def dependents_error(doomed: Sequence[str]) -> AwsError:
    """The alarms cannot be deleted because composite alarms look at them. Source: quoted by users."""
    them = "it" if len(doomed) == 1 else "them"
    return invalid(f"Cannot delete {','.join(doomed)} as there are composite alarm(s) depending on {them}.")
