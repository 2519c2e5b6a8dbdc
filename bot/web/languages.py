"""Which of our languages a browser would rather read."""

LANGUAGES = ("en", "zh")


def preferred_language(asked: str, accept_language: str) -> str:
    """`asked` (such as ``zh-TW``) where it is one of ours, else the best of an Accept-Language header, else English."""
    return _ours(asked) or next(filter(None, map(_ours, _by_weight(accept_language))), LANGUAGES[0])


def _ours(tag: str) -> str:
    primary = tag.strip().lower().replace("_", "-").partition("-")[0]
    return primary if primary in LANGUAGES else ""


def _by_weight(header: str) -> list[str]:
    weighed = [part.partition(";q=") for part in header[:500].replace(" ", "").split(",")]
    return [tag for tag, _, weight in sorted(weighed, key=lambda part: -_weight(part[2])) if _weight(weight) > 0]


def _weight(text: str) -> float:
    try:
        return float(text) if text else 1.0
    except ValueError:
        return 0.0
