"""Task gradients to one direction as one writes it in Python: rows [T, P] to a Gramian, a small problem by SciPy, a
weighted sum. Weights are those of the sum convention (equal tasks give the weight 1 each)."""
import numpy as np
import scipy.optimize


def mgda(gramian, iterations=250):
    """Min-norm point of the hull by Frank-Wolfe (Sener and Koltun, NeurIPS 2018)."""
    size = len(gramian)
    weights = np.full(size, 1 / size)
    for _ in range(iterations):
        products = gramian @ weights
        best = products.argmin()
        square = weights @ products
        down = square - products[best]
        length = square - 2 * products[best] + gramian[best, best]
        if down < 1e-12 * max(square, 1e-30) or length <= 0:
            break
        weights *= 1 - min(1, down / length)
        weights[best] += min(1, down / length)
    return size * weights


def cagrad(gramian, c=0.5):
    """Liu et al., NeurIPS 2021, equation 4, by SLSQP."""
    size = len(gramian)
    mean = np.full(size, 1 / size)
    radius = c * np.sqrt(max(mean @ gramian @ mean, 0))
    objective = lambda w: w @ gramian @ mean + radius * np.sqrt(max(w @ gramian @ w, 0) + 1e-8)
    found = scipy.optimize.minimize(
        objective,
        mean,
        bounds=[(0, 1)] * size,
        method="SLSQP",
        constraints={"type": "eq", "fun": lambda w: 1 - w.sum()},
    ).x
    length = np.sqrt(max(found @ gramian @ found, 0)) + 1e-8
    return size * (mean + radius / length * found)


def fairgrad(gramian, alpha=2.0):
    """G w = w^(-1/alpha) (Ban and Ji, ICML 2024), by least squares."""
    residual = lambda w: gramian @ w - w ** (-1 / alpha)
    return scipy.optimize.least_squares(residual, np.full(len(gramian), 1 / len(gramian)), bounds=(1e-8, np.inf)).x


def pcgrad(gramian):
    """Yu et al., NeurIPS 2020, in weights: every task's gradient, projected in random order."""
    size = len(gramian)
    weights = np.eye(size)
    for i in range(size):
        for j in np.random.permutation(size):
            product = weights[i] @ gramian[j]
            if i != j and product < 0:
                weights[i, j] -= product / gramian[j, j]
    return weights.sum(0)


METHODS = {"mgda": mgda, "cagrad": cagrad, "fairgrad": fairgrad, "pcgrad": pcgrad}
