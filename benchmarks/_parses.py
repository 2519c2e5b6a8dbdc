"""Runs in Rasa's own environment, started by nlu.py: texts as JSON on stdin, what the model makes of each on stdout."""
# mypy: ignore-errors

import asyncio
import json
import sys
import time

from rasa.core.agent import Agent

from nlu.components.classifier import LinearClassifier
from nlu.components.features import Grams, count
from nlu.components.words import words

WARM_UP = 50


async def main(model):
    texts = json.load(sys.stdin)
    agent = Agent.load(model)
    bare = bare_model(agent)
    for text in texts[:WARM_UP]:
        await agent.parse_message(text)
    sys.stdout.write("\n" + json.dumps([await parsed(agent, bare, text) for text in texts]))


async def parsed(agent, bare, text):
    started = time.perf_counter()
    found = await agent.parse_message(text)
    between = time.perf_counter()
    bare.ranking(count(words(text), Grams()))
    ended = time.perf_counter()
    ranking = [guess["name"] for guess in found["intent_ranking"]]
    milliseconds = {"parse": (between - started) * 1000, "bare": (ended - between) * 1000}
    return {**found["intent"], "ranking": ranking, **milliseconds}


def bare_model(agent):
    """The same arithmetic without anything of Rasa around it."""
    nodes = agent.processor.graph_runner._instantiated_nodes.values()
    return next(node._component._model for node in nodes if isinstance(node._component, LinearClassifier))


asyncio.run(main(sys.argv[1]))
