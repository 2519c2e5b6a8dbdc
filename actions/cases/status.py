"""How a shopper's own cases stand: the state for whoever writes from the address, the whole passport once proved."""

from actions.base import Answer, Event, Turn
from actions.cases.filing import asker_of
from actions.cases.noted import running, spoken
from actions.voice import payload
from crm_store.cases.complaints import Complaint
from crm_store.model import Words
from crm_store.numbers import case_numbers
from crm_store.people.proof import ProofLevel
from crm_store.promises.clocks import Clock, ClockKind

MOST_TOLD = 3


class TellComplaints(Answer):
    """Cases opened by this very address, for whoever writes from it; all of the customer's once proved."""

    called = "action_complaint_status"

    def needs_now(self, turn: Turn) -> ProofLevel:
        return ProofLevel.PROVED if turn.chosen("mine") else ProofLevel.CHANNEL

    async def answer(self, turn: Turn) -> list[Event]:
        number = turn.chosen("case") or next(iter(case_numbers(turn.shopper.text)), None)
        cases = (await turn.crm.own_cases.of(asker_of(turn), number))[:MOST_TOLD]
        proved = turn.shopper.level >= ProofLevel.PROVED
        if cases and proved and len(cases) == 1:
            await _show_passport(turn, cases[0], number)
        elif cases:
            await _list(turn, cases, proved)
        else:
            _find_none(turn, number, proved)
        return []


def _find_none(turn: Turn, number: str | None, proved: bool) -> None:
    if not proved and number:
        turn.voice.wish("prove", wanted=payload("complaint_status", case=number, mine="yes"))
    elif not proved:
        all_cases = turn.voice.button("button_all_cases", "complaint_status", mine="yes")
        turn.voice.answer("cases_none_here", [all_cases])
    elif number:
        turn.voice.answer("case_not_found", number=number)
    else:
        turn.voice.answer("cases_none")


async def _list(turn: Turn, cases: list[Complaint], proved: bool) -> None:
    labels = await turn.crm.labels.all()
    buttons = [turn.voice.named_button(each.number, "complaint_status", case=each.number) for each in cases]
    told = "\n".join(_case_line(turn, case, labels) for case in cases)
    turn.voice.answer("cases", buttons if proved else [], cases=told)


async def _show_passport(turn: Turn, case: Complaint, number: str | None) -> None:
    """Number, state, who has it, what comes next and by when; and where we were late, that we are sorry."""
    voice = turn.voice
    lines = [_case_line(turn, case, await turn.crm.labels.all())]
    if number is not None and number != case.number:
        lines.append(voice.line("case_merged", number=number, into=case.number))
    if case.assignee_id is not None:
        names = await turn.crm.staff.names([case.assignee_id])
        lines += [voice.line("case_handler", name=name.split()[0]) for name in names.values()]
    lines.append(voice.line(f"case_next_{case.state}"))
    lines += _promises(turn, await running(turn, case))
    voice.answer("cases", [], cases="\n".join(lines))


def _promises(turn: Turn, clocks: list[Clock]) -> list[str]:
    """An apology for the oldest promise we broke, and the nearest one that still holds."""
    told = [(each, each.due_at) for each in clocks if each.due_at is not None]
    late = next((due for _, due in told if due <= turn.shopper.now), None)
    ahead = next(((each, due) for each, due in told if due > turn.shopper.now), None)
    lines = [turn.voice.line("case_late", moment=spoken(turn, late))] if late else []
    if ahead is not None:
        answers = ahead[0].kind != ClockKind.RESOLUTION
        lines.append(turn.voice.line("case_answer_by" if answers else "case_settled_by", moment=spoken(turn, ahead[1])))
    return lines


def _case_line(turn: Turn, case: Complaint, labels: dict[str, Words]) -> str:
    return turn.voice.line(
        "case",
        number=case.number,
        day=turn.voice.day(turn.shopper.local(case.opened_at)),
        state=turn.voice.words(labels[case.state]),
    )
