"""Plans and limits for the tests of content."""

from datetime import date
from typing import Any

from crm_store.model import Languages
from crm_store.plans.plan import Content, Plan
from crm_store.plans.problem import ChannelLimits

DAY = date(2026, 12, 31)
LIMITS = {
    "telegram": ChannelLimits(4096, 8, 30),
    "email": ChannelLimits(100_000, 0, 0, needs_opt_out="link", needs_subject=True),
    "sms": ChannelLimits(160, 0, 0, needs_opt_out="link"),
}


def both(text: str, channel: str = "*", **more: Any) -> tuple[Content, ...]:
    """The same in every language."""
    return tuple(Content(language=language, channel=channel, text=text, **more) for language in Languages)


def plan(text: str = "Hello {first_name}", **more: Any) -> Plan:
    """One that can be sent, but for what `more` changes."""
    told: dict[str, Any] = {"segment_id": 1, "channels": ("telegram",), "contents": both(text)}
    told["trigger"] = {"kind": "event", "of": "purchase"}
    return Plan.model_validate({**told, **more})
