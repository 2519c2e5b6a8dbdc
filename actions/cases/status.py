"""How a shopper's own cases stand."""

from actions.base import Answer, Event, Turn
from actions.voice import payload
from crm_store.cases.complaints import Complaint
from crm_store.numbers import case_numbers
from crm_store.people.proof import ProofLevel

MOST_TOLD = 3


class TellComplaints(Answer):
    """Cases opened by this very address, for whoever writes from it; all of the customer's once proved."""

    called = "action_complaint_status"

    def needs_now(self, turn: Turn) -> ProofLevel:
        return ProofLevel.PROVED if turn.chosen("mine") else ProofLevel.CHANNEL

    async def answer(self, turn: Turn) -> list[Event]:
        proved = turn.shopper.level >= ProofLevel.PROVED
        cases = await turn.crm.complaints.of(turn.shopper.identity.id, turn.shopper.member.id if proved else None)
        number = _number(turn)
        told = [case for case in cases if case.number == number] if number else cases[:MOST_TOLD]
        if told:
            turn.voice.answer("cases", cases="\n".join(_case_line(turn, case) for case in told))
        elif not proved and number:
            turn.voice.wish("prove", wanted=payload("complaint_status", case=number, mine="yes"))
        elif not proved:
            all_cases = turn.voice.button("button_all_cases", "complaint_status", mine="yes")
            turn.voice.answer("cases_none_here", [all_cases])
        elif number:
            turn.voice.answer("case_not_found", number=number)
        else:
            turn.voice.answer("cases_none")
        return []


def _number(turn: Turn) -> str | None:
    return turn.chosen("case") or next(iter(case_numbers(turn.shopper.text)), None)


def _case_line(turn: Turn, case: Complaint) -> str:
    known = turn.voice.lines.knows(f"case_{case.state}")
    return turn.voice.line(
        "case",
        number=case.number,
        day=turn.voice.day(turn.shopper.local(case.opened_at)),
        state=turn.voice.line(f"case_{case.state}" if known else "case_open"),
    )
