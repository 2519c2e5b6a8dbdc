"""What the fields of the console's forms hold when nothing is wrong with them."""

LIKELY = {
    "version": "0",
    "seen": "0",
    "text": "We are on it.",
    "severity": "normal",
    "category": "late",
    "role": "handler",
    "language": "en",
    "theme": "dark",
    "notify_by": "none",
    "kind": "points",
    "amount": "10",
    "outcome": "let_go",
    "zone": "Asia/Singapore",
    "calendar": "desk",
    "do": "save",
    "colour": "info",
    "login": "new@willowmere.example",
    "to": "investigating",
    "deed": "tag",
    "pick": "case-1",
    "scopes": "complaints:read",
    "before": "999999",
    "code": "a-code",
}


def likely(field: str) -> str:
    """What a form would hold in this field."""
    return LIKELY.get(field, "1")
