"""Which channel: the person's own order of those the campaign has, they agreed to, and the provider takes."""

from datetime import timedelta

from crm_store.decision.decision import Outcome, Reason
from crm_store.decision.facts import Permission, Reach
from crm_store.decision.message import Cap
from crm_store.people.consent import Purpose
from tests.pure.decision.asking import NOW, asked, facts, message, rules, sent, step

TELEGRAM_ONLY_IN_WINDOW = rules(windows=frozenset({"telegram"}))


def with_window(hours: float) -> tuple[Reach, Reach]:
    return Reach("email", "ok"), Reach("telegram", "ok", NOW + timedelta(hours=hours))


def test_the_campaign_orders_the_channels_when_the_person_did_not() -> None:
    assert asked().channel == "telegram"
    assert asked(of=message(channels=("email", "telegram"))).channel == "email"


def test_the_own_order_goes_before_that_of_the_campaign() -> None:
    assert asked(facts(first_channels=("email",))).channel == "email"
    assert asked(facts(only_channels=("sms", "email", "telegram"))).channel == "email"


def test_a_wished_for_channel_the_campaign_lacks_leaves_the_others() -> None:
    assert asked(facts(first_channels=("sms",))).channel == "telegram"


def test_only_one_channel_means_no_other_save_for_service() -> None:
    person = facts(only_channels=("email",), reach=(Reach("telegram", "ok"),))
    assert asked(person).reason == Reason.OWN_PREFERENCE
    assert asked(person, message(purpose=Purpose.SERVICE)).channel == "telegram"


def test_the_wish_for_a_channel_is_no_consent_to_it() -> None:
    person = facts(first_channels=("telegram",), permissions=(Permission(Purpose.PROMOTION, "email", True, 0),))
    assert asked(person).channel == "email"


def test_a_cap_never_changes_the_channel() -> None:
    by = rules(by_channel={"telegram": (Cap(1, timedelta(days=2)),)}, gap=timedelta(0))
    decision = asked(facts(contacts=(sent(24),)), by=by)
    assert (decision.outcome, decision.reason, decision.channel) == (Outcome.DEFER, Reason.CAP_CHANNEL, "telegram")
    assert decision.until == NOW + timedelta(days=1)


def test_outside_its_window_a_channel_is_passed_over() -> None:
    assert asked(facts(reach=with_window(-1)), by=TELEGRAM_ONLY_IN_WINDOW).channel == "email"
    assert asked(facts(reach=with_window(1)), by=TELEGRAM_ONLY_IN_WINDOW).channel == "telegram"


def test_an_approved_template_in_their_language_goes_outside_the_window() -> None:
    of = message(templates=frozenset({("telegram", "zh")}))
    assert asked(facts(reach=with_window(-1)), of, by=TELEGRAM_ONLY_IN_WINDOW).channel == "email"
    assert asked(facts(reach=with_window(-1), language="zh"), of, by=TELEGRAM_ONLY_IN_WINDOW).channel == "telegram"


def test_a_window_that_is_shut_by_the_time_it_may_go_is_no_window() -> None:
    later = message(not_before=NOW + timedelta(hours=2))
    decision = asked(facts(reach=with_window(1)), later, by=TELEGRAM_ONLY_IN_WINDOW)
    assert (decision.outcome, decision.channel) == (Outcome.DEFER, "email")


def test_what_only_fits_a_window_that_shuts_before_waits_until_they_write() -> None:
    alone = with_window(1)[1:]
    decision = asked(facts(reach=alone), message(not_before=NOW + timedelta(hours=2)), by=TELEGRAM_ONLY_IN_WINDOW)
    assert (decision.outcome, decision.reason, decision.channel) == (Outcome.PARK, Reason.NO_CHANNEL, None)
    assert step(decision, Reason.NOT_YET) == (False, "")


def test_a_cap_that_lasts_longer_than_the_window_parks_it_and_does_not_change_the_channel() -> None:
    by = rules(windows=frozenset({"telegram"}), by_channel={"telegram": (Cap(1, timedelta(days=2)),)}, gap=timedelta(0))
    decision = asked(facts(reach=with_window(1), contacts=(sent(24),)), by=by)
    assert (decision.outcome, decision.reason) == (Outcome.PARK, Reason.NO_CHANNEL)
