from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.channels.base import Result, SendResult
from crm_store.talks.outbox import OutboxMessage, OutState
from scheduler.settling import MAX_TRIES, fate_of

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)
RESULTS = st.builds(SendResult, st.sampled_from(Result), retry_after=st.floats(0, 3600))


def message(purpose: str = "reply", tries: int = 1) -> OutboxMessage:
    return OutboxMessage(id=7, purpose=purpose, tries=tries)


@given(RESULTS, st.sampled_from(["reply", "code", "promotion"]))
def test_nothing_is_retried_for_ever(result: SendResult, purpose: str) -> None:
    fate = fate_of(message(purpose, tries=MAX_TRIES), result, NOW)
    if result.result is Result.CONFIG:
        assert fate.halt_lane, "a lane that cannot send keeps its queue and waits for a person"
    else:
        assert fate.settlement.state is not OutState.QUEUED


@given(RESULTS)
def test_what_may_have_been_sent_is_repeated_once_and_a_promotion_never(result: SendResult) -> None:
    if result.result is not Result.UNKNOWN:
        return
    assert fate_of(message("reply", tries=1), result, NOW).settlement.state is OutState.QUEUED
    assert fate_of(message("reply", tries=2), result, NOW).settlement.state is OutState.UNKNOWN
    assert fate_of(message("promotion", tries=1), result, NOW).settlement.state is OutState.UNKNOWN


def test_a_provider_that_asks_to_wait_is_given_the_time_it_asked_for() -> None:
    fate = fate_of(message(), SendResult(Result.RETRY_AT, retry_after=7, whole_account=True), NOW)
    assert fate.settlement.retry_at == NOW + timedelta(seconds=7)
    assert fate.block_lane_until == NOW + timedelta(seconds=7)
    assert fate_of(message(), SendResult(Result.RETRY_AT, retry_after=7), NOW).block_lane_until is None


def test_an_address_that_is_gone_is_marked_and_the_customer_kept() -> None:
    fate = fate_of(message(), SendResult(Result.GONE), NOW)
    assert (fate.settlement.state, fate.address_is_gone) == (OutState.FAILED, True)
