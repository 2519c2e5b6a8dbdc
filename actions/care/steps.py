"""Things a shopper wishes, as they travel: read back, kept with a question, and written once they may be."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from actions.base import Turn
from actions.care.wish_lines import choice_lines, occasion_line, rule_line
from crm_store.people.consent import Evidence, Purpose
from crm_store.people.preferences import OccasionNote, Told
from crm_store.people.rules import PreferenceRule
from crm_store.wishes.undoing import Steps

Before = Mapping[str, dict[str, Any]]
"""Rules in force, by kind."""


def step_lines(turn: Turn, steps: Steps, before: Before) -> list[str]:
    """All of it in words; a rule that is lifted is named as it was."""
    given = [choice for choice in steps.choices if choice[2]]
    taken = [choice for choice in steps.choices if not choice[2]]
    return [
        *choice_lines(turn, taken, "rule_withdrawn"),
        *choice_lines(turn, given, "rule_granted"),
        *(_rule(turn, rule, before) for rule in steps.rules if rule.value or before.get(rule.kind)),
        *(occasion_line(turn, note) for note in steps.occasions),
    ]


def _rule(turn: Turn, rule: PreferenceRule, before: Before) -> str:
    if rule.value:
        return rule_line(turn, rule.kind, rule.value)
    return turn.voice.line("rule_lifted", rule=rule_line(turn, rule.kind, before[rule.kind]))


async def write(turn: Turn, steps: Steps, evidence: Evidence) -> None:
    """Rules, dates and what is taken back; permissions are given elsewhere."""
    shopper = turn.shopper
    told = Told(
        evidence.answer,
        evidence.interaction_id,
        shopper.now,
        evidence.source,
        evidence.question,
        evidence.question_version,
    )
    for rule in steps.rules:
        await turn.crm.preferences.put(shopper.who, rule.kind, rule.value, told)
    for note in steps.occasions:
        await turn.crm.preferences.note(shopper.who, note, told)
    taken = [choice for choice in steps.choices if not choice[2]]
    if taken:
        await turn.crm.consent.record(shopper.who, taken, evidence, shopper.now)


async def own_words(turn: Turn) -> Evidence:
    """What was said in this turn, as the proof of what it changed."""
    return Evidence("chat", answer=await turn.words(), interaction_id=turn.shopper.interaction_id)


def as_question(steps: Steps) -> dict[str, Any]:
    """For the slot that keeps a question of ours."""
    return {
        "rules": [asdict(rule) for rule in steps.rules],
        "occasions": [asdict(note) for note in steps.occasions],
        "choices": [[purpose, channel] for purpose, channel, _ in steps.choices],
    }


def from_question(question: dict[str, Any]) -> Steps:
    """What `as_question` kept: every permission in it is one to give."""
    return Steps(
        tuple(PreferenceRule(**rule) for rule in question["rules"]),
        tuple(OccasionNote(**note) for note in question["occasions"]),
        tuple((Purpose(purpose), channel, True) for purpose, channel in question["choices"]),
    )
