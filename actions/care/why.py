"""Why they got a message: what was decided about exactly that one, on which yes of theirs, and how often we write."""

from actions.base import Answer, Event, Turn
from actions.voice import Button
from crm_store.answers.choices import payload_for
from crm_store.people.consent import ANY_CHANNEL, STOPPABLE, ConsentEntry
from crm_store.people.proof import ProofLevel
from crm_store.planning.why import Frequency, Why
from crm_store.plans.plan import Anniversary, OnEvent
from crm_store.talks.unasked import UnaskedMessage, last_unasked


class TellWhy(Answer):
    """The message they quote, else the newest we wrote on our own, whatever it was for."""

    called = "action_why_message"

    def needs_now(self, turn: Turn) -> ProofLevel:
        """Nothing, unless they want to see the yes they gave elsewhere."""
        return ProofLevel.PROVED if turn.chosen("mine") else ProofLevel.CHANNEL

    async def answer(self, turn: Turn) -> list[Event]:
        sent = await last_unasked(turn.crm.session, turn.shopper.conversation.id, turn.quoted)
        if sent is None:
            turn.voice.answer("why_none")
        elif sent.touch is not None and sent.touch[1] == turn.shopper.who.customer_id:
            await _tell_touch(turn, sent, *sent.touch)
        elif sent.purpose not in STOPPABLE:
            _tell_service(turn, sent)
        else:
            await _tell_permission(turn, sent)
        return []


async def _tell_touch(turn: Turn, sent: UnaskedMessage, occurrence_id: int, customer_id: int) -> None:
    why = await turn.crm.whys.of(occurrence_id, customer_id, turn.shopper.now)
    if why is None:
        await _tell_permission(turn, sent)
        return
    voice, purpose = turn.voice, why.occurrence.purpose
    day = voice.day(turn.shopper.local(sent.at))
    lines = [voice.line("why_touch", day=day, because=_because(turn, why), what=voice.line(f"purpose_{purpose}"))]
    lines.append(_permission(turn, why))
    if purpose in STOPPABLE:
        lines.append(_count(turn, why.frequency))
    turn.voice.exactly("\n".join(lines), _buttons(turn, why))


def _because(turn: Turn, why: Why) -> str:
    """The day or the event it was sent for; else what it was chosen by."""
    trigger = why.plan.trigger
    reasons = [trigger.of] if isinstance(trigger, OnEvent | Anniversary) else []
    names = [f"{kind}_{reason}" for reason in (*reasons, why.plan.occasion) for kind in ("because", "occasion")]
    named = next((name for name in names if turn.voice.lines.knows(name)), None)
    if named is not None:
        return turn.voice.line(named)
    chosen = why.plan.personal and why.plan.segment_id is not None
    return turn.voice.line("because_chosen" if chosen else "because_plain")


def _permission(turn: Turn, why: Why) -> str:
    """The yes it rests on: when, how, in which words; one given elsewhere only to whoever has proved it is theirs."""
    entry = why.consent
    if entry is None:
        needed = why.occurrence.purpose in STOPPABLE
        return turn.voice.line("why_no_yes" if needed else "why_needs_none")
    if _is_elsewhere(turn, entry):
        return turn.voice.line("why_yes_elsewhere")
    agreed = turn.voice.day(turn.shopper.local(entry.at))
    how = f"source_{entry.source}"
    where = turn.voice.line(how if turn.voice.lines.knows(how) else "source_other")
    if entry.answer:
        return turn.voice.line("why_yes_in_words", day=agreed, how=where, words=entry.answer[:200])
    return turn.voice.line("why_yes", day=agreed, how=where)


def _is_elsewhere(turn: Turn, entry: ConsentEntry) -> bool:
    """Not given here, and not proved to be theirs: its day and words are nobody's business yet."""
    return entry.identity_id != turn.shopper.identity.id and turn.shopper.level < ProofLevel.PROVED


def _count(turn: Turn, often: Frequency) -> str:
    if often.most is None:
        return turn.voice.line("why_count", month=often.month)
    line = "why_count_own" if often.own else "why_count_most"
    return turn.voice.line(line, month=often.month, sent=often.sent, most=often.most, days=often.days)


def _buttons(turn: Turn, why: Why) -> list[Button]:
    """Less like this, one tap away; and the yes itself, where a proof opens it."""
    if why.occurrence.purpose not in STOPPABLE:
        return []
    hidden = why.consent is not None and _is_elsewhere(turn, why.consent)
    show = [turn.voice.button("button_show_yes", "why_message", mine="yes")] if hidden else []
    touch = (why.occurrence.id, why.customer_id)
    return show + [
        {"title": turn.voice.line(f"button_{told}_like_this"), "payload": payload_for(*touch, told)}
        for told in ("fewer", "none")
    ]


def _tell_service(turn: Turn, sent: UnaskedMessage) -> None:
    day = turn.voice.day(turn.shopper.local(sent.at))
    if sent.complaint is not None:
        turn.voice.exactly(turn.voice.line("why_case", day=day, number=sent.complaint), [])
    else:
        turn.voice.answer("why_service", day=day)


async def _tell_permission(turn: Turn, sent: UnaskedMessage) -> None:
    """A message without a decision of its own: what the ledger says of its kind."""
    day, what = turn.voice.day(turn.shopper.local(sent.at)), turn.voice.line(f"purpose_{sent.purpose}")
    entry = _standing(await turn.crm.consent.standing(turn.shopper.proved_who), sent.purpose, turn)
    if entry is not None:
        agreed = turn.voice.day(turn.shopper.local(entry.at))
        turn.voice.answer("why_permission", day=day, what=what, agreed=agreed)
    else:
        turn.voice.answer("why_no_permission", day=day, what=what)


def _standing(standing: list[ConsentEntry], purpose: str, turn: Turn) -> ConsentEntry | None:
    channels = {ANY_CHANNEL, turn.shopper.conversation.channel}
    fitting = [entry for entry in standing if entry.purpose == purpose and entry.channel in channels]
    return fitting[-1] if fitting and fitting[-1].granted else None
