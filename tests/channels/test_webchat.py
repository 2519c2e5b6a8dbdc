"""What a visitor's event can be: words, a pressed button, or a start by a deep link."""

import pytest

from bot.channels.base import InboundKind, Malformed
from bot.channels.webchat import WebChat

FROM = {"visitor": "v1", "client_message_id": "m1"}


@pytest.mark.parametrize(
    ("said", "kind", "text", "choice_id"),
    [
        ({"text": "hello"}, InboundKind.MESSAGE, "hello", ""),
        ({"payload": "c1"}, InboundKind.BUTTON, "", "c1"),
        ({"start": "kYq0"}, InboundKind.START, "", "kYq0"),
    ],
)
def test_an_event_is_one_of_three(said: dict[str, str], kind: InboundKind, text: str, choice_id: str) -> None:
    inbound = WebChat().parse(FROM | said)
    assert (inbound.kind, inbound.text, inbound.choice_id) == (kind, text, choice_id)
    assert (inbound.key, inbound.address) == ("v1:m1", "v1")


@pytest.mark.parametrize("said", [{}, {"text": "a", "payload": "b"}, {"start": "a", "text": "b"}, {"start": 5}])
def test_an_event_that_is_none_or_two_of_them_cannot_be_read(said: dict[str, object]) -> None:
    with pytest.raises(Malformed):
        WebChat().parse(FROM | said)
