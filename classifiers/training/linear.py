"""The linear branch: logistic regression over hashed pieces, a strong and honest floor by itself."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse  # type: ignore[import-untyped]
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import normalize
from sklearn.utils.extmath import randomized_svd

from classifiers.grams import Grams, hashed
from classifiers.normalise import normalise
from classifiers.training.assemble import Linear
from classifiers.training.data import CUSTOMERS, Example
from classifiers.training.tokens import SPECIAL, TAGS
from domain.verdicts import SourceKind, Text

GRAMS = Grams(buckets=2**18, min_chars=2, max_chars=5, words=2)
#: Weight of the column that tells the kind of source, beside text vectors of length one.
TAG = 0.2
_KINDS = list(SourceKind)
#: Size of the table of topics.
TOPIC_BUCKETS, TOPICS = 2**16, 64

#: Measured on the sets for measuring (docs/model.md): what a public text is worth beside one of ours. For the
#: appeal, public posts count as "none" at a tenth: some are complaints, most are not.
SENTIMENT_WEIGHTS = {"rusentitweet_train": 0.15, "brighter_rus": 0.2, "cedr": 0.03, CUSTOMERS: 0.3}
APPEAL_WEIGHTS = {"rusentitweet_train": 0.1, "brighter_rus": 0.1, "cedr": 0.02}
_NONE = 4


def pieces(texts: Sequence[str]) -> sparse.csr_matrix:
    """Which of the hashed pieces each text holds."""
    clean = [normalise(text) for text in texts]
    rows = [row for start in range(0, len(clean), 500) for row in hashed(clean[start : start + 500], GRAMS)]
    ends = np.cumsum([0] + [len(row) for row in rows])
    columns = np.concatenate(rows) if rows else np.zeros(0, np.int64)
    return sparse.csr_matrix(
        (np.ones(len(columns), np.float32), columns, ends), shape=(len(rows), GRAMS.buckets)
    )


def _tagged(weighted: sparse.csr_matrix, kinds: Sequence[SourceKind]) -> sparse.csr_matrix:
    column = np.array([_KINDS.index(kind) for kind in kinds], dtype=np.int64)
    tags = sparse.csr_matrix(
        (np.full(len(kinds), TAG, np.float32), (np.arange(len(kinds)), column)),
        shape=(len(kinds), len(_KINDS)),
    )
    return sparse.hstack([weighted, tags]).tocsr()


@dataclass(slots=True)
class LinearModel:
    """Two regressions over one set of pieces."""

    idf: NDArray[np.float64]
    sentiment: LogisticRegression
    appeal: LogisticRegression
    topics: NDArray[np.float32]

    def _features(self, texts: Sequence[Text]) -> sparse.csr_matrix:
        weighted = normalize(pieces([t.text for t in texts]).multiply(self.idf).tocsr()).astype(np.float32)
        return _tagged(weighted, [t.source_kind for t in texts])

    def logits(self, texts: Sequence[Text]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Of sentiment and of appeal, in the order of the labels."""
        features = self._features(texts)
        return self.sentiment.decision_function(features), self.appeal.decision_function(features)

    def branch(self) -> Linear:
        """The weights as the graph wants them: idf folded in, tags by token id."""
        coefficients = np.concatenate([self.sentiment.coef_, self.appeal.coef_])
        tags = np.zeros((len(SPECIAL), len(coefficients)), np.float32)
        for kind, token in TAGS.items():
            tags[SPECIAL.index(token)] = TAG * coefficients[:, GRAMS.buckets + _KINDS.index(kind)]
        return Linear(
            weights=(coefficients[:, : GRAMS.buckets] * self.idf).T.astype(np.float32),
            squares=(self.idf**2).astype(np.float32),
            tags=tags,
            bias=np.concatenate([self.sentiment.intercept_, self.appeal.intercept_]).astype(np.float32),
            topics=self.topics,
        )


def fit(own: Sequence[Example], public: Sequence[Example]) -> LinearModel:
    """Train on our texts and, at the weights above, public ones."""
    public = [e for e in public if e.source in SENTIMENT_WEIGHTS]
    everything = [*own, *public]
    counted = pieces([e.text for e in everything])
    seen = np.asarray(counted.sum(axis=0)).ravel()
    idf = np.log((1 + counted.shape[0]) / (1 + seen)) + 1
    features = _tagged(
        normalize(counted.multiply(idf).tocsr()).astype(np.float32), [e.kind for e in everything]
    )
    ours = np.ones(len(own))
    sentiment = _regression(
        features,
        np.array([e.sentiment for e in everything]),
        np.concatenate([ours, [SENTIMENT_WEIGHTS[e.source] for e in public]]),
    )
    known = np.array([row < len(own) or e.source in APPEAL_WEIGHTS for row, e in enumerate(everything)])
    appeal = _regression(
        features[known],
        np.array([e.appeal for e in own] + [_NONE] * len(public))[known],
        np.concatenate([ours, [APPEAL_WEIGHTS.get(e.source, 0.0) for e in public]])[known],
    )
    complaints = [row for row, e in enumerate(own) if e.appeal == 0]
    return LinearModel(idf, sentiment, appeal, _topics(counted[complaints].multiply(idf).tocsr()))


def _topics(weighted: sparse.csr_matrix) -> NDArray[np.float32]:
    """Main directions of our complaints over pieces folded into TOPIC_BUCKETS (latent semantic analysis)."""
    fold = sparse.csr_matrix(
        (
            np.ones(GRAMS.buckets, np.float32),
            (np.arange(GRAMS.buckets), np.arange(GRAMS.buckets) % TOPIC_BUCKETS),
        ),
        shape=(GRAMS.buckets, TOPIC_BUCKETS),
    )
    folded = normalize((weighted @ fold).tocsr())
    weight = np.asarray(weighted.sum(axis=0)).ravel()
    count = np.asarray((weighted > 0).sum(axis=0)).ravel()
    idf = np.asarray((fold.T @ weight) / np.maximum(fold.T @ count, 1)).ravel()
    _, _, directions = randomized_svd(folded, TOPICS, n_iter=3, random_state=0)
    return np.asarray(directions.T * idf[:, None], dtype=np.float32)


def _regression(
    features: sparse.csr_matrix, gold: NDArray[np.int64], weights: NDArray[np.float64]
) -> LogisticRegression:
    return LogisticRegression(C=10, max_iter=150, tol=1e-3).fit(features, gold, weights)
