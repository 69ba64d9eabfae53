"""Methods with given, random or counted weights, in fractions where possible. Arguments: rows, options, seed."""
from fractions import Fraction

import mpmath

from exact import Rng


def sum_(rows, options, seed):
    return [Fraction(1)] * len(rows)


def mean(rows, options, seed):
    return [Fraction(1, len(rows))] * len(rows)


def constant(rows, options, seed):
    return [Fraction(w) for w in options.get("weights", [1] * len(rows))]


def random(rows, options, seed):
    rng = Rng(seed)
    exponentials = [mpmath.exp(rng.normal()) for _ in rows]
    return [e / sum(exponentials) for e in exponentials]


def graddrop(rows, options, seed):
    rng, leak = Rng(seed), options.get("leak", [0] * len(rows))
    direction = []
    for column in zip(*rows):
        u = rng.uniform()
        size = sum(abs(g) for g in column)
        positive = size > 0 and (1 + sum(column) / size) / 2 > u
        direction.append(sum(g if (g > 0) == positive else Fraction(l) * g for g, l in zip(column, leak)))
    return None, direction


def krum(rows, options, seed):
    T, f, m = len(rows), options.get("byzantine", 1), options.get("selected", 1)
    if T < f + 3:
        return mean(rows, options, seed)
    scores = []
    for a in rows:
        squares = sorted(sum((x - y) ** 2 for x, y in zip(a, b)) for b in rows)
        scores.append(sum(squares[1:T - f - 1]))  # the first is its own
    border = sorted(scores)[m - 1]
    below, ties = sum(s < border for s in scores), scores.count(border)
    share = Fraction(m - below, ties * m)
    return [Fraction(1, m) if s < border else share if s == border else Fraction(0) for s in scores]
