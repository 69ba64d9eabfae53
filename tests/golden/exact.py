"""What the golden scripts share: our Rng, exact linear algebra, and the matrices that every aggregator is tried on."""
import itertools
import random
from fractions import Fraction

import mpmath

mpmath.mp.dps = 60
MASK = 2**64 - 1
GOLDEN = 0x9E3779B97F4A7C15


class Rng:
    """SplitMix64 on a counter, as in rng.h."""

    def __init__(self, seed):
        self.key, self.counter = self.mix((seed + GOLDEN) & MASK), 0

    @staticmethod
    def mix(z):
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
        return z ^ (z >> 31)

    def next(self):
        self.counter += 1
        return self.mix((self.key + self.counter * GOLDEN) & MASK)

    def below(self, n):
        limit = MASK - MASK % n
        while True:
            draw = self.next()
            if draw < limit:
                return draw % n

    def uniform(self):
        return Fraction(self.next() >> 11, 2**53)

    def normal(self):
        radius = mpmath.sqrt(-2 * mpmath.log(to_mpf(1 - self.uniform())))
        return radius * mpmath.cos(2 * mpmath.pi * to_mpf(self.uniform()))

    def permutation(self, n):
        order = list(range(n))
        for i in range(n - 1, 0, -1):
            j = self.below(i + 1)
            order[i], order[j] = order[j], order[i]
        return order


def dot(a, b):
    return sum(x * y for x, y in zip(a, b))


def combine(weights, rows):
    return [dot(weights, column) for column in zip(*rows)]


def gramian(rows):
    return [[dot(a, b) for b in rows] for a in rows]


def faces(indices, smallest=1):
    for size in range(smallest, len(indices) + 1):
        yield from itertools.combinations(indices, size)


def solve(matrix, right):
    """Gauss-Jordan with any exact or long number type; None if singular."""
    n = len(matrix)
    m = [list(row) + [b] for row, b in zip(matrix, right)]
    tiny = 0 if isinstance(m[0][0], Fraction) else mpmath.mpf(10) ** -40 * max(abs(x) for row in matrix for x in row)
    for k in range(n):
        pivot = max(range(k, n), key=lambda i: abs(m[i][k]))
        if abs(m[pivot][k]) <= tiny:
            return None
        m[k], m[pivot] = m[pivot], m[k]
        m[k] = [x / m[k][k] for x in m[k]]
        for i in range(n):
            if i != k and m[i][k] != 0:
                m[i] = [x - m[i][k] * y for x, y in zip(m[i], m[k])]
    return [row[n] for row in m]


def to_mpf(value):
    if isinstance(value, list):
        return [to_mpf(v) for v in value]
    return mpmath.mpf(Fraction(value).numerator) / Fraction(value).denominator


def chop(direction, rows):
    """Zero where only the last of the 60 digits are left."""
    size = max(abs(g) for row in rows for g in row)
    return [x if abs(x) > mpmath.mpf(10) ** -40 * size else mpmath.mpf(0) for x in direction]


def random_rows(T, P, seed):
    draw = random.Random(seed)
    return [[round(draw.gauss(0, 1), 3) for _ in range(P)] for _ in range(T)]


def matrices():
    published = [[-4, 1, 1], [6, 1, 1]]
    base = random_rows(4, 6, 1)
    spread = random_rows(5, 7, 2)
    yield "published", published
    yield "one task", [[3, -4, 12]]
    yield "two tasks", random_rows(2, 5, 3)
    yield "three tasks", random_rows(3, 5, 4)
    yield "five tasks", random_rows(5, 8, 5)
    yield "nine tasks", random_rows(9, 11, 6)
    yield "more tasks than parameters", random_rows(6, 3, 7)
    yield "one parameter", [[2], [3], [5]]
    yield "duplicates", base + base[:2]
    yield "zero row", base + [[0] * 6]
    yield "all zero", [[0, 0], [0, 0], [0, 0]]
    yield "opposed pair", [[1, 0], [-1, 0], [0, 1]]
    yield "opposed pair, mean lowers one", [[1, 0, 1], [-2, 0, -2], [0, 1, 0]]
    yield "zero mean", [[1, 2], [-3, 1], [2, -3]]
    yield "norms over 12 decades", [[g * 10.0 ** (3 * t - 6) for g in row] for t, row in enumerate(spread)]
    yield "norms over 24 decades", [[g * 10.0 ** (6 * t - 12) for g in row] for t, row in enumerate(spread)]
    yield "tiny", [[g * 1e-12 for g in row] for row in base]
    yield "huge", [[g * 1e12 for g in row] for row in base]
