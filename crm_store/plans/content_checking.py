"""Pure: whether the words of a plan can be sent: all languages and channels there, variables known, short enough."""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from crm_store.people.consent import Purpose
from crm_store.plans.plan import Content, Plan
from crm_store.plans.problem import ChannelLimits, Problem
from crm_store.plans.variables import known_in, says_how_to_stop, variables
from crm_store.plans.wording import EVERY_CHANNEL, ContentMissing, WordingBroken, content_for, pieces

MOST_CHOICES = 3
LONGEST_SUBJECT = 150
LINKS = frozenset({"preferences_link"})
_LINK = re.compile(r"https?://|\bwww\.", re.IGNORECASE)


def content_problems(
    plan: Plan, purpose: Purpose, limits: Mapping[str, ChannelLimits], languages: Sequence[str]
) -> list[Problem]:
    """In the order of languages and channels, then of the contents as they stand in the plan."""
    found = [*_placed(plan, languages), *_missing(plan, languages)]
    known = known_in(plan)
    for content in plan.contents:
        unreadable = [problem for text, place in _texts(content) for problem in _named(text, place, known)]
        found += unreadable
        if not unreadable:
            used = [(name, limits[name]) for name in _channels_of(plan, content) if name in limits]
            found += [*_choices(content), *_fitting(content, used), *_opt_out(content, purpose, used)]
    return found


def content_warnings(plan: Plan, limits: Mapping[str, ChannelLimits], languages: Sequence[str]) -> list[Problem]:
    """Words nobody would ever see, and languages that offer other quick replies."""
    found = []
    for content in plan.contents:
        if content.channel != EVERY_CHANNEL and content.channel not in plan.channels:
            found.append(Problem(_place(content, "text"), 0, "never_used", {"channel": content.channel}))
    for channel in plan.channels:
        said = [_said(plan, channel, language) for language in languages]
        if channel in limits and not limits[channel].max_choices and any(each and each.choices for each in said):
            found.append(Problem("channels", 0, "choices_left_out", {"channel": channel}))
        if any(a and b and len(a.choices) != len(b.choices) for a, b in pairwise(said)):
            found.append(Problem("contents", 0, "choices_differ", {"channel": channel}))
    return found


def _place(content: Content, part: str) -> str:
    return f"contents.{content.language}.{content.channel}.{part}"


def _texts(content: Content) -> list[tuple[str, str]]:
    """Every text of it with its field."""
    choices = [(choice, _place(content, f"choices.{n}")) for n, choice in enumerate(content.choices, start=1)]
    return [(content.text, _place(content, "text")), (content.subject, _place(content, "subject")), *choices]


def _said(plan: Plan, channel: str, language: str) -> Content | None:
    try:
        return content_for(plan, channel, language)
    except ContentMissing:
        return None


def _channels_of(plan: Plan, content: Content) -> list[str]:
    """The channels of the plan that this content is sent on."""
    return [channel for channel in plan.channels if _said(plan, channel, content.language) is content]


def _placed(plan: Plan, languages: Sequence[str]) -> Iterator[Problem]:
    seen = set[tuple[str, str]]()
    for content in plan.contents:
        if content.language not in languages:
            yield Problem(_place(content, "text"), 0, "unknown_language", {"language": content.language})
        if (content.language, content.channel) in seen:
            yield Problem(_place(content, "text"), 0, "twice", {"channel": content.channel})
        seen.add((content.language, content.channel))


def _missing(plan: Plan, languages: Sequence[str]) -> Iterator[Problem]:
    for language in languages:
        for channel in plan.channels:
            if _said(plan, channel, language) is None:
                named = {"language": language, "channel": channel}
                yield Problem(f"contents.{language}.{channel}.text", 0, "missing_language", named)


def _named(text: str, place: str, known: frozenset[str]) -> Iterator[Problem]:
    """A variable nobody knows, or not here; a brace that is none."""
    try:
        named = [piece for piece in pieces(text) if piece.is_variable]
    except WordingBroken as broken:
        yield Problem(place, broken.line, "broken_brace", {"found": broken.found})
        return
    for piece in named:
        if piece.text not in variables():
            yield Problem(place, piece.line, "unknown_variable", {"variable": piece.text})
        elif piece.text not in known:
            yield Problem(place, piece.line, "not_known_here", {"variable": piece.text})


def longest(text: str) -> int:
    """Signs of a well-formed text once the longest values stand in it."""
    known = variables()
    return sum(known[piece.text].longest if piece.is_variable else len(piece.text) for piece in pieces(text))


def _choices(content: Content) -> Iterator[Problem]:
    for number, choice in enumerate(content.choices, start=1):
        if not choice.strip():
            yield Problem(_place(content, f"choices.{number}"), 0, "empty")
        elif choice in content.choices[: number - 1]:
            yield Problem(_place(content, f"choices.{number}"), 0, "twice", {"choice": choice})


def _fitting(content: Content, used: list[tuple[str, ChannelLimits]]) -> Iterator[Problem]:
    for channel, limit in used:
        signs = longest(content.text)
        if signs > limit.max_text:
            line = _line_at(content.text, limit.max_text)
            yield Problem(_place(content, "text"), line, "too_long", _counts(channel, signs, limit.max_text))
        yield from _fitting_choices(content, channel, limit)
        if limit.needs_subject and not content.subject.strip():
            yield Problem(_place(content, "subject"), 0, "missing", {"channel": channel})
    if longest(content.subject) > LONGEST_SUBJECT:
        yield Problem(_place(content, "subject"), 1, "too_long", _counts("", longest(content.subject), LONGEST_SUBJECT))


def _fitting_choices(content: Content, channel: str, limit: ChannelLimits) -> Iterator[Problem]:
    if limit.max_choices == 0:
        return  # They are left out there, which is a warning.
    most = min(MOST_CHOICES, limit.max_choices)
    if len(content.choices) > most:
        yield Problem(_place(content, "choices"), 0, "too_many_choices", _counts(channel, len(content.choices), most))
    for number, choice in enumerate(content.choices, start=1):
        if longest(choice) > limit.choice_label_max:
            counts = _counts(channel, longest(choice), limit.choice_label_max)
            yield Problem(_place(content, f"choices.{number}"), 1, "too_long", counts)


def _counts(channel: str, found: int, most: int) -> dict[str, str]:
    return {"channel": channel, "found": str(found), "most": str(most)}


def _line_at(text: str, signs: int) -> int:
    """The line in which so many signs are over."""
    over, known = 0, variables()
    for piece in pieces(text):
        length = known[piece.text].longest if piece.is_variable else len(piece.text)
        if over + length > signs:
            return piece.line + (0 if piece.is_variable else piece.text.count("\n", 0, signs - over))
        over += length
    return 0


def _opt_out(content: Content, purpose: Purpose, used: list[tuple[str, ChannelLimits]]) -> Iterator[Problem]:
    """A promotion says how to stop it, and so does whatever carries a link."""
    named = {piece.text for piece in pieces(content.text) if piece.is_variable}
    if "preferences_link" in named:
        return
    plain = "".join(piece.text for piece in pieces(content.text) if not piece.is_variable)
    links = bool(_LINK.search(plain))
    says = "how_to_stop" in named or says_how_to_stop(plain, content.language)
    for channel, limit in used:
        due = limit.needs_opt_out and (purpose == Purpose.PROMOTION or (links and purpose != Purpose.SERVICE))
        if due and not (says and limit.needs_opt_out == "sentence"):
            line = next((n for n, text in enumerate(content.text.split("\n"), 1) if _LINK.search(text)), 0)
            code = "link_without_opt_out" if links else f"opt_out_{limit.needs_opt_out}_missing"
            yield Problem(_place(content, "text"), line, code, {"channel": channel})
