#!/usr/bin/python3
"""Writes task_groups.json: groups of tasks by average linkage, from SciPy.

Run: /usr/bin/python3 -B tests/golden/make_task_groups.py   (needs numpy and scipy)
"""
import json
import pathlib

import numpy as np
from scipy.cluster.hierarchy import cut_tree, fcluster, linkage


def first_numbers(labels):
    """Labels renamed in the order in which they first occur."""
    numbers = {}
    return [numbers.setdefault(int(label), len(numbers)) for label in labels]


def case(num_tasks, seed):
    random = np.random.default_rng(seed)
    directions = random.normal(size=(num_tasks, 6))
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    pairs = [float(np.round(directions[i] @ directions[j], 6)) for i in range(num_tasks) for j in range(i + 1, num_tasks)]
    tree = linkage(1 - np.array(pairs), method="average")
    return {"tasks": num_tasks, "cosines": pairs, "joined_at": (1 - tree[:, 2]).tolist(),
            "groups": {n: first_numbers(cut_tree(tree, n)[:, 0]) for n in sorted({1, 2, (num_tasks + 1) // 2, num_tasks})},
            "at_cut": {str(c): first_numbers(fcluster(tree, 1 - c, "distance")) for c in (-0.2, 0.0, 0.3)}}


cases = [case(n, seed) for seed, n in enumerate((2, 3, 5, 9, 40))]
pathlib.Path(__file__).with_name("task_groups.json").write_text(json.dumps(cases) + "\n")
