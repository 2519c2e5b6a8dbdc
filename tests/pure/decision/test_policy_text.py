"""The shop's rules as JSON: kept whole, and refused with the field named."""

import json
from typing import Any

import pytest

from crm_store.decision.policy_text import DEFAULTS, PolicyRefused, definition_of, policy_of
from crm_store.people.consent import Purpose

CHANGED = {
    "version": 4,
    "zone": "Europe/Berlin",
    "hours": {"care": ["08:00", "20:00"], "survey": ["22:00", "06:00"]},
    "unsure_hours": ["12:00", "18:00"],
    "overall": [{"count": 4, "hours": 168}, {"count": 8, "hours": 720}],
    "by_purpose": {"promotion": [{"count": 1, "hours": 24}]},
    "by_channel": {"sms": [{"count": 1, "hours": 720}]},
    "gap_hours": 12,
    "minimum_age": {"promotion": 18, "survey": 14},
    "holidays": ["2026-12-25"],
    "quiet_on_holidays": ["promotion"],
    "windows": ["whatsapp"],
    "leap_day": "03-01",
    "without_consent": ["service", "care"],
}


@pytest.mark.parametrize("definition", [{}, CHANGED, {"gap_hours": 0}])
def test_rules_come_back_from_json_as_they_were(definition: dict[str, Any]) -> None:
    policy = policy_of(definition)
    assert policy_of(json.loads(json.dumps(definition_of(policy)))) == policy


def test_a_field_that_is_absent_is_the_default() -> None:
    assert policy_of({}) == DEFAULTS
    assert policy_of({"gap_hours": 2}).overall == DEFAULTS.overall


def test_service_goes_at_any_hour_unless_the_shop_says_so() -> None:
    assert policy_of(CHANGED).hours[Purpose.SERVICE] == ("00:00", "24:00")


@pytest.mark.parametrize(
    ("definition", "field"),
    [
        ({"hours": {"care": ["09:00", "09:00"]}}, "hours.care"),
        ({"hours": {"care": ["9", "21:00"]}}, "hours.care"),
        ({"hours": {"care": ["09:00"]}}, "hours.care"),
        ({"hours": {"gossip": ["09:00", "10:00"]}}, "hours"),
        ({"unsure_hours": ["24:30", "25:00"]}, "unsure_hours"),
        ({"zone": "Mars/Olympus"}, "zone"),
        ({"overall": [{"count": -1, "hours": 2}]}, "overall.count"),
        ({"overall": [{"count": True, "hours": 2}]}, "overall.count"),
        ({"by_purpose": {"care": [{"count": 1}]}}, "by_purpose.care.hours"),
        ({"by_channel": {"sms": [{"count": 1, "hours": 0}]}}, "by_channel.sms.hours"),
        ({"gap_hours": "a day"}, "gap_hours"),
        ({"minimum_age": {"promotion": 200}}, "minimum_age.promotion"),
        ({"holidays": ["Christmas"]}, "holidays"),
        ({"quiet_on_holidays": ["gossip"]}, "quiet_on_holidays"),
        ({"leap_day": "02-30"}, "leap_day"),
        ({"without_consent": ["everything"]}, "without_consent"),
        ({"cap": 3}, "cap"),
    ],
)
def test_rules_that_cannot_be_kept_are_refused_with_the_field_named(definition: dict[str, Any], field: str) -> None:
    with pytest.raises(PolicyRefused) as refused:
        policy_of(definition)
    assert refused.value.field == field
    assert str(refused.value).startswith(field)
