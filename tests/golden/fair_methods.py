"""Methods on the cosines of the rows, with 60 digits and more: equal projections, fair gains, alignment."""
import mpmath

from cone_methods import project_sum
from exact import combine, dot, gramian, solve, to_mpf
from hull_methods import mgda


def cosines(rows):
    """Lengths and cosines of long rows that are not zero."""
    n = [mpmath.sqrt(dot(row, row)) for row in rows]
    return n, [[dot(a, b) / (x * y) for b, y in zip(rows, n)] for a, x in zip(rows, n)]


def without_zero_rows(method):
    """The method on the rows that are not zero; the others get no weight."""
    def wrapped(rows, options, seed):
        kept = [i for i, row in enumerate(rows) if any(row)]
        weights = [mpmath.mpf(0)] * len(rows)
        if not kept:
            return weights
        inner = {key: [v[i] for i in kept] if isinstance(v, list) else v for key, v in options.items()}
        for i, w in zip(kept, method([rows[i] for i in kept], inner)):
            weights[i] = w
        return weights
    return wrapped


def eigen(matrix, smallest):
    """Eigenvalues above `smallest` and their vectors."""
    values, vectors = mpmath.eigsy(mpmath.matrix(matrix))
    return [(values[k], list(vectors[:, k])) for k in range(len(values)) if values[k] > smallest]


def equal_cosines(C, target):
    """The shortest y with C y = target, None if there is none."""
    y = [mpmath.mpf(0)] * len(C)
    for value, vector in eigen(C, mpmath.mpf(10) ** -40):
        y = [a + dot(vector, target) / value * b for a, b in zip(y, vector)]
    gap = max(abs(dot(row, y) - t) for row, t in zip(C, target))
    return y if gap < mpmath.mpf(10) ** -15 else None


@without_zero_rows
def imtl_g(rows, options):
    n, C = cosines(to_mpf(rows))
    y = equal_cosines(C, [mpmath.mpf(1)] * len(rows))
    weights = [a / b for a, b in zip(y, n)] if y else None
    if y is None or sum(weights) <= 0:
        return [w / len(rows) for w in to_mpf(project_sum(rows))]
    return [w / sum(weights) for w in weights]


@without_zero_rows
def config(rows, options):
    n, C = cosines(to_mpf(rows))
    target = to_mpf(options.get("preference", [1] * len(rows)))
    y = equal_cosines(C, target)
    if y is None:
        return to_mpf(project_sum(rows))
    x = combine(y, [[g / a for g in row] for row, a in zip(to_mpf(rows), n)])
    length = sum(dot(row, x) for row in to_mpf(rows)) / dot(x, x)
    return [length * a / b for a, b in zip(y, n)]


@without_zero_rows
def fairgrad(rows, options):
    if not any(mgda(rows, {}, 0)):  # its zero direction: 0 lies in the hull
        return to_mpf(project_sum(rows))
    G = gramian(to_mpf(rows))
    if options.get("normalise", True):
        size = mpmath.sqrt(sum(g * g for row in G for g in row))
        G = [[g / size for g in row] for row in G]
    return fixed_point(G, 1 / to_mpf(options.get("alpha", 2)))


def nashmtl(rows, options, seed):
    return fairgrad(rows, {"alpha": 1, **options}, seed)


def fixed_point(G, p):
    """w > 0 with Gw = w^-p, by Newton's method on the convex potential, halving steps that do not lower it."""
    T = len(G)
    w = [(1 / G[i][i]) ** (1 / (1 + p)) for i in range(T)]

    def potential(w):
        utility = sum(mpmath.log(x) for x in w) if p == 1 else sum(x ** (1 - p) for x in w) / (1 - p)
        return dot(w, [dot(row, w) for row in G]) / 2 - utility

    for _ in range(500):
        # For the relative changes of w, scaled to ones on the diagonal.
        roots = [mpmath.sqrt(x * G[i][i] * x + p * x ** (1 - p)) for i, x in enumerate(w)]
        gap = [x * (x ** -p - dot(row, w)) / r for x, row, r in zip(w, G, roots)]
        hessian = [[mpmath.mpf(1) if i == j else w[i] * G[i][j] * w[j] / (roots[i] * roots[j]) for j in range(T)]
                   for i in range(T)]
        changes = [c / r for c, r in zip(solve(hessian, gap), roots)]
        step, move = [x * c for x, c in zip(w, changes)], max(abs(c) for c in changes)
        if move < mpmath.mpf(10) ** -25:
            return [x + s for x, s in zip(w, step)]
        t, start = mpmath.mpf(1), potential(w)
        while min(1 + t * c for c in changes) < 0.1 or \
                (move > mpmath.mpf(10) ** -8 and potential([x + t * s for x, s in zip(w, step)]) > start):
            t /= 2
        w = [x + t * s for x, s in zip(w, step)]
    raise AssertionError("Newton's method does not end")


def aligned_mtl(rows, options, seed):
    """The direction: s U W'u of the rows' part in the span of the cosines' eigenvectors above T 2^-23."""
    target = to_mpf(options.get("preference", [1] * len(rows)))
    kept = [i for i, row in enumerate(rows) if any(row)]
    if not kept:
        return None, [mpmath.mpf(0)] * len(rows[0])
    target, rows = [target[i] for i in kept], to_mpf([rows[i] for i in kept])
    with mpmath.workdps(160):
        n, C = cosines(rows)
        pairs = eigen(C, mpmath.mpf(len(kept)) / 2**23)
        # Coordinates of the rows in the span of the pairs, and the orthonormal basis they refer to.
        places = [[a * mpmath.sqrt(value) * vector[t] for value, vector in pairs] for t, a in enumerate(n)]
        basis = [combine([v / (a * mpmath.sqrt(value)) for v, a in zip(vector, n)], rows)
                 for value, vector in pairs]
        return None, combine(aligned_sum(places, target, options.get("scale", "min")), basis)


def aligned_sum(places, target, scale):
    """s U W'u of rows = W S U' that span their space, by the eigenvectors u_k of rows' rows: W'u = U' rows' u / S."""
    columns = [list(column) for column in zip(*places)]
    pairs = eigen([[dot(a, b) for b in columns] for a in columns], 0)
    sigma = sorted(mpmath.sqrt(value) for value, _ in pairs)
    s = {"min": sigma[0], "median": sigma[(len(sigma) - 1) // 2],
         "rmse": mpmath.sqrt(sum(x * x for x in sigma) / len(sigma))}[scale]
    total = combine(target, places)
    parts = [s * dot(vector, total) / mpmath.sqrt(value) for value, vector in pairs]
    return combine(parts, [vector for _, vector in pairs])
