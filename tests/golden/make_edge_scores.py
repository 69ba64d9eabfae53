#!/usr/bin/env python3
"""Golden numbers of edge matching: edge_scores.json.  /usr/bin/python3 -B tests/golden/make_edge_scores.py

Shares no code with the library: thinning from the equations of Guo and Hall (1989) on whole arrays, SciPy's bipartite
matching, scores with NumPy.
"""
import json
import pathlib

import numpy as np
import scipy.sparse
from scipy.ndimage import gaussian_filter
from scipy.sparse.csgraph import maximum_bipartite_matching


def thin(mask):
    p = np.pad(mask.astype(bool), 1)
    while True:
        before = p.copy()
        for odd in (True, False):
            n, s = np.roll(p, 1, 0), np.roll(p, -1, 0)
            w, e = np.roll(p, 1, 1), np.roll(p, -1, 1)
            ne, nw = np.roll(n, -1, 1), np.roll(n, 1, 1)
            se, sw = np.roll(s, -1, 1), np.roll(s, 1, 1)
            c = (~n & (ne | e)).astype(int) + (~e & (se | s)) + (~s & (sw | w)) + (~w & (nw | n))
            n1 = (nw | n).astype(int) + (ne | e) + (se | s) + (sw | w)
            n2 = (n | ne).astype(int) + (e | se) + (s | sw) + (w | nw)
            least = np.minimum(n1, n2)
            held = ((n | ne | ~se) & e) if odd else ((s | sw | ~nw) & w)
            p &= ~((c == 1) & (least >= 2) & (least <= 3) & ~held)
        if (p == before).all():
            return p[1:-1, 1:-1]


def matches(a, b, radius):
    pa, pb = np.argwhere(a), np.argwhere(b)
    if len(pa) == 0 or len(pb) == 0:
        return 0
    near = ((pa[:, None] - pb[None]) ** 2).sum(-1) <= radius ** 2
    return int((maximum_bipartite_matching(scipy.sparse.csr_matrix(near), perm_type="column") >= 0).sum())


def f_of(matched, predicted, positive):
    total = np.asarray(predicted) + positive
    return np.where(total > 0, 2 * np.asarray(matched) / np.maximum(total, 1), 1.0)


def image(rng, height, width, shift):
    """Whole tenths of logits around true lines, with noise, and unknown pixels in a corner."""
    lines = np.abs(gaussian_filter(rng.standard_normal((height, width)), 4))
    truth = thin(lines < 0.1 * lines.std()).astype(int)
    signal = gaussian_filter(np.roll(truth, (1, -1), (0, 1)).astype(float), 1.2)
    noise = gaussian_filter(rng.standard_normal((height, width)), 1.2)
    logits = 2 * (1.5 * signal / signal.std() + 0.7 * noise / noise.std() - 1 - shift)
    truth[: height // 6, : width // 5] = -1
    return np.floor(10 * np.clip(logits, -9, 9)).astype(int), truth


def main():
    rng = np.random.default_rng(5)
    thresholds = np.linspace(0.01, 0.99, 99)
    levels = np.log(thresholds / (1 - thresholds))
    images, sums, best = [], np.zeros((3, 99)), np.zeros(3)
    height, width, radius = 40, 280, 0.0075 * np.hypot(40, 280)
    for shift in (0, 0.5):
        tenths, truth = image(rng, height, width, shift)
        logits = (tenths + 0.5) / 10
        known, yes = truth >= 0, truth == 1
        curve = np.zeros((3, 99))
        for k, level in enumerate(levels):
            found = thin(logits > level) & known
            curve[:, k] = matches(yes, found, radius), found.sum(), yes.sum()
        sums += curve
        best += curve[:, f_of(*curve).argmax()]
        images.append({"tenths": tenths.ravel().tolist(), "truth": truth.ravel().tolist()})
    recall, precision = sums[0] / sums[2], sums[0] / np.maximum(sums[1], 1)
    points = sorted({r: precision[recall == r].max() for r in recall}.items())
    grid = np.arange(101) / 100
    interpolated = np.interp(grid, [r for r, _ in points], [p for _, p in points], left=0, right=0)
    result = {"height": height, "width": width, "images": images, "counts_at_50": sums[:, 49].tolist(),
              "ods_f": float(f_of(*sums).max()), "ois_f": float(f_of(*best)),
              "average_precision": float(interpolated.mean())}
    path = pathlib.Path(__file__).with_name("edge_scores.json")
    path.write_text(json.dumps(result, separators=(",", ":")) + "\n")
    print({k: v for k, v in result.items() if k != "images"}, path.stat().st_size, "bytes")


main()
