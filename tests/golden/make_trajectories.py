#!/usr/bin/python3
"""Writes trajectories.json: what aggregators that remember something, or look at losses or other batches, must give at
every step of a short run, computed without any of our C++.

Run: /usr/bin/python3 tests/golden/make_trajectories.py   (needs mpmath; Debian package python3-mpmath)

Everything works on the gradient vectors themselves with 60 digits (never on Gramians, as the C++ does). Min-norm points
are exact fractions from make_aggregators.py. Each method is a generator: it is sent a step, and yields the direction.
"""
import json
import pathlib
from fractions import Fraction

import mpmath

from exact import Rng, chop, combine, dot, matrices, random_rows, to_mpf
from make_aggregators import mgda as min_norm

mpf = mpmath.mpf


def norm(v):
    return mpmath.sqrt(dot(v, v))


def to_fractions(rows):
    """60 digits of the rows, exactly."""
    return [[Fraction(mpmath.nstr(g, 50)) for g in row] for row in rows]


def to_simplex(point):
    """Nearest point of the simplex: every threshold is tried."""
    for count in range(1, len(point) + 1):
        kept = sorted(point, reverse=True)[:count]
        threshold = (sum(kept) - 1) / count
        answer = [max(x - threshold, mpf(0)) for x in point]
        if abs(sum(answer) - 1) < mpf(10) ** -40:
            return answer
    raise AssertionError("no threshold fits")


def mgda(options, seed):
    rule = options.get("normalize", "none")
    direction = None
    while True:
        step = yield direction
        n = [(norm(g) if rule in ("l2", "loss+") else mpf(1)) * (loss if "loss" in rule else 1)
             for g, loss in zip(step["rows"], step["losses"])]
        if not all(n):
            direction = [mpf(0)] * len(step["rows"][0])
            continue
        rows = to_fractions([[g / k for g in row] for row, k in zip(step["rows"], n)])
        direction = to_mpf(combine(min_norm(rows, {}, 0), rows))


def cr_mogm(options, seed):
    alpha, weights, direction = to_mpf(options.get("alpha", 0.9)), None, None
    while True:
        step = yield direction
        fresh = to_mpf(min_norm(to_fractions(step["rows"]), {}, 0))
        weights = fresh if weights is None else [alpha * w + (1 - alpha) * v for w, v in zip(weights, fresh)]
        direction = combine(weights, step["rows"])


def gradvac(options, seed):
    rng, beta, targets, direction = Rng(seed), to_mpf(options.get("beta", 0.01)), {}, None
    while True:
        rows = (yield direction)["rows"]
        T, P = len(rows), len(rows[0])
        cuts = [0, P] if options.get("groups", "whole") == "whole" else [0, P - P // 2, P]  # the layers of aggregate.h
        orders = [rng.permutation(T) for _ in range(T)]
        direction = []
        for k, (begin, end) in enumerate(zip(cuts, cuts[1:])):
            parts = [row[begin:end] for row in rows]
            total = [mpf(0)] * (end - begin)
            for i in range(T):
                h = list(parts[i])
                for j in orders[i]:
                    size, other = norm(h), norm(parts[j])
                    if i == j or size < mpf(10) ** -40 * norm(parts[i]) or size == 0 or other == 0:
                        continue
                    cosine, target = dot(h, parts[j]) / (size * other), targets.get((k, i, j), mpf(0))
                    if cosine < target:
                        sine, other_sine = (mpmath.sqrt(max(1 - x * x, 0)) for x in (cosine, target))
                        factor = size * (target * sine - cosine * other_sine) / (other * other_sine)
                        h = [x + factor * g for x, g in zip(h, parts[j])]
                    targets[k, i, j] = (1 - beta) * target + beta * cosine
                total = [a + b for a, b in zip(total, h)]
            direction += total


def gradnorm(options, seed):
    alpha, rate = to_mpf(options.get("alpha", 1.5)), to_mpf(options.get("rate", 0.025))
    weights, first, direction = None, None, None
    while True:
        step = yield direction
        T = len(step["rows"])
        weights, first = weights or [mpf(1)] * T, first or step["losses"]
        direction = combine(weights, step["rows"])
        lengths = [norm(g) for g in step["rows"]]
        weighted = [w * n for w, n in zip(weights, lengths)]
        mean = sum(weighted) / T
        if mean == 0:
            continue
        progress = [loss / start for loss, start in zip(step["losses"], first)]
        relative = [q / (sum(progress) / T) for q in progress]
        for t in range(T):
            gap = weighted[t] - mean * relative[t] ** alpha
            slope = mpmath.sign(gap) * lengths[t] / mean if abs(gap) > mpf(10) ** -40 * mean else mpf(0)
            weights[t] = max(weights[t] - rate * slope, weights[t] / 2)
        total = sum(weights)
        weights = [T * w / total for w in weights]


def moco(options, seed):
    names = ("beta", 0.5), ("beta_decay", 0.5), ("gamma", 0.1), ("gamma_decay", 0.5), ("rho", 0)
    beta, beta_decay, gamma, gamma_decay, rho = (to_mpf(options.get(name, value)) for name, value in names)
    libmtl = options.get("compat") == "libmtl"
    tracked, direction, k = None, None, 0
    while True:
        step = yield direction
        k += 1
        T, P = len(step["rows"]), len(step["rows"][0])
        if tracked is None:
            tracked, weights = [[mpf(0)] * P for _ in range(T)], [mpf(1) / T] * T
        fresh = step["rows"]
        if libmtl:
            fresh = [[loss * x / norm(g) if norm(g) else mpf(0) for x in g]
                     for g, loss in zip(fresh, step["losses"])]
        share = beta / mpf(k) ** beta_decay
        tracked = [[y - share * (y - h) for y, h in zip(a, b)] for a, b in zip(tracked, fresh)]
        d = combine(weights, tracked)
        moved = [w - gamma / mpf(k) ** gamma_decay * (dot(y, d) + rho * w) for w, y in zip(weights, tracked)]
        if libmtl:
            powers = [mpmath.exp(x) for x in moved]
            weights = [x / sum(powers) for x in powers]
        else:
            weights = to_simplex(moved)
        direction = combine(weights, tracked)


def modo(options, seed):
    gamma, rho = to_mpf(options.get("gamma", 0.001)), to_mpf(options.get("rho", 0.1))
    weights, direction = None, None
    while True:
        step = yield direction
        first, second = step["independent"]
        weights = weights or [mpf(1) / len(first)] * len(first)
        d = combine(weights, second)
        weights = to_simplex([w - gamma * (dot(g, d) + rho * w) for w, g in zip(weights, first)])
        direction = combine(weights, step["rows"])


def sdmgrad(options, seed):
    names = ("lambda", 0.3), ("rate", 10), ("momentum", 0.5)
    lam, rate, momentum = (to_mpf(options.get(name, value)) for name, value in names)
    weights, direction = None, None
    while True:
        step = yield direction
        first, second = step["independent"]
        T = len(first)
        weights = weights or [mpf(1) / T] * T
        scale = sum(mpmath.sqrt(max(dot(a, b), 0)) for a, b in zip(first, second)) / T
        velocity = [mpf(0)] * T
        for _ in range(options.get("iterations", 20) if scale else 0):
            d = combine([w + lam / T for w in weights], second)
            velocity = [momentum * v + dot(g, d) / scale**2 for v, g in zip(velocity, first)]
            weights = to_simplex([w - rate * v for w, v in zip(weights, velocity)])
        direction = combine([(w + lam / T) / (1 + lam) for w in weights], step["rows"])


def db_mtl_g(options, seed):
    beta, decay = to_mpf(options.get("beta", 0.9)), to_mpf(options.get("decay", 0.5))
    average, direction, k = None, None, 0
    while True:
        rows = (yield direction)["rows"]
        k += 1
        average = average or [[mpf(0)] * len(rows[0]) for _ in rows]
        share = beta / mpf(k) ** decay
        average = [[g + share * (b - g) for b, g in zip(old, new)] for old, new in zip(average, rows)]
        lengths = [norm(b) for b in average]
        direction = combine([max(lengths) / n if n else mpf(0) for n in lengths], average)


def excess_mtl(options, seed):
    rate, squares, first, weights, direction = to_mpf(options.get("rate", 0.01)), None, None, None, None
    while True:
        rows = (yield direction)["rows"]
        T = len(rows)
        if squares is None:
            squares, first, weights = [[mpf(0)] * len(rows[0]) for _ in rows], [mpf(0)] * T, [mpf(1)] * T
        squares = [[s + g * g for s, g in zip(a, b)] for a, b in zip(squares, rows)]
        excess = [sum(g * g / mpmath.sqrt(s) for g, s in zip(a, b) if s) for a, b in zip(rows, squares)]
        first = [f or e for f, e in zip(first, excess)]
        weights = [w * mpmath.exp(rate * e / f) if f else w for w, e, f in zip(weights, excess, first)]
        total = sum(weights)
        weights = [T * w / total for w in weights]
        direction = combine(weights, rows)


def rotograd_scale(options, seed):
    first, direction, count = None, None, 0
    while True:
        rows = (yield direction)["rows"]
        lengths = [norm(g) for g in rows]
        first = [f or n for f, n in zip(first or lengths, lengths)]
        if count == options.get("burn_in", 20):
            first = [n or f for f, n in zip(first, lengths)]
        count += 1
        growth = [n / f if f else mpf(0) for n, f in zip(lengths, first)]
        total = sum(growth)
        size = sum(q / total * n for q, n in zip(growth, lengths)) if total else mpf(0)
        direction = combine([size / n if n else mpf(0) for n in lengths], rows)


def trimmed_mean(options, seed):
    direction = None
    while True:
        rows = (yield direction)["rows"]
        trim = min(options.get("trim", 1), (len(rows) - 1) // 2)
        kept = [sorted(column)[trim:len(rows) - trim] for column in zip(*rows)]
        direction = [sum(column) / len(column) for column in kept]


METHODS = {"mgda": mgda, "gradvac": gradvac, "gradnorm": gradnorm, "moco": moco, "modo": modo, "sdmgrad": sdmgrad,
           "db_mtl_g": db_mtl_g, "excess_mtl": excess_mtl, "cr_mogm": cr_mogm, "trimmed_mean": trimmed_mean,
           "rotograd_scale": rotograd_scale}

OPTIONS = {
    "mgda": [{"normalize": "l2"}, {"normalize": "loss"}, {"normalize": "loss+"}],
    "gradvac": [{}, {"beta": 0.5}, {"beta": 0.5, "groups": "layer"}],
    "gradnorm": [{}, {"alpha": 0.5, "rate": 0.3}],
    "moco": [{}, {"beta": 0.9, "beta_decay": 0, "gamma": 0.02, "gamma_decay": 1, "rho": 0.5}, {"compat": "libmtl"}],
    "modo": [{}, {"gamma": 0.1, "rho": 0}],
    # Not 20 steps with rate 10: that amplifies the last bit of a double beyond any tolerance.
    "sdmgrad": [{"rate": 0.3}, {"iterations": 3}, {"lambda": 1, "rate": 1, "momentum": 0, "iterations": 5}],
    "db_mtl_g": [{}, {"beta": 0.1, "decay": 0}],
    "excess_mtl": [{}, {"rate": 1}],
    "cr_mogm": [{}, {"alpha": 0.5}],
    "trimmed_mean": [{}, {"trim": 2}],
    "rotograd_scale": [{}, {"burn_in": 1}],
}

CASES = ["published", "one task", "three tasks", "five tasks", "more tasks than parameters", "one parameter",
         "duplicates", "zero row", "all zero", "opposed pair", "norms over 12 decades", "norms over 24 decades"]


def disturbed(rows, seed, size):
    """Rows plus noise relative to their lengths, four digits of it; zero rows stay zero."""
    noise = random_rows(len(rows), len(rows[0]), seed)
    lengths = [float(norm(to_mpf(row))) / len(row) ** 0.5 for row in rows]
    return [[float(f"{g + size * length * x:.4g}") for g, x in zip(row, other)] for row, other, length in zip(rows, noise, lengths)]


def steps_of(rows, name):
    """Three steps; the first one has the rows as they are."""
    T = len(rows)
    for k in range(3):
        now = rows if k == 0 else disturbed(rows, 10 * k, 0.7)
        step = {"rows": now, "losses": [round(0.3 + 0.37 * t + 0.11 * ((k * (t + 2)) % 5), 3) for t in range(T)]}
        if name in ("modo", "sdmgrad"):
            step["independent"] = [disturbed(now, 10 * k + 1, 0.3), disturbed(now, 10 * k + 2, 0.3)]
        yield step


def trajectory(name, options, steps, seed):
    method = METHODS[name](options, seed)
    next(method)
    result = []
    for step in steps:
        direction = method.send({key: to_mpf(value) for key, value in step.items()})
        result.append({**step, "direction": [float(x) for x in chop(direction, step["rows"])]})
    return result


def main():
    cases = [(case, rows) for case, rows in matrices() if case in CASES]
    assert len(cases) == len(CASES)
    lines = []
    for name in METHODS:
        for case, rows in cases:
            if (name, case) == ("cr_mogm", "duplicates"):
                continue  # several weights give the shortest vector, and which of them enters the average is chance
            for number, options in enumerate(OPTIONS[name]):
                seed = 17 + number
                steps = trajectory(name, options, list(steps_of(rows, name)), seed)
                lines.append(json.dumps({"aggregator": name, "case": case, "options": options, "seed": seed,
                                         "rtol": 1e-12, "steps": steps}))
    path = pathlib.Path(__file__).with_name("trajectories.json")
    path.write_text("[\n" + ",\n".join(lines) + "\n]\n")
    print(f"{path}: {len(lines)} rows")


if __name__ == "__main__":
    main()
