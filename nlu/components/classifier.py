"""Rasa's intent classifier: tf-idf over words and letters, and one linear model."""

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.nlu.tokenizers.tokenizer import Tokenizer
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from nlu.components import speed
from nlu.components.features import Grams, count
from nlu.components.linear import Linear, fit

NOT_SURE = "nlu_fallback"

speed.install()


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class LinearClassifier(IntentClassifier, GraphComponent):
    def __init__(self, config: dict[str, Any], storage: ModelStorage, resource: Resource, model: Linear | None) -> None:
        self._config = config
        self._storage = storage
        self._resource = resource
        self._model = model

    @classmethod
    def required_components(cls) -> list[type]:
        return [Tokenizer]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`act`: at least this sure to act; `ask_back`: at least this likely to be offered; `offers`: at most so many.

        Both thresholds are probabilities measured on held-out lines: docs/performance.md, "Understanding".
        """
        return {
            "words": 3,
            "letters_from": 3,
            "letters_to": 5,
            "strength": 20.0,
            "act": 0.4,
            "ask_back": 0.1,
            "offers": 5,
        }

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "LinearClassifier":
        return cls(config, model_storage, resource, None)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> "LinearClassifier":
        with model_storage.read_from(resource) as folder:
            return cls(config, model_storage, resource, Linear.load(folder))

    def train(self, training_data: TrainingData) -> Resource:
        examples = [each for each in training_data.intent_examples if each.get("text")]
        counts = [self._counts(each) for each in examples]
        self._model = fit(counts, [each.get("intent") for each in examples], self._config["strength"])
        with self._storage.write_to(self._resource) as folder:
            self._model.save(folder)
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            if message.get("text"):
                self._understand(message)
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Nothing behind this component learns from its guesses."""
        return training_data

    def _understand(self, message: Message) -> None:
        """Unsure, the intent is `nlu_fallback`; the ranking keeps the real guesses that are worth offering."""
        assert self._model is not None
        ranking = [
            {"name": name, "confidence": chance}
            for name, chance in self._model.ranking(self._counts(message))[: self._config["offers"]]
        ]
        best = ranking[0]
        sure = best["confidence"] >= self._config["act"]
        message.set("intent", best if sure else {**best, "name": NOT_SURE}, add_to_output=True)
        offered = [guess for guess in ranking if guess["confidence"] >= self._config["ask_back"]]
        message.set("intent_ranking", offered, add_to_output=True)

    def _counts(self, message: Message) -> Any:
        grams = Grams(self._config["words"], self._config["letters_from"], self._config["letters_to"])
        return count([token.text for token in message.get("text_tokens") or []], grams)
