"""Methods on the convex hull of the rows: every face is tried, in fractions (mgda) or with 60 digits (cagrad)."""
from fractions import Fraction

import mpmath

from exact import dot, faces, gramian, solve, to_mpf


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
