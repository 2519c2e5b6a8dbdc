"""The table of moves: closed, with every end an end."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_store.campaigns.campaign import CampaignState
from crm_store.campaigns.moves import ENDED, MOVES, Move, MoveRefused, moved, possible


@given(st.lists(st.sampled_from(Move), max_size=30))
def test_nothing_runs_that_was_not_approved_since_its_last_change(moves: list[Move]) -> None:
    state, approved = CampaignState.DRAFT, False
    for move in moves:
        try:
            state = moved(state, move)
        except MoveRefused:
            continue
        approved = (approved or move is Move.APPROVE) and move not in (Move.CHANGE, Move.SEND_BACK)
        running = {CampaignState.SCHEDULED, CampaignState.RUNNING, CampaignState.PAUSED}
        assert approved or state not in running


@pytest.mark.parametrize("state", sorted(ENDED))
def test_what_has_ended_does_not_move(state: CampaignState) -> None:
    assert possible(state) == []


def test_a_refused_move_says_what_can_be_done() -> None:
    with pytest.raises(MoveRefused, match="a campaign in draft cannot resume; it can change, submit, cancel"):
        moved(CampaignState.DRAFT, Move.RESUME)


def test_every_move_is_in_the_table_and_every_state_can_be_reached() -> None:
    assert set(MOVES) == set(Move)
    assert {target for _, target in MOVES.values()} == set(CampaignState)
