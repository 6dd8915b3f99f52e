"""How alike two complaints are: shared terms and shared themes, less what all complaints here share.

Similarity is (terms + half of themes) / 1.5. Terms: cosine of TF-IDF over lemmas and concepts. Themes:
cosine in the 100 main directions of this company's complaints together with ours of many trades
(`background.jsonl`), which know that "баллы не пришли" and "кэшбэк не начислен" meet. Half of the mean
complaint is taken from every vector and the mean similarity of two complaints counts as nothing, so that one
threshold fits short comments and long reviews of a company about whose cards everybody writes.
"""

import io
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from domain.problems.complaints import Bag
from triage.problems import matrix
from triage.problems.matrix import Floats, Rows

_BACKGROUND = Path(__file__).parent / "background.jsonl"
_DIRECTIONS = 100
#: Weight of themes beside terms, and of a known problem's sum beside single complaints.
_THEMES, _TAUGHT = 0.5, 2.0
#: Share of the mean complaint taken from every vector.
_CENTRED = 0.5
#: Terms and themes of so many imagined complaints without a common core keep small samples from shouting.
_SHY = 20
#: At most so many complaints are learned from: more change nothing but the time it takes.
LEARNED_FROM = 8_000

_Terms = tuple[Sequence[str], Sequence[float]]


@dataclass(frozen=True, slots=True)
class Cloud:
    """Complaints as vectors: the dot product of two is their similarity before the floor."""

    #: TF-IDF rows of length one, divided by the length that centring leaves
    terms: Rows
    #: what centring takes from a row: its share of the mean, divided alike
    taken: Floats
    themes: Floats

    def __len__(self) -> int:
        return len(self.taken)

    def take(self, chosen: matrix.Ints) -> "Cloud":
        return Cloud(self.terms.take(chosen), self.taken[chosen], self.themes[chosen])


@dataclass(frozen=True, slots=True)
class Space:
    """What was learned of this company's complaints; compare only vectors of one space."""

    columns: Mapping[str, int]
    idf: Floats
    #: width x directions
    basis: Floats
    mean_terms: Floats
    mean_themes: Floats
    #: mean similarity of two complaints
    floor: float
    #: how many of the company's complaints it was learned from
    learned_from: int

    def cloud(self, bags: Iterable[Bag]) -> Cloud:
        """Vectors of complaints. Terms this space never saw are left out."""
        return self._cloud((bag.terms, bag.weights) for bag in bags)

    def _cloud(self, bags: Iterable[_Terms]) -> Cloud:
        return self._of(matrix.rows(bags, self.columns).weighted(self.idf).normalised())

    def thinned(self, cloud: Cloud, kept: Floats) -> Cloud:
        """The same complaints without some terms: `kept` is 1 for a column that stays, 0 for others."""
        return self._of(cloud.terms.weighted(kept).normalised())

    def _of(self, terms: Rows) -> Cloud:
        """Vectors from TF-IDF rows of length one."""
        themes = terms.times(self.basis)
        themes /= np.maximum(np.linalg.norm(themes, axis=1, keepdims=True), 1e-9)
        themes -= _CENTRED * self.mean_themes
        themes /= np.maximum(np.linalg.norm(themes, axis=1, keepdims=True), 1e-9)
        on_mean = terms.times(self.mean_terms[:, None])[:, 0]
        size = np.sqrt(np.maximum(1 - 2 * _CENTRED * on_mean + _CENTRED**2 * self._mean_square, 1e-6)).astype(
            np.float32
        )
        return Cloud(terms.scaled(1 / size), (1 / size).astype(np.float32), themes)

    @property
    def _mean_square(self) -> float:
        return float(self.mean_terms @ self.mean_terms)

    def similarities(self, cloud: Cloud) -> Floats:
        """Similarity of every two complaints, dense; 0: no more alike than any two, 1: the same."""
        on_mean = cloud.terms.times(self.mean_terms[:, None])[:, 0]
        cross = np.outer(on_mean, cloud.taken)
        terms = cloud.terms.gram() - _CENTRED * (cross + cross.T)
        terms += _CENTRED**2 * self._mean_square * np.outer(cloud.taken, cloud.taken)
        return self._above_floor((terms + _THEMES * cloud.themes @ cloud.themes.T) / (1 + _THEMES))

    def similarity_to(self, one: Cloud, others: Cloud) -> Floats:
        """Similarity of the only complaint of `one` to each of `others`."""
        dense = np.zeros(self.idf.shape[0], np.float32)
        dense[one.terms.columns] = one.terms.values
        dense -= _CENTRED * self.mean_terms * one.taken[0]
        terms = others.terms.times(dense[:, None])[:, 0]
        terms -= _CENTRED * others.taken * float(self.mean_terms @ dense)
        return self._above_floor((terms + _THEMES * others.themes @ one.themes[0]) / (1 + _THEMES))

    def _above_floor(self, raw: Floats) -> Floats:
        return ((raw - self.floor) / (1 - self.floor)).astype(np.float32)

    def to_bytes(self) -> bytes:
        out = io.BytesIO()
        np.savez_compressed(
            out,
            columns=np.array(json.dumps(list(self.columns), ensure_ascii=False)),
            idf=self.idf,
            basis=self.basis.astype(np.float16),
            mean_terms=self.mean_terms,
            mean_themes=self.mean_themes,
            numbers=np.array([self.floor, self.learned_from]),
        )
        return out.getvalue()

    @classmethod
    def from_bytes(cls, body: bytes) -> "Space":
        with np.load(io.BytesIO(body), allow_pickle=False) as read:
            terms = json.loads(str(read["columns"]))
            floor, learned_from = read["numbers"]
            return cls(
                columns={term: i for i, term in enumerate(terms)},
                idf=read["idf"],
                basis=read["basis"].astype(np.float32),
                mean_terms=read["mean_terms"],
                mean_themes=read["mean_themes"],
                floor=float(floor),
                learned_from=int(learned_from),
            )


def learn(bags: Sequence[Bag]) -> Space:
    """The space of these complaints and of our own of many trades. Uses at most the last `LEARNED_FROM`."""
    recent = bags[-LEARNED_FROM:]
    ours = background()
    known = [(bag.terms, bag.weights) for bag in recent]
    taught = [(terms, weights) for terms, weights, _ in ours]
    seen = Counter(term for terms, _ in known + taught for term in terms)
    columns = {term: i for i, term in enumerate(sorted(seen))}
    counts = np.array([seen[term] for term in columns], np.float32)
    total = len(known) + len(taught)
    idf = np.log((total + 1) / (counts + 0.5)).astype(np.float32)
    every = matrix.rows(known + taught, columns).weighted(idf).normalised()
    sums = _sums_of_problems(every, [problem for _, _, problem in ours], offset=len(known))
    # What stands in one text only says nothing of what goes together.
    repeated = (counts > 1).astype(np.float32)
    basis = matrix.main_directions(matrix.stacked([every, sums]).weighted(repeated), _DIRECTIONS)
    bare = Space(
        columns=columns,
        idf=idf,
        basis=basis,
        mean_terms=np.zeros(len(columns), np.float32),
        mean_themes=np.zeros(basis.shape[1], np.float32),
        floor=0.0,
        learned_from=len(bags),
    )
    return _centred(bare, known)


def _sums_of_problems(every: Rows, problems: Sequence[str | None], *, offset: int) -> Rows:
    """One row a problem of our own corpus: its complaints taken together teach what means the same."""
    members: dict[str, list[int]] = defaultdict(list)
    for at, problem in enumerate(problems):
        if problem is not None:
            members[problem].append(offset + at)
    starts, columns, values = [np.zeros(1, np.int64)], [], []
    for rows_of_one in members.values():
        part = every.take(np.array(rows_of_one, np.int64))
        used, place = np.unique(part.columns, return_inverse=True)
        columns.append(used)
        values.append(np.bincount(place, part.values) * (_TAUGHT / np.sqrt(len(part))))
        starts.append(starts[-1][-1:] + len(used))
    if not columns:
        return every.take(np.zeros(0, np.int64))
    return Rows(
        np.concatenate(starts),
        np.concatenate(columns),
        np.concatenate(values).astype(np.float32),
        every.width,
    )


def _centred(bare: Space, known: Sequence[_Terms]) -> Space:
    """The space with the means and the floor of the company's own complaints."""
    if not known:
        return bare
    count = len(known)
    cloud = bare._cloud(known)
    raised = Space(
        columns=bare.columns,
        idf=bare.idf,
        basis=bare.basis,
        mean_terms=cloud.terms.sums() / (count + _SHY),
        mean_themes=cloud.themes.sum(axis=0) / (count + _SHY),
        floor=0.0,
        learned_from=bare.learned_from,
    )
    return Space(
        columns=raised.columns,
        idf=raised.idf,
        basis=raised.basis,
        mean_terms=raised.mean_terms,
        mean_themes=raised.mean_themes,
        floor=_mean_similarity(raised, raised._cloud(known)) * count / (count + _SHY),
        learned_from=raised.learned_from,
    )


def _mean_similarity(space: Space, cloud: Cloud) -> float:
    """Of every two complaints, from sums alone."""
    count = len(cloud)
    if count < 2:
        return 0.0
    terms = cloud.terms.sums() - _CENTRED * space.mean_terms * float(cloud.taken.sum())
    themes = cloud.themes.sum(axis=0)
    whole = (float(terms @ terms) + _THEMES * float(themes @ themes)) / (1 + _THEMES)
    return max(0.0, (whole - count) / (count * (count - 1)))


@cache
def background() -> list[tuple[tuple[str, ...], tuple[float, ...], str | None]]:
    """Terms, weights and problem of our own corpus's complaints and questions."""
    found = []
    for line in _BACKGROUND.read_text("utf-8").splitlines():
        body = json.loads(line)
        found.append((tuple(body["t"]), tuple(body["w"]), body.get("p")))
    return found
