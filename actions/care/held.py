"""What we hold about a shopper and may send them."""

from datetime import date

from actions.base import Answer, Event, Turn
from actions.care.wish_lines import channel_names, occasion_line, purpose_names, rule_line
from crm_store.people.consent import ConsentEntry
from crm_store.people.proof import ProofLevel


class TellHeld(Answer):
    """Permissions and rules of this chat for whoever writes in it; what personal data we hold, once proved."""

    called = "action_ask_preferences"

    def needs_now(self, turn: Turn) -> ProofLevel:
        return ProofLevel.PROVED if turn.chosen("mine") else ProofLevel.CHANNEL

    async def answer(self, turn: Turn) -> list[Event]:
        standing = await turn.crm.consent.standing(turn.shopper.proved_who)
        lines = _permission_lines(turn, standing) or [turn.voice.line("permission_none")]
        lines += await _rule_lines(turn)
        proved = turn.shopper.level >= ProofLevel.PROVED
        buttons = [] if proved else [turn.voice.button("button_my_data", "ask_preferences", mine="yes")]
        turn.voice.answer("held", buttons, held="\n".join(lines))
        if proved:
            turn.voice.answer("held_personal", categories=_categories(turn))
        return []


def _permission_lines(turn: Turn, standing: list[ConsentEntry]) -> list[str]:
    """One line for each purpose, answer and day, with all its channels."""
    together: dict[tuple[str, bool, date], list[str]] = {}
    for entry in standing:
        said = (entry.purpose, entry.granted, turn.shopper.local(entry.at).date())
        together.setdefault(said, []).append(entry.channel)
    return [
        turn.voice.line(
            "permission_yes" if granted else "permission_no",
            what=purpose_names(turn, [purpose]),
            where=channel_names(turn, channels),
            day=turn.voice.day(day),
        )
        for (purpose, granted, day), channels in together.items()
    ]


async def _rule_lines(turn: Turn) -> list[str]:
    rules = await turn.crm.preferences.of(turn.shopper.proved_who)
    occasions = await turn.crm.preferences.occasions_of(turn.shopper.proved_who)
    told = [rule_line(turn, rule.kind, rule.value) for rule in rules]
    told += [occasion_line(turn, each.note) for each in occasions]
    return [turn.voice.line("held_line", text=line) for line in told]


def _categories(turn: Turn) -> str:
    """The kinds of data, never the data itself."""
    member = turn.shopper.member
    held = {
        "data_name": member.name,
        "data_contact": member.email or member.phone,
        "data_birthday": member.birth_date,
        "data_address": member.address,
        "data_membership": member.member_number,
    }
    kinds = [*(name for name, value in held.items() if value), "data_orders", "data_talks"]
    return turn.voice.listed(turn.voice.line(kind) for kind in kinds)
