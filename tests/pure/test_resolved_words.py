import pytest

from bot.conversation.aftercare.resolved_words import resolved_in, score_from

YES = """yes|Yes!|yep, all good|thanks|Thank you so much|thx|ok|It works now, thanks|no problem, thanks
No more problems|received, thank you|all sorted|Yes it arrived this morning|👍|great service
not bad, thanks|is fine now ok|解决了|收到了|收到了谢谢|谢谢|好的|没问题|没事了|是的
已经解决了，感谢|可以了|嗯|搞掂咗唔该|已經收到了|好了|换好了，谢谢你们""".replace("\n", "|").split("|")
NO = """no|No.|nope|not yet|Not really|no, it still leaks|still waiting|it is still broken|It isn't fixed
it hasn't arrived|I haven't received anything|why have I still not got my refund?|no refund yet
same problem again|thanks but it's not working|never arrived|it's worse now|yes but still leaking
还没收到|没有|没有收到退款|还没|不行|没解决|還沒有解決|还是坏的|又坏了|一直没人处理|不满意|没
仲未收到|不|👎|where is my refund?|the lid doesn't close|nothing has changed""".replace("\n", "|").split("|")
NEITHER = """hello|what are your opening hours?|do you have kettles|how many points do I have
I want to order two kettles|my other order is late|yes but the lid looks different
ok and when do you open?|请问你们几点开门|我想买电饭煲|能帮我查一下订单吗|好的但是颜色不一样
你们有什么优惠|不锈钢锅多少钱|no-sugar tea, do you have it?|好的，请问营业到几点""".replace("\n", "|").split("|")


@pytest.mark.parametrize("words", YES)
def test_these_say_it_is_put_right(words: str) -> None:
    assert resolved_in(words) is True


@pytest.mark.parametrize("words", NO)
def test_these_say_it_is_not(words: str) -> None:
    assert resolved_in(words) is False


@pytest.mark.parametrize("words", NEITHER)
def test_these_say_neither_and_are_left_to_the_bot(words: str) -> None:
    assert resolved_in(words) is None


@pytest.mark.parametrize(
    ("words", "score"),
    [
        ("4", 4),
        ("5 stars", 5),
        ("3分", 3),
        ("五星", 5),
        ("四", 4),
        ("2/5", 2),
        ("⭐⭐⭐", 3),
        ("5!", 5),
        ("4 out of 5", 4),
    ],
)
def test_a_score_alone_is_a_score(words: str, score: int) -> None:
    assert score_from(words) == score


@pytest.mark.parametrize("words", ["6", "0", "45", "two kettles please", "my order 4", "good morning", "4 kettles"])
def test_a_number_in_something_else_is_none(words: str) -> None:
    assert score_from(words) is None
