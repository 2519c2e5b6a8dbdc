"""Whatever care messages are told by in machine words has words for staff, in every language."""

from collections.abc import Iterable

import pytest

from console.frame.texts import read_texts
from crm_store.campaigns.campaign import CampaignState
from crm_store.decision.decision import Outcome, Reason
from crm_store.people.consent import Purpose
from crm_store.planning.occurrences import OccurrenceState
from crm_store.planning.touches import TouchState
from crm_store.plans.checking import EVENTS
from crm_store.plans.festivals import PERSONAL, festivals

TEXTS = read_texts({"en": "Willowmere", "zh": "柳岸百货"})


@pytest.mark.parametrize(
    ("prefix", "names"),
    [
        ("purpose", Purpose),
        ("campaign_state", CampaignState),
        ("occurrence", OccurrenceState),
        ("touch", TouchState),
        ("outcome", Outcome),
        ("reason", Reason),
        ("trigger", ("once", "repeating", "anniversary", "event")),
        ("event", EVENTS),
        ("occasion", PERSONAL | festivals()),
    ],
)
def test_every_machine_word_has_words_for_staff(prefix: str, names: Iterable[str]) -> None:
    assert [name for name in names if not TEXTS.has(f"words.{prefix}_{name}")] == []
