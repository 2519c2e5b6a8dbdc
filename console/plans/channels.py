"""What the connected channels take: their limits as a plan is judged by them, and their lanes."""

from collections.abc import Mapping

from bot.channels.base import Channel
from crm_store.plans.problem import ChannelLimits

ORDER = ("telegram", "webchat", "email", "sms")
"""As they are offered; others come after."""
_LINKS = frozenset({"email", "sms"})
"""Where nobody can just answer: whoever wants out needs a link."""


def limits_of(lanes: Mapping[str, Channel]) -> dict[str, ChannelLimits]:
    """By channel that is connected; of several accounts the tightest counts."""
    found: dict[str, ChannelLimits] = {}
    for channel in sorted(lanes.values(), key=lambda each: _place(each.name)):
        can, before = channel.capabilities, found.get(channel.name)
        found[channel.name] = ChannelLimits(
            max_text=min(can.max_text, before.max_text if before else can.max_text),
            max_choices=min(can.max_choices, before.max_choices if before else can.max_choices),
            choice_label_max=min(can.choice_label_max, before.choice_label_max if before else can.choice_label_max),
            needs_opt_out="link" if channel.name in _LINKS else "sentence",
            needs_subject=channel.name == "email",
        )
    return found


def lanes_by_channel(lanes: Mapping[str, Channel]) -> dict[str, list[str]]:
    """Names of the lanes of each channel."""
    found: dict[str, list[str]] = {}
    for name, channel in sorted(lanes.items()):
        found.setdefault(channel.name, []).append(name)
    return found


def channel_for(lanes: Mapping[str, Channel], name: str, lane: str = "") -> Channel | None:
    """The channel of this lane, else the first of this name."""
    if lane in lanes and lanes[lane].name == name:
        return lanes[lane]
    return next((lanes[each] for each in sorted(lanes) if lanes[each].name == name), None)


def _place(name: str) -> tuple[int, str]:
    return (ORDER.index(name) if name in ORDER else len(ORDER), name)
