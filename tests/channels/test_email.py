"""E-mail against a real SMTP server that answers as scripted."""

from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import SMTP
from email.utils import parsedate_to_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.base import Choice, Forged, Malformed, Outbound, Result, SendResult, Verdict
from bot.channels.email import EmailChannel, MailServer, composed
from bot.channels.smtp_answers import Stage, meaning
from tests.fakes.mail import HANG_UP, MailScript, mail_server

SENDER = "care@willowmere.example"


def now() -> datetime:
    return datetime.now(UTC)


LETTER = Outbound(
    41, "mei@example.com", "您的验证码是 123456。\n.\nYour code", subject="Your code 验证码", language="zh"
)


def channel(port: int, user: str = "", password: str = "") -> EmailChannel:
    return EmailChannel(MailServer("127.0.0.1", port, user, password, "none", timeout=5), SENDER, now)


async def sent(script: MailScript, message: Outbound = LETTER, user: str = "", password: str = "") -> SendResult:
    async with mail_server(script):
        email = channel(script.port, user, password)
        return await email.send(email.render(message))


LINK = f"https://care.willowmere-department-store.example.com/preferences/{'A' * 39}"


async def test_a_care_mail_tells_mail_programs_how_to_leave_with_one_click() -> None:
    script = MailScript()
    await sent(script, replace(LETTER, preferences_link=LINK))
    (letter,) = script.letters
    assert letter["List-Unsubscribe"] == f"<{LINK}/stop>"
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert letter.get_content().replace("\r\n", "\n").rstrip("\n") == LETTER.text


def test_the_link_stands_in_its_header_as_it_is_however_long() -> None:
    email = channel(25)
    wire = composed(SENDER, email.render(replace(LETTER, preferences_link=LINK)).payload, now())
    assert f"\r\nList-Unsubscribe: <{LINK}/stop>\r\n".encode() in wire


@pytest.mark.parametrize(
    "link", ["https://x.example/a\r\nBcc: eve@evil.example", "https://x.example/> <mailto:x", "柳"]
)
def test_a_link_adds_no_header_and_no_second_address(link: str) -> None:
    email = channel(25)
    letter = message_from_bytes(
        composed(SENDER, email.render(replace(LETTER, preferences_link=link)).payload, now()), policy=SMTP
    )
    assert "Bcc" not in letter
    assert str(letter["List-Unsubscribe"] or "").count("<") <= 1


def test_a_code_or_a_reply_has_no_such_header() -> None:
    email = channel(25)
    assert b"List-Unsubscribe" not in composed(SENDER, email.render(LETTER).payload, now())


async def test_a_letter_arrives_as_it_was_written() -> None:
    script = MailScript()
    result = await sent(script)
    assert result.result is Result.ACCEPTED
    (letter,) = script.letters
    assert script.recipients == ["mei@example.com"]
    assert letter.get_content().replace("\r\n", "\n").rstrip("\n") == LETTER.text
    assert (letter["Subject"], letter["From"], letter["To"]) == (LETTER.subject, SENDER, "mei@example.com")
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter["Content-Language"] == "zh"
    assert result.provider_id == letter["Message-ID"]
    assert abs(parsedate_to_datetime(str(letter["Date"])) - datetime.now(UTC)).total_seconds() < 3600


def test_every_try_of_a_message_has_the_same_message_id_and_other_words_have_another() -> None:
    email = channel(25)
    first, again = email.render(LETTER).payload, email.render(LETTER).payload
    other = email.render(Outbound(41, LETTER.address, "Other words")).payload
    assert first["message_id"] == again["message_id"]
    assert other["message_id"] != first["message_id"]
    assert first["message_id"].endswith("@willowmere.example>")


@pytest.mark.parametrize(
    ("answer", "result"),
    [
        ("550 5.1.1 no such user", Result.GONE),
        ("550 5.1.10 null MX", Result.GONE),
        ("550 unknown", Result.GONE),
        ("553 not allowed", Result.GONE),
        ("550 5.2.1 mailbox disabled", Result.GONE),
        ("550 5.2.2 mailbox full", Result.RETRY_AT),
        ("552 over quota", Result.RETRY_AT),
        ("452 4.2.2 mailbox full", Result.RETRY_AT),
        ("451 4.7.1 greylisted", Result.RETRY_AT),
        ("421 4.3.2 going down", Result.RETRY_AT),
        ("550 5.7.1 not authorised", Result.REJECTED),
        ("550 5.7.26 unauthenticated", Result.REJECTED),
        ("550 5.1.8 bad sender", Result.CONFIG),
        ("530 5.7.0 authentication required", Result.CONFIG),
        ("550 5.4.5 daily limit reached", Result.QUOTA),
        ("599 whatever", Result.REJECTED),
        (HANG_UP, Result.RETRY_AT),
    ],
)
async def test_a_refused_recipient_is_judged_by_code_class_and_enhanced_code(answer: str, result: Result) -> None:
    ended = await sent(MailScript(rcpt=answer))
    assert ended.result is result
    assert ended.result not in {Result.RETRY_AT, Result.QUOTA} or ended.retry_after > 0
    assert "mei@" not in ended.detail


@pytest.mark.parametrize(
    ("answer", "result"),
    [
        ("550 5.7.1 sender not allowed", Result.CONFIG),
        ("553 sender refused", Result.CONFIG),
        ("451 4.3.0 try later", Result.RETRY_AT),
        (HANG_UP, Result.RETRY_AT),
    ],
)
async def test_a_refused_sender_is_for_the_operator(answer: str, result: Result) -> None:
    assert (await sent(MailScript(mail=answer))).result is result


@pytest.mark.parametrize(
    ("answer", "result"),
    [
        ("552 5.3.4 too big", Result.REJECTED),
        ("554 5.6.0 malformed", Result.REJECTED),
        ("550 5.1.1 found out late", Result.GONE),
        ("550 spam", Result.REJECTED),
        ("451 4.3.0 disk full", Result.RETRY_AT),
        ("421 4.3.2 going down", Result.RETRY_AT),
        (HANG_UP, Result.UNKNOWN),
    ],
)
async def test_a_connection_lost_after_data_is_unknown_and_every_answer_is_certain(answer: str, result: Result) -> None:
    assert (await sent(MailScript(data=answer))).result is result


async def test_a_wrong_password_halts_the_account() -> None:
    script = MailScript(password="right")
    assert (await sent(script, user="care", password="wrong")).result is Result.CONFIG
    assert (await sent(script, user="care", password="right")).result is Result.ACCEPTED


async def test_without_the_agreed_encryption_nothing_is_sent() -> None:
    async with mail_server(MailScript()) as script:
        email = EmailChannel(MailServer("127.0.0.1", script.port, security="starttls", timeout=5), SENDER, now)
        ended = await email.send(email.render(LETTER))
    assert ended.result is Result.CONFIG
    assert script.letters == []


async def test_a_server_that_is_away_is_tried_again_with_the_whole_account_waiting() -> None:
    async with mail_server(MailScript()) as script:
        pass
    email = channel(script.port)
    ended = await email.send(email.render(LETTER))
    assert (ended.result, ended.whole_account) == (Result.RETRY_AT, True)


async def test_a_subject_cannot_add_a_header_or_a_recipient() -> None:
    script = MailScript()
    message = Outbound(1, "mei@example.com", "Hi", subject="Hi\r\nBcc: all@example.com\r\n\r\nBody")
    assert (await sent(script, message)).result is Result.ACCEPTED
    (letter,) = script.letters
    assert letter["Bcc"] is None
    assert script.recipients == ["mei@example.com"]


@pytest.mark.parametrize(
    "address", ["", "mei", "mei@", "@example.com", "a@b.c\r\nRCPT TO:<x@y.z>", "a b@c.d", "\ud800@c.d"]
)
async def test_what_is_no_address_is_gone_and_never_reaches_the_server(address: str) -> None:
    script = MailScript()
    message = Outbound(1, address, "Hi")
    assert channel(25).check(message, "ok") is Verdict.UNREACHABLE
    assert (await sent(script, message)).result is Result.GONE
    assert script.recipients == []


async def test_a_chinese_address_goes_where_it_is_spoken_and_is_refused_elsewhere() -> None:
    message = Outbound(1, "美玲@example.com", "你好", subject="你好")
    spoken, unspoken = MailScript(), MailScript(speaks_utf8=False)
    assert (await sent(spoken, message)).result is Result.ACCEPTED
    assert spoken.recipients == ["美玲@example.com"]
    assert (await sent(unspoken, message)).result is Result.REJECTED


def test_a_bounced_address_is_not_written_to_and_a_letter_has_a_limit() -> None:
    email = channel(25)
    assert email.check(LETTER, "bounced") is Verdict.UNREACHABLE
    assert email.check(Outbound(1, "mei@example.com", "x" * 100_001), "ok") is Verdict.TOO_LONG
    rendered = email.render(Outbound(1, "mei@example.com", "x" * 100_001, choices=(Choice("a", "Yes"),)))
    assert rendered.findings == ("truncated", "choices_cut")
    assert len(rendered.payload["text"]) == 100_000


def test_nothing_comes_in_by_mail() -> None:
    with pytest.raises(Forged):
        channel(25).verify({}, b"{}")
    with pytest.raises(Malformed):
        channel(25).parse({"text": "hi"})


def test_a_sender_that_is_no_address_is_refused_at_start() -> None:
    with pytest.raises(ValueError, match="such as"):
        EmailChannel(MailServer("127.0.0.1", 25), "care", now)


@given(st.text(), st.text(), st.text())
def test_whatever_is_to_be_sent_can_be_rendered_and_composed(address: str, subject: str, text: str) -> None:
    email = channel(25)
    message = Outbound(7, address, text, subject=subject)
    payload = email.render(message).payload
    if email.check(message, "ok") is Verdict.ALLOWED:
        assert b"\r\n\r\n" in composed(SENDER, payload, now())


@given(st.sampled_from(list(Stage)), st.integers(-1, 999), st.text())
def test_every_answer_has_a_meaning(stage: Stage, code: int, text: str) -> None:
    assert meaning(stage, code, text).result in set(Result) - {Result.ACCEPTED}
