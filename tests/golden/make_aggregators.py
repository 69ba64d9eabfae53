#!/usr/bin/python3
"""Writes aggregators.json: what every aggregator must give, computed without any of our C++.

Run: /usr/bin/python3 tests/golden/make_aggregators.py   (needs mpmath; Debian package python3-mpmath)

Small problems are solved by trying every face of the simplex, in fractions (sum, mgda, pcgrad) or with 60 digits (cagrad).
Random methods use a re-implementation of src/reconcile/base/rng.h. Rows marked "published" are the values that TorchJD
prints in its documentation.
"""
import itertools
import json
import pathlib
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


def sum_(rows, options, seed):
    return [Fraction(1)] * len(rows)


def mgda(rows, options, seed):
    T, G = len(rows), gramian(rows)
    for face in faces(range(T)):
        system = [[G[i][j] for j in face] + [Fraction(-1)] for i in face]
        system.append([Fraction(1)] * len(face) + [Fraction(0)])
        answer = solve(system, [Fraction(0)] * len(face) + [Fraction(1)])
        if answer is None or min(answer[:-1]) < 0:
            continue
        weights = [Fraction(0)] * T
        for i, w in zip(face, answer):
            weights[i] = w
        products = [dot(G[i], weights) for i in range(T)]
        square = dot(weights, products)
        if min(products) >= square:
            return weights if square > 0 else [Fraction(0)] * T  # the documented zero direction
    raise AssertionError("no face is optimal")


def pcgrad(rows, options, seed):
    rng, T = Rng(seed), len(rows)
    total = [Fraction(0)] * T
    for i in range(T):
        h, weights = list(rows[i]), [Fraction(int(t == i)) for t in range(T)]
        for j in rng.permutation(T):
            product = dot(h, rows[j])
            if j != i and product < 0:
                factor = product / dot(rows[j], rows[j])
                h = [x - factor * y for x, y in zip(h, rows[j])]
                weights[j] -= factor
        total = [a + b for a, b in zip(total, weights)]
    return total


def graddrop(rows, options, seed):
    rng, leak = Rng(seed), options.get("leak", [0] * len(rows))
    direction = []
    for column in zip(*rows):
        u = Fraction(rng.next() >> 11, 2**53)
        size = sum(abs(g) for g in column)
        positive = size > 0 and (1 + sum(column) / size) / 2 > u
        direction.append(sum(g if (g > 0) == positive else Fraction(l) * g for g, l in zip(column, leak)))
    return None, direction


def cagrad(rows, options, seed):
    c, T, G = to_mpf(options.get("c", 0.4)), len(rows), gramian(to_mpf(rows))
    a = [sum(row) / T for row in G]
    k = c * mpmath.sqrt(sum(a) / T)
    divisor = {0: 1, 1: 1 + c * c, 2: 1 + c}[options.get("rescale", 1)]
    if k == 0 and c > 0:
        return [mpmath.mpf(0)] * T
    y = [mpmath.mpf(0)] * T if c == 0 else (cagrad_regular(G, a, k) or cagrad_stationary(G, a, k))
    return [(mpmath.mpf(1) / T + k * w) / divisor for w in y]


def spread_over(face, values, T):
    result = [mpmath.mpf(0)] * T
    for i, value in zip(face, values):
        result[i] = value
    return result


def cagrad_regular(G, a, k):
    """y with |rows' y| = 1 and a + k G y >= mu, equal where y > 0: on a face, G y = (mu - a) / k and y'Gy = 1 fix mu."""
    T = len(a)
    for face in faces([i for i in range(T) if G[i][i] > 0]):
        sub = [[G[i][j] for j in face] for i in face]
        ones = solve(sub, [mpmath.mpf(1)] * len(face))
        means = solve(sub, [a[i] for i in face])
        if ones is None:
            continue
        A, B, C = sum(ones), sum(means), dot(means, [a[i] for i in face])
        discriminant = B * B - A * (C - k * k)
        if discriminant < 0:
            continue
        mu = (B + mpmath.sqrt(discriminant)) / A
        y = spread_over(face, [(mu * o - m) / k for o, m in zip(ones, means)], T)
        if min(y) >= 0 and feasible(G, a, k, y, mu):
            return y
    return None


def cagrad_stationary(G, a, k):
    """0 in the hull: the shortest rows' y with a + k G y >= 0, of length at most 1."""
    T = len(a)
    if feasible(G, a, k, [mpmath.mpf(0)] * T, 0):
        return [mpmath.mpf(0)] * T
    for face in faces([i for i in range(T) if G[i][i] > 0]):
        values = solve([[G[i][j] for j in face] for i in face], [-a[i] / k for i in face])
        if values is None or min(values) < 0:
            continue
        y = spread_over(face, values, T)
        if feasible(G, a, k, y, 0) and dot(y, [dot(row, y) for row in G]) <= 1:
            return y
    raise AssertionError("no face is optimal")


def feasible(G, a, k, y, mu):
    """a_i + k (Gy)_i >= mu up to the last digits, for every row that is not zero."""
    return all(a[i] + k * dot(G[i], y) - mu >= -mpmath.mpf(10) ** -40 * (abs(a[i]) + abs(mu) + G[i][i])
               for i in range(len(a)) if G[i][i] > 0)


METHODS = {"sum": sum_, "mgda": mgda, "pcgrad": pcgrad, "graddrop": graddrop, "cagrad": cagrad}


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


OPTIONS = {
    "cagrad": [{}, {"c": 0.1}, {"c": 1.0, "rescale": 0}, {"c": 2.5, "rescale": 2}, {"c": 0.0}],
    "graddrop": [{}, {"leak": [0.25, 0.5]}],
}


def computed():
    for name, method in METHODS.items():
        for case, floats in matrices():
            rows = [[Fraction(g) for g in row] for row in floats]
            for number, options in enumerate(OPTIONS.get(name, [{}])):
                if "leak" in options and len(options["leak"]) != len(rows):
                    continue
                seed = 17 + number
                answer = method(rows, options, seed)
                weights, direction = answer if isinstance(answer, tuple) else (answer, None)
                if direction is None and isinstance(weights[0], Fraction):
                    direction = combine(weights, rows)
                elif direction is None:
                    direction = chop(combine(weights, to_mpf(rows)), floats)
                yield {"aggregator": name, "case": case, "options": options, "seed": seed, "rtol": 1e-9,
                       "rows": floats, "direction": [float(x) for x in direction]}


def published():
    for name, options, direction, weights in [
            ("sum", {}, [2, 2, 2], [1, 1]),
            ("mgda", {}, [0, 1, 1], [0.6, 0.4]),
            ("pcgrad", {}, [0.5848, 3.8012, 3.8012], [2.2222, 1.5789]),
            ("cagrad", {"c": 0.5, "rescale": 0}, [0.1835, 1.2041, 1.2041], [0.7041, 0.5])]:
        yield {"aggregator": name, "case": "TorchJD's documentation", "options": options, "seed": 0, "rtol": 5e-5,
               "rows": [[-4, 1, 1], [6, 1, 1]], "direction": direction, "weights": weights}


def main():
    lines = [json.dumps(row) for row in itertools.chain(published(), computed())]
    path = pathlib.Path(__file__).with_name("aggregators.json")
    path.write_text("[\n" + ",\n".join(lines) + "\n]\n")
    print(f"{path}: {len(lines)} rows")


if __name__ == "__main__":
    main()
