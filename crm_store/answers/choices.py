"""The buttons of a care message: what each stands for, and how a pressed one is known again."""

from collections.abc import Sequence
from dataclasses import dataclass
from secrets import token_hex

from crm_store.answers.survey_words import BEST

TOUCH_PAYLOAD = "careloop:touch:"
"""Then occurrence, customer, and `said`, `score:4`, `fewer` or `none`."""


@dataclass(frozen=True)
class TouchChoice:
    """A button of the message of this occurrence to this customer."""

    occurrence_id: int
    customer_id: int
    told: str


def payload_for(occurrence_id: int, customer_id: int, told: str) -> str:
    """What the button stands for; it never leaves the house."""
    return f"{TOUCH_PAYLOAD}{occurrence_id}:{customer_id}:{told}"


def touch_in(payload: str) -> TouchChoice:
    """The other way round; only ever given payloads of ours."""
    occurrence_id, customer_id, told = payload.removeprefix(TOUCH_PAYLOAD).split(":", 2)
    return TouchChoice(int(occurrence_id), int(customer_id), told)


def choices_of(occurrence_id: int, customer_id: int, labels: Sequence[str], asks: str) -> list[dict[str, str]]:
    """As `Said.choices` takes them: the campaign's own buttons, or, for a survey without any, its five scores."""
    if asks == "score" and not labels:
        told = [(f"{score} ★", f"score:{score}") for score in range(1, BEST + 1)]
    else:
        told = [(label, "said") for label in labels]
    return [
        {"id": token_hex(4), "label": label, "payload": payload_for(occurrence_id, customer_id, what)}
        for label, what in told
    ]
