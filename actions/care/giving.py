"""Giving more: only after the exact question and a plain yes; by e-mail and SMS only once the address confirms it."""

from typing import Any

from rasa_sdk.events import SlotSet

from actions.base import PENDING, Event, Turn
from actions.care.steps import Before, as_question, from_question, step_lines, write
from actions.care.wish_lines import channel_names, purpose_names, what_and_where
from actions.questions import ask, yes_and_no
from actions.voice import payload
from crm_store.people.consent import STOPPABLE, Evidence, Purpose
from crm_store.people.consent_words import Topic, granted
from crm_store.people.opt_ins import needs_confirmation
from crm_store.people.proof import ProofLevel
from crm_store.wishes.undoing import Choice, Steps

CONSENT_QUESTION, LOOSER_QUESTION = "consent_question", "looser_question"


def ask_consent(turn: Turn, topic: Topic) -> Event:
    """Read back word for word what would be sent and where; without a purpose ask for one first."""
    purposes = [purpose for purpose in topic.purposes if purpose in STOPPABLE]
    if not purposes:
        buttons = [
            turn.voice.button(f"button_start_{purpose}", "change_consent", direction="start", purpose=purpose)
            for purpose in STOPPABLE
        ]
        turn.voice.answer("consent_what_for", buttons)
        return dict(SlotSet(PENDING, None))
    channels = topic.channels or (turn.shopper.conversation.channel,)
    choices = granted(tuple(purposes), channels)
    what, where = purpose_names(turn, purposes), channel_names(turn, channels)
    text = turn.voice.line(CONSENT_QUESTION, what=what, where=where)
    return _asked(turn, Steps(choices=tuple(choices)), text, CONSENT_QUESTION)


def ask_looser(turn: Turn, steps: Steps, before: Before) -> Event:
    """What would allow more than now is asked about in exactly the words it is read back in."""
    text = turn.voice.line(LOOSER_QUESTION, rules=turn.voice.listed(step_lines(turn, steps, before)))
    return _asked(turn, steps, text, LOOSER_QUESTION)


def _asked(turn: Turn, steps: Steps, text: str, line: str) -> Event:
    turn.voice.exactly(text, yes_and_no(turn))
    return ask(turn, "wishes", **as_question(steps), text=text, version=turn.voice.lines.version(line))


async def give(turn: Turn, question: dict[str, Any]) -> list[Event]:
    """The yes to `ask_consent` or `ask_looser`, written with the exact question it answers.

    For a member whose chat is only linked, and for what is confirmed by mail, they prove who they are first: the
    question stays open until then, and the yes counts with the words it was given in.
    """
    steps = from_question(question)
    if turn.shopper.level < ProofLevel.PROVED and _needs_proof(turn, steps):
        turn.voice.wish("prove", wanted=payload("affirm", question=str(question["id"])))
        said = {"answer": await turn.words(), "interaction": turn.shopper.interaction_id}
        return [dict(SlotSet(PENDING, {**question, **said}))]
    evidence = Evidence(
        "chat",
        question["text"],
        question["version"],
        question.get("answer") or await turn.words(),
        question.get("interaction") or turn.shopper.interaction_id,
    )
    before = {each.kind: each.value for each in await turn.crm.preferences.of(turn.shopper.who)}
    told = step_lines(turn, Steps(steps.rules, steps.occasions), before)
    await write(turn, steps, evidence)
    if told:
        turn.voice.answer("preference_set", rules=turn.voice.listed(told))
    await _permit(turn, steps.choices, evidence)
    return []


def _needs_proof(turn: Turn, steps: Steps) -> bool:
    confirmed_by_mail = any(needs_confirmation(purpose, channel) for purpose, channel, _ in steps.choices)
    return confirmed_by_mail or (turn.shopper.customer is not None and bool(steps.rules or steps.occasions))


async def _permit(turn: Turn, choices: tuple[Choice, ...], evidence: Evidence) -> None:
    at_once = [choice for choice in choices if not needs_confirmation(choice[0], choice[1])]
    if at_once:
        await turn.crm.consent.record(turn.shopper.proved_who, at_once, evidence, turn.shopper.now)
        for what, where in what_and_where(turn, at_once):
            turn.voice.answer("consent_granted", what=what, where=where)
    for purpose, channel, _ in choices:
        if needs_confirmation(purpose, channel):
            turn.voice.wish("opt_in", **_first_yes(purpose, channel, evidence))


def _first_yes(purpose: Purpose, channel: str, evidence: Evidence) -> dict[str, str]:
    return {
        "purpose": purpose.value,
        "channel": channel,
        "question": evidence.question,
        "version": evidence.question_version,
        "answer": evidence.answer,
        "interaction": str(evidence.interaction_id),
    }
