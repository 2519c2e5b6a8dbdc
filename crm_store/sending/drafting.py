"""Pure: the words of one letter, as the channel takes them and as the store keeps them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from crm_store.answers.choices import choices_of
from crm_store.answers.contexts import about_of
from crm_store.model import Words, in_language
from crm_store.plans.plan import Plan
from crm_store.plans.wording import content_for, render, rendered_choices, rendered_subject


@dataclass(frozen=True)
class Sender:
    """Known to whoever sends: the shop's name by language, and the page where a customer sets their preferences."""

    shop: Words
    preferences: Callable[[int], str] = lambda customer_id: ""

    def values(self, customer_id: int, language: str) -> dict[str, str]:
        """The variables nobody else has a value for."""
        return {"shop": in_language(self.shop, language), "preferences_link": self.preferences(customer_id)}


@dataclass(frozen=True)
class Addressee:
    """Whom a letter is for, where it goes and in which language. `may_leave`: it is of a kind one can do without."""

    occurrence_id: int
    customer_id: int
    channel: str
    language: str
    may_leave: bool


def worded(plan: Plan, whom: Addressee, values: Mapping[str, str]) -> dict[str, Any]:
    """As it is kept in the outbox: with what an answer may be about, and what each choice stands for.

    Raises `ContentMissing`, `ValueMissing`, `WordingBroken`.
    """
    content = content_for(plan, whom.channel, whom.language)
    labels = rendered_choices(content, values)
    choices = choices_of(whom.occurrence_id, whom.customer_id, labels, plan.asks)
    return {
        "text": render(content, values),
        "subject": rendered_subject(content, values),
        "language": whom.language,
        "choices": choices,
        "asks_contact": "",
        "asks": plan.asks,
        "about": about_of(values),
        "preferences_link": values.get("preferences_link", "") if whom.may_leave else "",
    }
