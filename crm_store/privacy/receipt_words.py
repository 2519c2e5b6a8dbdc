"""A line of the receipt in the words of the shopper (`sentences.yml`)."""

from functools import cache
from pathlib import Path

from crm_store.privacy.receipts import ReceiptKind, ReceiptLine
from crm_store.sentences import Sentences, read_sentences

NO_SHOP = {"en": "", "zh": ""}


@cache
def _sentences() -> Sentences:
    return read_sentences(Path(__file__).with_name("sentences.yml"), NO_SHOP)


def in_words(line: ReceiptLine, language: str) -> str:
    """What happened, and for what was held the reason; never more than the line itself says."""
    told = {
        "what": _named(f"purpose_{line.purpose or 'any'}", "purpose_any", language),
        "where": _named(f"channel_{line.channel}", "channel_any", language),
    }
    if line.kind is ReceiptKind.HELD:
        told["why"] = _named(f"why_{line.detail.get('reason')}", "why_other", language)
    said = _sentences().say(line.kind.value, language, **told)
    return said[:1].upper() + said[1:]


def _named(name: str, otherwise: str, language: str) -> str:
    sentences = _sentences()
    return sentences.say(name if sentences.knows(name) else otherwise, language)
