"""Pure: whether a message of the shopper is about a message of ours, and which one it can be about."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from bot.conversation.aftercare.reply_words import Meant, names_another, names_it
from bot.conversation.scene import EPISODE, Scene
from crm_store.answers.contexts import OpenContext
from crm_store.answers.survey_words import survey_score
from crm_store.people.consent_words import topic_of

OF_THE_COUPON = frozenset({Meant.CODE, Meant.HOW, Meant.VALID})
OF_ALL_OF_THEM = frozenset({Meant.TOO_MANY, Meant.NONE_OF_THESE})
CORRECTED_WITHIN = timedelta(hours=12)
"""So long after a score a bare figure is still a better one, whatever was said in between."""


def fits(scene: Scene, context: OpenContext, meant: Meant, text: str) -> bool:
    """Whether `text` can be about this message: what it asks for was named there, and no other thing is meant."""
    if meant is Meant.SCORE:
        return context.asks == "score" and _scores(scene, context, text)
    if context.asks == "see" and meant is not Meant.SEE:
        # It has said no more than that there is something.
        return meant in OF_ALL_OF_THEM | {Meant.DECLINE, Meant.WHY} and is_fresh(scene, context)
    if not _can_be_about(context, meant, text):
        return False
    named = meant in OF_THE_COUPON and names_it(text)
    return bool(scene.quoted) or named or is_fresh(scene, context)


def _can_be_about(context: OpenContext, meant: Meant, text: str) -> bool:
    if meant in OF_THE_COUPON:
        if context.named("coupon_code"):
            return not names_another(text, context.named("coupon_code"))
        return meant is not Meant.CODE and _is_about_points(context)
    if meant is Meant.WHICH_ORDER:
        return bool(context.named("order_number"))
    if meant is Meant.SEE:
        return context.asks == "see"
    if meant in OF_ALL_OF_THEM:
        # "no more birthday messages" says itself of which kind; the bot reads that.
        purposes = topic_of(text).purposes
        return not purposes or context.purpose in purposes
    return True


def _is_about_points(context: OpenContext) -> bool:
    return bool(context.named("points") or context.named("lapsing_points"))


def _scores(scene: Scene, context: OpenContext, text: str) -> bool:
    rated = survey_score(text)
    if rated is None or in_a_form(scene):
        return False
    if context.answered_at is None:
        return bool(scene.quoted) or is_fresh(scene, context)
    # "great" after a score is a nod; a figure corrects it.
    return not rated.in_words and scene.now - context.answered_at <= CORRECTED_WITHIN


def is_fresh(scene: Scene, context: OpenContext) -> bool:
    """Nothing else was talked about since it came, and no question of ours waits: "it" is what we wrote."""
    talked = scene.conversation.dialogue_at
    since = talked is not None and talked > context.at and scene.now - talked <= EPISODE
    return not since and not in_a_form(scene)


def in_a_form(scene: Scene) -> bool:
    """The bot is in the middle of asking, or waits for a yes."""
    return asks_something(scene.dialogue())


def asks_something(dialogue: Iterable[Mapping[str, Any]]) -> bool:
    """Whether a form is open, or a question of ours, where the dialogue ends."""
    loop = pending = None
    for event in dialogue:
        if event.get("event") == "active_loop":
            loop = event.get("name")
        if event.get("event") == "slot" and event.get("name") == "pending":
            pending = event.get("value")
    return bool(loop or pending)
