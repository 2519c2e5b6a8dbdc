"""The link to a customer's own preference page, as it stands in every care mail."""

from bot.conversation.signed_links import number_in, signed

KIND = "preferences"


def preference_token(secret: bytes, customer_id: int) -> str:
    """Signed, without an end: a link in an old mail has to stop messages for as long as somebody keeps the mail."""
    return signed(secret, KIND, customer_id)


def customer_of(secret: bytes, token: str) -> int | None:
    """Whose page it is; None for every text that is no token of ours."""
    return number_in(secret, KIND, token)


def preferences_link(secret: bytes, base_url: str, customer_id: int) -> str:
    """The address of the page; with ``/stop`` behind it the one that mail programs post to."""
    return f"{base_url}/preferences/{preference_token(secret, customer_id)}"
