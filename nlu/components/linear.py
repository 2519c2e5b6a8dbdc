"""A linear classifier over counted features: three arrays and a list of words, stored without pickle."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

SEED = 20


@dataclass(frozen=True)
class Linear:
    intents: list[str]
    vocabulary: dict[str, int]
    idf: np.ndarray
    """One weight per feature."""
    weights: np.ndarray
    """One row per feature, one column per intent."""
    bias: np.ndarray

    def ranking(self, counts: Mapping[str, int]) -> list[tuple[str, float]]:
        """Every intent with its probability, the likeliest first."""
        known = [(self.vocabulary[name], times) for name, times in counts.items() if name in self.vocabulary]
        scores = self.bias
        if known:
            places, times = map(list, zip(*known, strict=True))
            values = _damped(np.array(times, dtype=np.float32)) * self.idf[places]
            scores = values / np.linalg.norm(values) @ self.weights[places] + self.bias
        chances = 1 / (1 + np.exp(-scores))
        shares = (chances / chances.sum()).tolist()
        return sorted(zip(self.intents, shares, strict=True), key=lambda guess: -guess[1])

    def save(self, folder: Path) -> None:
        np.savez(folder / "linear.npz", idf=self.idf, weights=self.weights, bias=self.bias)
        names = {"intents": self.intents, "vocabulary": list(self.vocabulary)}
        (folder / "linear.json").write_text(json.dumps(names), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> "Linear":
        names = json.loads((folder / "linear.json").read_text(encoding="utf-8"))
        with np.load(folder / "linear.npz", allow_pickle=False) as arrays:
            vocabulary = {name: place for place, name in enumerate(names["vocabulary"])}
            return cls(names["intents"], vocabulary, arrays["idf"], arrays["weights"], arrays["bias"])


def fit(examples: Sequence[Counter], intents: Sequence[str], strength: float) -> Linear:
    """One yes-or-no question per intent. `strength` is the C of the logistic regression: the larger, the closer to the
    examples."""
    seen = Counter(name for example in examples for name in example)
    vocabulary = {name: place for place, name in enumerate(sorted(seen))}
    idf = np.array([1 + np.log((1 + len(examples)) / (1 + seen[name])) for name in vocabulary], dtype=np.float32)
    model = LogisticRegression(C=strength, solver="liblinear", random_state=SEED)
    model.fit(_matrix(examples, vocabulary, idf), list(intents))
    weights = np.ascontiguousarray(model.coef_.T, dtype=np.float32)
    return Linear([str(name) for name in model.classes_], vocabulary, idf, weights, model.intercept_.astype(np.float32))


def _matrix(examples: Sequence[Counter], vocabulary: Mapping[str, int], idf: np.ndarray) -> csr_matrix:
    """One row of length one per example."""
    rows, columns, values = [], [], []
    for row, example in enumerate(examples):
        places = [vocabulary[name] for name in example]
        weighed = _damped(np.array(list(example.values()), dtype=np.float32)) * idf[places]
        rows += [row] * len(places)
        columns += places
        values.append(weighed / (np.linalg.norm(weighed) or 1))
    return csr_matrix((np.concatenate(values), (rows, columns)), shape=(len(examples), len(vocabulary)))


def _damped(times: np.ndarray) -> np.ndarray:
    """The tenth "please" says little more than the first."""
    return 1 + np.log(times)
