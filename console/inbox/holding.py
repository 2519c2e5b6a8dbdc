"""The verbs of the staff on conversations, with the sentences in which shoppers are told."""

from pathlib import Path

import bot.conversation
from bot.conversation.desk.holding import Holding
from console.frame.frame import Frame
from crm_store.sentences import read_sentences

SENTENCES = Path(bot.conversation.__file__).with_name("sentences.yml")


def open_holding(frame: Frame) -> Holding:
    """Raises `SentenceMissing`."""
    return Holding(read_sentences(SENTENCES, frame.house.shop))
