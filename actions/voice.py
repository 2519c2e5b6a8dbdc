"""How an action speaks: it names a response of `nlu/domain`, and fills it with values put into words by `lines.yml`."""

import hashlib
import json
import string
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

from rasa_sdk.executor import CollectingDispatcher

from crm_store.errors import CareLoopError
from crm_store.model import Languages, Words, in_language
from crm_store.yaml_file import read_yaml

Button = dict[str, str]


class LineBroken(CareLoopError):
    """A line lacks a language, or its languages do not take the same variables. Refused at start."""

    code = "line_broken"


class Lines:
    """The small parts of sentences, by name and language."""

    def __init__(self, texts: Mapping[str, Words]) -> None:
        for name, words in texts.items():
            if set(words) != set(Languages) or len({variables_of(text) for text in words.values()}) != 1:
                raise LineBroken(f"line {name} must be there in {', '.join(Languages)} with the same variables")
        self._texts = texts

    def say(self, name: str, language: str, /, **values: object) -> str:
        """Values are data, never templates themselves."""
        return self._texts[name][language].format_map(values)

    def knows(self, name: str) -> bool:
        return name in self._texts

    def version(self, name: str) -> str:
        """Changes whenever the wording does, in any language."""
        wording = json.dumps(self._texts[name], sort_keys=True, ensure_ascii=False)
        return f"{name}-{hashlib.sha256(wording.encode()).hexdigest()[:12]}"


def variables_of(text: str) -> frozenset[str]:
    """The names in braces."""
    return frozenset(field for _, field, _, _ in string.Formatter().parse(text) if field)


def read_lines() -> Lines:
    """Read and check the file; called once, when the actions are built."""
    path = Path(__file__).with_name("lines.yml")
    return Lines(read_yaml(path))


def payload(intent: str, **entities: str) -> str:
    """What a button stands for: an intent, and the facts that go with it."""
    return f"/{intent}{json.dumps(entities, ensure_ascii=False) if entities else ''}"


class Voice:
    """Speaks one language for one turn; `today` is the shopper's."""

    def __init__(self, dispatcher: CollectingDispatcher, lines: Lines, language: str, today: date) -> None:
        self._dispatcher = dispatcher
        self._today = today
        self.lines = lines
        self.language = language

    def answer(self, response: str, buttons: Iterable[Button] = (), /, **values: object) -> None:
        """Say ``utter_<response>``."""
        texts: dict[str, Any] = {name: str(value) for name, value in values.items()}
        self._dispatcher.utter_message(response=f"utter_{response}", buttons=list(buttons), **texts)

    def exactly(self, text: str, buttons: Iterable[Button]) -> None:
        """Say a text word for word, where the very words are evidence."""
        self._dispatcher.utter_message(text=text, buttons=list(buttons))

    def wish(self, kind: str, **details: str) -> None:
        """Ask the house for something beside words: `prove`, `hand_over`, `speak`, `stop`."""
        self._dispatcher.utter_message(json_message={"careloop": kind, **details})

    def line(self, name: str, /, **values: object) -> str:
        return self.lines.say(name, self.language, **values)

    def button(self, line: str, intent: str, **entities: str) -> Button:
        return {"title": self.line(line), "payload": payload(intent, **entities)}

    def named_button(self, title: str, intent: str, **entities: str) -> Button:
        return {"title": title, "payload": payload(intent, **entities)}

    def words(self, words: Words) -> str:
        return in_language(words, self.language)

    def listed(self, parts: Iterable[str]) -> str:
        """Side by side in one sentence."""
        return self.line("between").join(parts)

    def money(self, cents: int) -> str:
        amount = f"{cents / 100:,.2f}".removesuffix(".00")
        return self.line("money", amount=amount)

    def day(self, day: date) -> str:
        """With its weekday; with its year when that is not the running one."""
        month = self.line(f"month_{day.month}")
        if day.year != self._today.year:
            return self.line("day_far", day=day.day, month=month, year=day.year)
        return self.line("day", weekday=self.line(f"weekday_{day.weekday()}"), day=day.day, month=month)

    def day_of_year(self, month: int, day: int, calendar: str) -> str:
        return self.line(f"day_{calendar}", day=day, month=self.line(f"month_{month}"), number=month)

    def moment(self, moment: datetime) -> str:
        """A datetime already in the zone it is to be read in."""
        return self.line("moment", day=self.day(moment.date()), time=f"{moment:%H:%M}")
