"""What a group of a report is called, in the reader's language."""

from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from console.frame.frame import Frame
from console.frame.times import day_words
from crm_store.desk.report_cases import Group
from crm_store.model import Words, in_language

WORDED = {Group.CATEGORY: "words.category_", Group.CHANNEL: "words.channel_", Group.CAUSE: "words.category_"}
"""Groups whose values we have words for."""


@dataclass(frozen=True)
class Naming:
    """Names groups in one language. A name may be a shopper's or a colleague's own words: show it as such."""

    frame: Frame
    language: str

    def of(self, by: Group, value: str, label: Words) -> str:
        if not value:
            return self.frame.say(self.language, f"reports.without_{by}")
        if label:
            return in_language(label, self.language)
        if by is Group.DAY:
            return day_named(date.fromisoformat(value), self.language)
        key = WORDED.get(by, "") + value
        return self.frame.say(self.language, key) if self.frame.texts.has(key) else value


def day_named(day: date, language: str) -> str:
    zone = ZoneInfo("UTC")
    return day_words(datetime.combine(day, time(), zone), zone, language)
