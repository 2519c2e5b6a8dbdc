import pytest
from hypothesis import given
from hypothesis import strategies as some

from crm_store.cases.hush import COOLING, hushes
from crm_store.cases.labels import own_words
from crm_store.cases.states import MOVES, OPEN, REOPENABLE, MoveRefused, Standing, State, moved, reopened
from crm_store.model import Languages
from tests.actions.talker import MONDAY_NOON

STEPS = some.lists(some.sampled_from([*State, "reopen", "nowhere"]), max_size=30)


@given(STEPS)
def test_no_path_leaves_the_machine_and_number_count_and_person_are_kept(steps: list[str]) -> None:
    case, count = Standing("C10001", State.RECEIVED, assignee_id=7), 0
    for step in steps:
        before = case
        try:
            case = reopened(case) if step == "reopen" else moved(case, step)
        except MoveRefused:
            assert case == before
            continue
        count += step == "reopen"
        assert case.state in MOVES
        assert (case.number, case.assignee_id, case.reopened) == ("C10001", 7, count)
        assert case.urgent == (count > 0)


@given(STEPS)
def test_work_that_was_begun_never_looks_untouched_again(steps: list[str]) -> None:
    case = Standing("C10001", State.INVESTIGATING)
    for step in steps:
        try:
            case = reopened(case) if step == "reopen" else moved(case, step)
        except MoveRefused:
            continue
        assert case.state not in {State.RECEIVED, State.ACKNOWLEDGED}


@pytest.mark.parametrize("state", State)
def test_every_state_leads_to_the_end(state: State) -> None:
    reached, ahead = {state}, [state]
    while ahead:
        fresh = [each for each in MOVES[ahead.pop()] if each not in reached]
        reached |= set(fresh)
        ahead += fresh
    assert State.CLOSED in reached


@pytest.mark.parametrize("state", State)
def test_only_what_is_over_or_done_can_be_reopened_and_goes_back_to_work(state: State) -> None:
    case = Standing("C10001", state, reopened=1, assignee_id=7)
    if state in REOPENABLE:
        assert reopened(case) == Standing("C10001", State.INVESTIGATING, 2, urgent=True, assignee_id=7)
    else:
        with pytest.raises(MoveRefused):
            reopened(case)


def test_a_refused_move_says_where_the_case_can_go() -> None:
    with pytest.raises(MoveRefused, match="cannot become accepted; possible: confirmed, closed, reopened"):
        moved(Standing("C10001", State.DONE), "accepted")
    with pytest.raises(MoveRefused, match="cannot become that"):
        moved(Standing("C10001", State.DONE), "<script>")


@pytest.mark.parametrize("state", State)
def test_an_open_case_holds_promotions_however_old_and_a_settled_one_while_it_cools(state: State) -> None:
    long_ago, lately = MONDAY_NOON - 2 * COOLING, MONDAY_NOON - COOLING / 2
    assert hushes(state, long_ago, MONDAY_NOON) == (state in OPEN)
    assert hushes(state, lately, MONDAY_NOON)
    assert not hushes(State.CLOSED, MONDAY_NOON - COOLING, MONDAY_NOON)


def test_every_state_has_a_word_in_every_language() -> None:
    assert set(own_words()) == set(State)
    assert all(set(words) == set(Languages) for words in own_words().values())
