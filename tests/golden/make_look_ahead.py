#!/usr/bin/python3
"""Writes look_ahead.json: the bilevel methods on quadratic losses, computed without any of our C++.

Run: /usr/bin/python3 tests/golden/make_look_ahead.py   (needs numpy)

Loss t on batch b is scale[t] / 2 |p - centre[b][t]|^2. Every step calls the method, then moves p by -rate times the
gradient of the weighted loss on batch 0, or by -rate times the method's own gradient. FORUM's quadratic problem is
solved by trying every set of active variables.
"""
import itertools
import json
import pathlib

import numpy as np

RATE, STEPS = 0.2, 4
START = np.array([5.0, -10.0, 20.0])
SCALE = np.array([1.0, 3.0, 0.5])
CENTRE = np.array([[[1.0, 0.0, 0.0], [0.0, 1.0, 1.0], [-2.0, 1.0, 0.5]],
                   [[1.2, 0.1, -0.3], [0.2, 0.7, 1.1], [-1.5, 1.4, 0.2]]])


def losses(p, b):
    return SCALE / 2 * ((p - CENTRE[b]) ** 2).sum(1)


def rows(p, b):
    return SCALE[:, None] * (p - CENTRE[b])


class Logits:
    def __init__(self):
        self.x, self.m, self.v, self.k = np.zeros(3), np.zeros(3), np.zeros(3), 0

    def weights(self):
        e = np.exp(self.x - self.x.max())
        return e / e.sum()

    def jacobian(self):
        z = self.weights()
        return np.diag(z) - np.outer(z, z)

    def adam(self, gradient, rate=1e-3):
        self.k += 1
        self.m = 0.9 * self.m + 0.1 * gradient
        self.v = 0.999 * self.v + 0.001 * gradient**2
        self.x = self.x - rate * (self.m / (1 - 0.9**self.k)) / (np.sqrt(self.v / (1 - 0.999**self.k)) + 1e-8)


def auto_lambda(p, logits, memory):
    ahead = p - RATE * logits.weights() @ rows(p, 0)
    v = rows(ahead, 1).sum(0)
    epsilon = 0.01 / np.linalg.norm(v)
    h = logits.jacobian() @ (losses(p + epsilon * v, 0) - losses(p - epsilon * v, 0)) / (2 * epsilon)
    logits.adam(-RATE * h)
    return None


def simplex_minimum(gramian):
    """Argmin of w'Gw over the simplex, by faces."""
    T, best = len(gramian), None
    for size in range(1, T + 1):
        for face in itertools.combinations(range(T), size):
            w = np.zeros(T)
            w[list(face)] = np.linalg.lstsq(gramian[np.ix_(face, face)], np.ones(size), rcond=None)[0]
            w = w / w.sum()
            if w.min() >= -1e-12 and (best is None or w @ gramian @ w < best @ gramian @ best - 1e-15):
                best = w
    return best


def moml(p, logits, memory):
    G = rows(p, 0)
    H = rows(p - 0.1 * logits.weights() @ G, 1)
    C = -0.1 * (H @ G.T) @ logits.jacobian()
    unit = C / np.linalg.norm(C, axis=1, keepdims=True)
    logits.adam(simplex_minimum(unit @ unit.T) @ C)
    return None


def forum_weights(F, q, phi):
    """Argmin over s in the simplex and v >= 0 of |s F + v q|^2 / 2 - v phi |q|^2, by active sets."""
    A = np.vstack([F, q])
    M = A @ A.T
    linear = np.append(np.zeros(len(F)), -phi * (q @ q))
    best = None
    for size in range(1, len(A) + 1):
        for face in itertools.combinations(range(len(A)), size):
            if face == (len(F),):
                continue
            k = len(face)
            system = np.zeros((k + 1, k + 1))
            system[:k, :k] = M[np.ix_(face, face)]
            ones = np.array([1.0 if i < len(F) else 0.0 for i in face])
            system[:k, k] = system[k, :k] = ones
            x = np.linalg.lstsq(system, np.append(-linear[list(face)], 1.0), rcond=None)[0][:k]
            full = np.zeros(len(A))
            full[list(face)] = x
            if abs(full[:len(F)].sum() - 1) > 1e-9 or full.min() < -1e-12:
                continue
            value = full @ M @ full / 2 + linear @ full
            if best is None or value < best[0] - 1e-14:
                best = (value, full[:len(F)])
    return best[1]


def forum(p, logits, memory):
    inner_rate, phi = 0.1, 0.1
    z = logits.weights()
    slope, ahead = z @ rows(p, 0), p.copy()
    for _ in range(5):
        ahead = ahead - inner_rate * z @ rows(ahead, 0)
    q_logits = logits.jacobian() @ (losses(p, 0) - losses(ahead, 0))
    F = rows(p, 1)
    F = F / np.linalg.norm(F, axis=1, keepdims=True)
    q = np.append(q_logits, slope)
    s = forum_weights(np.hstack([np.zeros((3, 3)), F]), q, phi)
    memory.setdefault("m", np.full(3, 1 / 3))
    memory["k"] = memory.get("k", 0) + 1
    memory["m"] = memory["m"] + memory["k"] ** -0.75 * (s - memory["m"])
    v = max(phi - (memory["m"] @ F) @ slope / (q @ q), 0.0)
    logits.adam(v * q_logits)
    return memory["m"] @ F + v * slope


def trajectory(method):
    p, logits, memory, steps = START.copy(), Logits(), {}, []
    for _ in range(STEPS):
        gradient = method(p, logits, memory)
        steps.append({"weights": logits.weights().tolist(), "gradient": None if gradient is None else gradient.tolist()})
        p = p - RATE * (logits.weights() @ rows(p, 0) if gradient is None else gradient)
    return steps


def main():
    methods = {"auto_lambda": auto_lambda, "moml": moml, "forum": forum}
    document = {"rate": RATE, "start": START.tolist(), "scale": SCALE.tolist(), "centre": CENTRE.tolist(),
                "methods": {name: trajectory(method) for name, method in methods.items()}}
    path = pathlib.Path(__file__).with_name("look_ahead.json")
    path.write_text(json.dumps(document, indent=1) + "\n")
    print(path)


if __name__ == "__main__":
    main()
