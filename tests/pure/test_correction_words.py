import pytest

from crm_store.cases.correction_words import Correction, correction_in
from crm_store.talks.score_words import without_score


@pytest.mark.parametrize(
    ("text", "order", "wish"),
    [
        ("no, the order is WM1234", "WM1234", None),
        ("sorry, wrong order, it should be WM104233", "WM104233", None),
        ("not WM100001 but WM100002", "WM100002", None),
        ("make it a refund instead", None, "refund"),
        ("not a refund, a replacement", None, "replacement"),
        ("a replacement instead of a refund", None, "replacement"),
        ("actually I'd rather have my money back", None, "refund"),
        ("改成退款", None, "refund"),
        ("还是换货吧", None, "replacement"),
        ("不要换货，要退款", None, "refund"),
        ("不是WM100001，是WM100002", "WM100002", None),
        ("订单写错了，应该是 wm 104233", "WM104233", None),
        ("訂單號不對，應該是WM104233", "WM104233", None),
        ("no, the order is WM1234 and I want a refund", "WM1234", "refund"),
    ],
)
def test_a_correction_says_what_is_right(text: str, order: str | None, wish: str | None) -> None:
    assert correction_in(text) == Correction(order, wish)


@pytest.mark.parametrize(
    "text",
    [
        "no",
        "no, where is my order WM1234",
        "cancel order WM100001",
        "change it to pick-up",
        "it's not WM1234",
        "I want a refund",
        "要退款",
        "算了，不用退款了",
        "can I change it to a refund?",
        "可以改成退款吗",
        "WM100001",
        "no, it was WM1234 or WM1235",
        "instead of a refund",
        "no " * 60 + "WM1234",
    ],
)
def test_what_asks_tells_or_only_denies_is_no_correction(text: str) -> None:
    assert correction_in(text) is None


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("1 star, nobody helped me", ", nobody helped me"),
        ("2/5", ""),
        ("very bad", ""),
        ("一星，等了一个小时没人理", ",等了一个小时没人理"),
        ("two stars the queue was long", "the queue was long"),
    ],
)
def test_what_stands_beside_a_score_is_found(text: str, rest: str) -> None:
    assert without_score(text) == rest
