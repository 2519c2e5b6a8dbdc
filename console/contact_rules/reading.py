"""Pure: a form read into rules. What cannot be read is named by its field."""

import re
import unicodedata
from typing import Any

from console.contact_rules.form import LIMITED, TARGETS, Row, Written
from console.rules.making import Problem
from crm_store.decision.message import Policy
from crm_store.decision.policy_text import PolicyRefused, definition_of, policy_of
from crm_store.people.consent import Purpose

MOST_HOLIDAYS = 400
LONGEST_GAP, OLDEST, LONGEST = 24 * 366, 120, 366
"""Hours, years, days."""
_WHOLE = re.compile(r"\d{1,4}", re.ASCII)
_CLOCK = re.compile(r"(\d{1,2})[:.]?(\d{2})", re.ASCII)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


class Reading:
    """`problems` by field; `definition` is to be used only when there are none."""

    def __init__(self, written: Written, policy: Policy) -> None:
        self._written = written
        self.problems: dict[str, Problem] = {}
        self.definition = definition_of(policy) | self._typed()
        if not self.problems:
            self._asked_of_all()

    def _typed(self) -> dict[str, Any]:
        written = self._written
        return {
            "hours": {purpose.value: self._window(f"hours_{purpose}") for purpose in Purpose},
            "unsure_hours": self._window("unsure"),
            "gap_hours": self._whole("gap", written.gap, 0, LONGEST_GAP),
            "minimum_age": self._ages(),
            "holidays": self._holidays(),
            "quiet_on_holidays": sorted({each for each in written.quiet if each in set(Purpose)}),
            "leap_day": written.leap_day,
            "zone": written.zone.strip(),
            **self._caps(),
        }

    def _asked_of_all(self) -> None:
        """What only the rules themselves know, such as which zones there are."""
        try:
            policy_of(self.definition)
        except PolicyRefused as refused:
            kind, _, rest = refused.field.partition(".")
            field = {"hours": f"hours_{rest}", "unsure_hours": "unsure"}.get(kind, kind)
            name = "hours" if kind in ("hours", "unsure_hours") else kind
            self.problems[field] = Problem(f"contact_rules.problem_{name}")

    def _window(self, field: str) -> list[str]:
        start, end = (_clock(text) for text in self._written.window(field))
        if start is None or end is None:
            self.problems[field] = Problem("contact_rules.problem_clock")
            return ["00:00", "24:00"]
        return [start, end]

    def _caps(self) -> dict[str, Any]:
        told: dict[str, Any] = {"overall": [], "by_purpose": {}, "by_channel": {}}
        for place, row in enumerate(self._written.rows()):
            cap = self._cap(f"cap_{place}", row)
            layer, _, name = row.target.partition(":")
            if cap and layer == "overall":
                told["overall"].append(cap)
            elif cap:
                told[f"by_{layer}"].setdefault(name, []).append(cap)
        return told

    def _cap(self, field: str, row: Row) -> dict[str, int]:
        """Empty for a row that is none."""
        if not row.count.strip():
            return {}
        if row.target not in TARGETS:
            self.problems[field] = Problem("contact_rules.problem_target")
            return {}
        hours = 24 if row.unit == "days" else 1
        count = self._whole(field, row.count, 0, 1000)
        length = self._whole(field, row.length, 1, LONGEST)
        return {"count": count, "hours": length * hours}

    def _ages(self) -> dict[str, int]:
        typed = {purpose.value: self._written.age(purpose) for purpose in LIMITED}
        return {name: self._whole(f"age_{name}", text, 0, OLDEST) for name, text in typed.items() if text.strip()}

    def _holidays(self) -> list[str]:
        days = unicodedata.normalize("NFKC", self._written.holidays).replace(",", " ").split()
        wrong = next((day for day in days if not _is_day(day)), None)
        if wrong is not None:
            self.problems["holidays"] = Problem("contact_rules.problem_holidays", {"text": wrong[:20]})
        elif len(days) > MOST_HOLIDAYS:
            self.problems["holidays"] = Problem("contact_rules.problem_many", {"n": MOST_HOLIDAYS})
        return [] if "holidays" in self.problems else sorted(set(days))

    def _whole(self, field: str, text: str, least: int, most: int) -> int:
        """`least` where there is a problem: nobody reads it then."""
        plain = unicodedata.normalize("NFKC", text).strip()
        if _WHOLE.fullmatch(plain) and least <= int(plain) <= most:
            return int(plain)
        self.problems[field] = Problem("contact_rules.problem_whole", {"least": least, "most": most})
        return least


def _clock(text: str) -> str | None:
    """ "9:00", "0900" and "９：00" are one."""
    found = _CLOCK.fullmatch(unicodedata.normalize("NFKC", text).strip())
    if found is None:
        return None
    hour, minute = int(found[1]), int(found[2])
    return f"{hour:02}:{minute:02}" if minute < 60 and (hour < 24 or (hour, minute) == (24, 0)) else None


def _is_day(text: str) -> bool:
    try:
        policy_of({"holidays": [text]})
    except PolicyRefused:
        return False
    return _DAY.fullmatch(text) is not None
