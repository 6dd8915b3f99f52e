"""The head that reads company answers: fitted on the finished network, one regression a label.

The body is not touched, so answers can be added and read anew without training everything again.
"""

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_predict
from tokenizers import Tokenizer

from classifiers.evaluation import average_precision
from classifiers.training.data import ANSWERS, Example
from classifiers.training.finetune import Recipe, in_order
from classifiers.training.network import Network

#: With fewer examples a label is left unlearnt: its score stays near zero.
LEAST = 10


def fit(network: Network, tokenizer: Tokenizer, examples: Sequence[Example]) -> dict[str, float]:
    """Set the head's weights; returns the average precision of each label in cross-validation."""
    features = _features(network, tokenizer, examples)
    scale = features.std(axis=0) + 1e-3
    weight = np.zeros((len(ANSWERS), features.shape[1]), np.float32)
    bias = np.full(len(ANSWERS), -6.0, np.float32)
    found = {}
    for place, label in enumerate(ANSWERS):
        gold = np.array([label in (e.answer or ()) for e in examples])
        if gold.sum() < LEAST:
            continue
        model = LogisticRegression(C=0.05, max_iter=500)
        scores = cross_val_predict(model, features / scale, gold, cv=5, method="predict_proba")[:, 1]
        found[label] = round(average_precision(gold.tolist(), scores.tolist()), 3)
        model.fit(features / scale, gold)
        weight[place] = model.coef_[0] / scale
        bias[place] = model.intercept_[0]
    with torch.no_grad():
        network.answer.weight.copy_(torch.from_numpy(weight))
        network.answer.bias.copy_(torch.from_numpy(bias))
    return found


def _features(network: Network, tokenizer: Tokenizer, examples: Sequence[Example]) -> NDArray[np.float32]:
    network.eval()
    with torch.no_grad():
        parts = [network.pooled(ids, mask).numpy() for ids, mask in in_order(tokenizer, examples, Recipe())]
    return np.concatenate(parts)
