import pytest

from crm_store.people.consent import ANY_CHANNEL, Purpose
from crm_store.people.consent_words import Topic, read_consent, withdrawn, yes_or_no

PROMOTION, CARE, SURVEY = Purpose.PROMOTION, Purpose.CARE, Purpose.SURVEY


@pytest.mark.parametrize(
    ("text", "purposes", "channels"),
    [
        ("I revoke permission for promotional calls", (PROMOTION,), ("phone",)),
        ("收回电话营销的授权", (PROMOTION,), ("phone",)),
        ("I don't want marketing emails", (PROMOTION,), ("email",)),
        ("dun send me promo sms can", (PROMOTION,), ("sms",)),
        ("I no longer want birthday wishes", (CARE,), ()),
        ("生日問候不用了", (CARE,), ()),
        ("調查問卷那種我拒收", (SURVEY,), ()),
        ("please opt me out of sms", (), ("sms",)),
        ("唔好再send廣告SMS俾我", (PROMOTION,), ("sms",)),
        ("收回我的同意，不许再用我的邮箱发广告", (PROMOTION,), ("email",)),
    ],
)
def test_taking_back_is_read_from_the_verb_not_from_the_topic(
    text: str, purposes: tuple[Purpose, ...], channels: tuple[str, ...]
) -> None:
    reading = read_consent(text)
    assert reading.withdraw == Topic(purposes, channels)
    assert reading.grant is None


@pytest.mark.parametrize(
    ("text", "purposes", "channels"),
    [
        ("yes to marketing emails", (PROMOTION,), ("email",)),
        ("sign me up for the newsletter", (PROMOTION,), ("email",)),
        ("我願意收到生日祝福", (CARE,), ()),
        ("允许你们用微信发促销", (PROMOTION,), ("wechat",)),
        ("上次退订了，现在想重新收优惠短信", (PROMOTION,), ("sms",)),
        ("you may call me", (), ("phone",)),
    ],
)
def test_giving_is_only_ever_read_as_giving(
    text: str, purposes: tuple[Purpose, ...], channels: tuple[str, ...]
) -> None:
    reading = read_consent(text)
    assert reading.grant == Topic(purposes, channels)
    assert reading.withdraw is None


def test_two_directions_in_one_message_each_keep_their_own_topic() -> None:
    reading = read_consent("stop the promos, but sign me up for birthday greetings")
    assert reading.withdraw == Topic((PROMOTION,))
    assert reading.grant == Topic((CARE,))


@pytest.mark.parametrize(
    "text",
    [
        "促销类的消息我不要，订单通知保留",
        "turn off promotional messages but keep order updates",
        "only stop the promotions",
    ],
)
def test_what_is_to_stay_is_not_taken_back(text: str) -> None:
    assert read_consent(text).withdraw == Topic((PROMOTION,))


@pytest.mark.parametrize(
    "text", ["don't unsubscribe me", "不要取消订阅", "newsletter", "以后再说", "what is promotion"]
)
def test_double_negation_and_bare_topics_are_unclear(text: str) -> None:
    assert read_consent(text).unclear


def test_the_channel_that_is_still_fine_is_not_withdrawn() -> None:
    assert read_consent("take me off the email list, whatsapp is still fine").withdraw == Topic((), ("email",))


def test_no_purpose_means_all_that_can_be_stopped_and_service_never_is() -> None:
    choices = withdrawn(Topic((), ("sms",)))
    assert {purpose for purpose, _, _ in choices} == {PROMOTION, CARE, SURVEY}
    assert {channel for _, channel, _ in choices} == {"sms"}
    assert withdrawn(Topic((Purpose.SERVICE,))) == []
    assert withdrawn(Topic((PROMOTION,))) == [(PROMOTION, ANY_CHANNEL, False)]


@pytest.mark.parametrize("text", ["yes", "Yes please", "ok lah", "好的", "是的，我同意", ["不好意思", "好的"][1], "係"])
def test_a_plain_yes_is_a_yes(text: str) -> None:
    assert yes_or_no(text) is True


@pytest.mark.parametrize("text", ["no", "yes but no sms", "not yes", "好，但是不要短信", "算了", "不用了"])
def test_any_doubt_makes_it_a_no(text: str) -> None:
    assert yes_or_no(text) is False


@pytest.mark.parametrize("text", ["what?", "yes?", "tell me more", "多少钱"])
def test_anything_else_is_neither(text: str) -> None:
    assert yes_or_no(text) is None
