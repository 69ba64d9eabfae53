#!/usr/bin/python3
"""Writes aggregators.json: what every aggregator must give, computed without any of our C++.

Run: /usr/bin/python3 tests/golden/make_aggregators.py   (needs mpmath; Debian package python3-mpmath)

The methods stand in *_methods.py beside this file, by family: in fractions where their answer is rational, else with 60
digits or more; problems with inequalities by trying every face. Random methods use a re-implementation of
src/reconcile/base/rng.h. Rows marked "published" are the values that TorchJD prints in its documentation, and those
of LibMTL's own classes on a toy problem.
"""
import itertools
import json
import pathlib
from fractions import Fraction

from cone_methods import dualproj, pcgrad, upgrad
from exact import chop, combine, matrices, to_mpf
from fair_methods import aligned_mtl, config, fairgrad, imtl_g, nashmtl
from hull_methods import cagrad, mgda
from plain_methods import constant, graddrop, krum, mean, random, sum_

METHODS = {"sum": sum_, "mean": mean, "constant": constant, "random": random, "graddrop": graddrop, "krum": krum,
           "mgda": mgda, "cagrad": cagrad, "pcgrad": pcgrad, "upgrad": upgrad, "dualproj": dualproj, "imtl_g": imtl_g,
           "config": config, "nashmtl": nashmtl, "fairgrad": fairgrad, "aligned_mtl": aligned_mtl}

OPTIONS = {
    "cagrad": [{}, {"c": 0.1}, {"c": 1.0, "rescale": 0}, {"c": 2.5, "rescale": 2}, {"c": 0.0}],
    "graddrop": [{}, {"leak": [0.25, 0.5]}],
    "constant": [{}, {"weights": [0.5, -2]}, {"weights": [1, 2, 4]}],
    "krum": [{}, {"byzantine": 0}, {"byzantine": 2, "selected": 3}],
    "upgrad": [{}, {"preference": [0.25, 0.5, 0]}],
    "dualproj": [{}, {"preference": [0.25, 0.5, 0]}],
    "config": [{}, {"preference": [1, 2, 0.5]}],
    "nashmtl": [{}, {"normalise": False}],
    "fairgrad": [{}, {"alpha": 1.0}, {"alpha": 0.5, "normalise": False}, {"alpha": 10.0}],
    "aligned_mtl": [{}, {"scale": "median"}, {"scale": "rmse", "preference": [1, 2, 0.5]}, {"scale": "rmse"}],
}


def fits(options, num_tasks):
    """Whether lists have one number a task, and no more tasks are selected than there are."""
    return all(len(v) == num_tasks for v in options.values() if isinstance(v, list)) and \
        options.get("selected", 1) <= num_tasks


def computed():
    for name, method in METHODS.items():
        for case, floats in matrices():
            rows = [[Fraction(g) for g in row] for row in floats]
            for number, options in enumerate(OPTIONS.get(name, [{}])):
                if not fits(options, len(rows)):
                    continue
                seed = 17 + number
                answer = method(rows, options, seed)
                weights, direction = answer if isinstance(answer, tuple) else (answer, None)
                if direction is None:
                    exact = isinstance(weights[0], Fraction)
                    direction = combine(weights, rows if exact else to_mpf(rows))
                if not isinstance(direction[0], Fraction):
                    direction = chop(direction, floats)
                yield {"aggregator": name, "case": case, "options": options, "seed": seed, "rtol": 1e-9,
                       "rows": floats, "direction": [float(x) for x in direction]}


def published():
    root = 2 ** 0.5  # TorchJD clips Nash-MTL to length 1; the paper's is the root of T
    half = {"preference": [0.5, 0.5]}
    for name, options, direction, weights in [
            ("sum", {}, [2, 2, 2], [1, 1]),
            ("mean", {}, [1, 1, 1], [0.5, 0.5]),
            ("constant", {"weights": [1.0, 2.0]}, [8, 3, 3], [1, 2]),
            ("mgda", {}, [0, 1, 1], [0.6, 0.4]),
            ("pcgrad", {}, [0.5848, 3.8012, 3.8012], [2.2222, 1.5789]),
            ("cagrad", {"c": 0.5, "rescale": 0}, [0.1835, 1.2041, 1.2041], [0.7041, 0.5]),
            ("upgrad", {}, [0.2929, 1.9004, 1.9004], [1.1109, 0.7894]),
            ("dualproj", {}, [0.5563, 1.1109, 1.1109], [0.6109, 0.5]),
            ("imtl_g", {}, [0.0767, 1, 1], [0.5923, 0.4077]),
            ("config", {}, [0.1588, 2.0706, 2.0706], None),
            ("nashmtl", {"normalise": False}, [root * 0.0542, root * 0.7061, root * 0.7061], None),
            ("fairgrad", {"alpha": 1.0, "normalise": False}, [0.0766, 0.9985, 0.9985], [0.5915, 0.4071]),
            ("aligned_mtl", half, [0.2133, 0.9673, 0.9673], [0.5591, 0.4083])]:
        # Its four digits, except where it adds 1e-4 to the diagonal of the Gramian.
        rtol = 1.5e-3 if name in ("upgrad", "dualproj") else 8e-5
        yield {"aggregator": name, "case": "TorchJD's documentation", "options": options, "seed": 0, "rtol": rtol,
               "rows": [[-4, 1, 1], [6, 1, 1]], "direction": direction, **({"weights": weights} if weights else {})}
    yield {"aggregator": "krum", "case": "TorchJD's documentation", "options": {"byzantine": 1, "selected": 4},
           "seed": 0, "rtol": 1e-9, "rows": [[1, 1, 1], [1, 0, 1], [75, -666, 23], [1, 2, 3], [2, 0, 1]],
           "direction": [1.25, 0.75, 1.5], "weights": [0.25, 0.25, 0, 0.25, 0.25]}


def published_by_libmtl():
    rows = [[1, 2, 0, -1, 0.5], [-2, 0.5, 1, 0, 1], [0.3, -1, 2, 1.5, -0.7]]
    for name, options, weights in [
            ("mgda", {}, [0.422302, 0.228057, 0.349641]),
            ("aligned_mtl", {}, [1.070946, 0.768505, 0.9452]),
            ("imtl_g", {}, [0.419791, 0.219268, 0.360941]),
            ("nashmtl", {}, [2.123937, 1.490933, 1.824589]),
            ("fairgrad", {"alpha": 1.0, "normalise": False}, [0.592416, 0.415856, 0.508921]),
            ("fairgrad", {"alpha": 2.0, "normalise": False}, [0.488142, 0.312209, 0.412251]),
            ("upgrad", {}, [0.552354, 0.359678, 0.488673])]:
        yield {"aggregator": name, "case": "LibMTL's toy problem", "options": options, "seed": 0, "rtol": 2e-4,
               "rows": rows, "direction": combine(weights, rows), "weights": weights}


def main():
    lines = [json.dumps(row) for row in itertools.chain(published(), published_by_libmtl(), computed())]
    path = pathlib.Path(__file__).with_name("aggregators.json")
    path.write_text("[\n" + ",\n".join(lines) + "\n]\n")
    print(f"{path}: {len(lines)} rows")


if __name__ == "__main__":
    main()
