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
from fractions import Fraction

import mpmath

from exact import Rng, chop, combine, dot, faces, gramian, matrices, solve, to_mpf


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
