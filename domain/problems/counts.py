"""How unusual a count is against a problem's own past: a model fit for a few complaints a week.

The rate of a problem is a Gamma, what a week brings a Poisson of it, so the next week is negative binomial.
The past widens it further where its weeks differ more than a Poisson's would.
"""

import math
from collections.abc import Sequence
from statistics import mean, pvariance

#: What is believed of a rate before anything was seen: half a complaint in half a week.
_SHAPE, _RATE = 0.5, 0.5


def chance_of(count: int, past: Sequence[int], *, share: float = 1.0) -> float:
    """Probability of at least `count` in a span that is `share` of the spans counted in `past`."""
    shape, rate = _SHAPE + sum(past), _RATE + len(past)
    if len(past) > 1 and pvariance(past) > mean(past) > 0:
        # Wider than Poisson: no more certain of the rate than the spread of past spans allows.
        widest = mean(past) ** 2 / (pvariance(past) - mean(past))
        if widest < shape:
            shape, rate = widest, rate * widest / shape
    return _at_least(count, shape, rate / share)


def _at_least(count: int, shape: float, rate: float) -> float:
    """Upper tail of the negative binomial of a Gamma(shape, rate)-distributed Poisson rate."""
    stay, go = math.log(rate / (rate + 1)), math.log(1 / (rate + 1))
    below = sum(
        math.exp(math.lgamma(shape + k) - math.lgamma(shape) - math.lgamma(k + 1) + shape * stay + k * go)
        for k in range(count)
    )
    return min(1.0, max(0.0, 1.0 - below))
