"""Pure: what an answer of a mail server means. Codes as in RFC 5321, enhanced codes (``5.1.1``) as in RFC 3463."""

import re
from enum import StrEnum

from bot.channels.base import Result, SendResult

ENHANCED = re.compile(r"^\s*[245]\.(\d{1,3})\.(\d{1,3})\b", re.MULTILINE)
SOON = 60.0
GREYLISTED = 300.0
MAILBOX_FULL = 6 * 3600.0
QUOTA_OVER = 3600.0
"""Seconds to wait."""

OUR_LOGIN = {530, 534, 535, 538}
NOBODY_THERE = {521, 550, 551, 553, 556}
OUR_ADDRESS = {7, 8}
"""x.1.7 and x.1.8 are about the sender; every other x.1.y is about the recipient."""


class Stage(StrEnum):
    """How far a delivery had come. CONTENT is DATA and all that follows it."""

    GREETING = "greeting"
    SENDER = "sender"
    RECIPIENT = "recipient"
    CONTENT = "content"


def meaning(stage: Stage, code: int, text: str) -> SendResult:
    """By the class of the code, then by the enhanced code if there is one, then by the code itself."""
    found = ENHANCED.search(text)
    answer = _Answer(stage, code, (int(found[1]), int(found[2])) if found else None)
    if 400 <= code <= 499:
        return answer.later()
    if 500 <= code <= 599:
        return answer.never()
    return answer.nonsense()


def lost(stage: Stage) -> SendResult:
    """The connection ended without an answer. From DATA on nobody knows whether the message was taken."""
    if stage is Stage.CONTENT:
        return SendResult(Result.UNKNOWN, detail="connection lost after DATA")
    return SendResult(Result.RETRY_AT, retry_after=SOON, whole_account=True, detail=f"connection lost: {stage}")


class _Answer:
    def __init__(self, stage: Stage, code: int, enhanced: tuple[int, int] | None) -> None:
        self._stage = stage
        self._code = code
        self._enhanced = enhanced

    def later(self) -> SendResult:
        if self._code == 421 or self._stage in {Stage.GREETING, Stage.SENDER}:
            return self._ended(Result.RETRY_AT, SOON, whole_account=True)
        return self._ended(Result.RETRY_AT, MAILBOX_FULL if self._enhanced == (2, 2) else GREYLISTED)

    def never(self) -> SendResult:
        if self._enhanced == (4, 5):
            return self._ended(Result.QUOTA, QUOTA_OVER, whole_account=True)
        if self._is_ours_to_mend():
            return self._ended(Result.CONFIG)
        if self._is_full():
            return self._ended(Result.RETRY_AT, MAILBOX_FULL)
        return self._ended(Result.GONE if self._is_gone() else Result.REJECTED)

    def nonsense(self) -> SendResult:
        if self._stage is Stage.CONTENT:
            return self._ended(Result.UNKNOWN)
        return self._ended(Result.RETRY_AT, SOON, whole_account=True)

    def _is_ours_to_mend(self) -> bool:
        about_us = self._enhanced is not None and self._enhanced[0] == 1 and self._enhanced[1] in OUR_ADDRESS
        return self._code in OUR_LOGIN or self._stage in {Stage.GREETING, Stage.SENDER} or about_us

    def _is_full(self) -> bool:
        plainly = self._enhanced is None and self._code == 552 and self._stage is Stage.RECIPIENT
        return self._enhanced == (2, 2) or plainly

    def _is_gone(self) -> bool:
        if self._enhanced is None:
            return self._stage is Stage.RECIPIENT and self._code in NOBODY_THERE
        return self._enhanced[0] == 1 or self._enhanced == (2, 1)

    def _ended(self, result: Result, retry_after: float = 0.0, whole_account: bool = False) -> SendResult:
        """The server's own words may quote the address, so only its numbers are told."""
        enhanced = f" x.{self._enhanced[0]}.{self._enhanced[1]}" if self._enhanced else ""
        detail = f"{self._code}{enhanced} to the {self._stage}"
        return SendResult(result, retry_after=retry_after, whole_account=whole_account, detail=detail)
