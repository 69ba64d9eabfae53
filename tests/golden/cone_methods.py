"""Methods that project: onto the dual cone, by trying every face in fractions, or onto single rows (pcgrad)."""
from fractions import Fraction

from exact import Rng, dot, faces, gramian, solve


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


def project(G, target):
    """v with rows' v the point of the dual cone nearest to rows' target: v = target + z, z >= 0, Gv >= 0, z'Gv = 0."""
    T = len(G)
    products = [dot(row, target) for row in G]
    for face in faces([i for i in range(T) if G[i][i] > 0], smallest=0):
        z = solve([[G[i][j] for j in face] for i in face], [-products[i] for i in face]) if face else []
        if z is None or (z and min(z) < 0):
            continue
        v = list(target)
        for i, value in zip(face, z):
            v[i] += value
        if min(dot(row, v) for row in G) >= 0:
            return v
    raise AssertionError("no face is optimal")


def preference(rows, options):
    return [Fraction(u) for u in options.get("preference", [Fraction(1, len(rows))] * len(rows))]


def dualproj(rows, options, seed):
    return project(gramian(rows), preference(rows, options))


def upgrad(rows, options, seed):
    G, u, T = gramian(rows), preference(rows, options), len(rows)
    parts = [project(G, [u[i] if t == i else Fraction(0) for t in range(T)]) for i in range(T)]
    return [sum(column) for column in zip(*parts)]


def project_sum(rows):
    """The fallback of methods whose sum reduction has no answer."""
    return project(gramian(rows), [Fraction(1)] * len(rows))
