"""What the shop has written down about returns, delivery, payment and the like."""

from actions.base import Answer, Event, Tools, Turn
from actions.voice import Button


async def say_article(turn: Turn, topics: tuple[str, ...], buttons: tuple[Button, ...] = ()) -> None:
    """The article the question is nearest to; honest when the shop has written none."""
    article = await turn.crm.knowledge.nearest(topics, turn.shopper.text)
    if article is None:
        turn.voice.answer("article_none")
    else:
        turn.voice.answer("article", buttons, article=turn.voice.words(article.text))


class TellArticle(Answer):
    """The first topic is the general one; the others are told from it by the keywords the shop gave them."""

    def __init__(self, tools: Tools, called: str, topics: tuple[str, ...]) -> None:
        super().__init__(tools)
        self._called = called
        self._topics = topics

    def name(self) -> str:
        return self._called

    async def answer(self, turn: Turn) -> list[Event]:
        await say_article(turn, self._topics)
        return []


class AccountProblem(Answer):
    """We cannot open accounts from here: the shop's own way, or a person."""

    called = "action_account_problem"

    async def answer(self, turn: Turn) -> list[Event]:
        person = turn.voice.button("button_person", "ask_human", reason="account")
        await say_article(turn, ("account_help", "privacy"), (person,))
        return []
