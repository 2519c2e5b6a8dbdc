"""Sentences of the house: one file a part, each sentence in every language with the same variables."""

import string
from collections.abc import Mapping
from pathlib import Path

from crm_store.errors import CareLoopError
from crm_store.model import Languages
from crm_store.yaml_file import read_yaml


class SentenceMissing(CareLoopError):
    """A sentence lacks a language, or its languages do not take the same variables. Refused at start."""

    code = "sentence_missing"


class Sentences:
    """Looks a sentence up by name and language, and fills it in."""

    def __init__(self, texts: Mapping[str, Mapping[str, str]], shop: Mapping[str, str]) -> None:
        for name, variants in texts.items():
            _check(name, variants)
        self._texts = texts
        self.shop = dict(shop)

    def knows(self, name: str) -> bool:
        return name in self._texts

    def say(self, name: str, language: str, /, **values: str) -> str:
        """Values are put in as they are: they are data, never templates themselves."""
        return self._texts[name][language].format_map({"shop": self.shop[language], **values})


def _check(name: str, variants: Mapping[str, str]) -> None:
    if set(variants) != set(Languages):
        raise SentenceMissing(f"sentence {name} must be there in {', '.join(Languages)}")
    wanted = {language: _variables(text) for language, text in variants.items()}
    if len(set(wanted.values())) != 1:
        raise SentenceMissing(f"sentence {name} must take the same variables in every language")


def _variables(text: str) -> frozenset[str]:
    return frozenset(field for _, field, _, _ in string.Formatter().parse(text) if field)


def read_sentences(file: Path, shop: Mapping[str, str]) -> Sentences:
    """Read and check a file of sentences; `shop` is the shop's name in each language. Called by the root."""
    return Sentences(read_yaml(file), shop)
