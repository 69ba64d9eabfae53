#!/usr/bin/env python3
"""Thins masks a second time, from the conditions G1 to G3 as Guo and Hall state them, pixel by pixel.

    thinning_oracle.py FILE    writes a list of [mask rows, thinned rows] as JSON
"""
import json, random, sys


def neighbours(rows, y, x):
    """x1 ... x8 of the paper, counter-clockwise from the east; index 0 is not used, 9 is 1 again."""
    inside = lambda j, i: 0 <= j < len(rows) and 0 <= i < len(rows[0]) and rows[j][i]
    around = [(0, 1), (-1, 1), (-1, 0), (-1, -1), (0, -1), (1, -1), (1, 0), (1, 1)]
    p = [None] + [bool(inside(y + dy, x + dx)) for dy, dx in around]
    return p + [p[1]]


def goes(p, odd):
    g1 = sum(not p[2 * i - 1] and (p[2 * i] or p[2 * i + 1]) for i in range(1, 5)) == 1
    n1 = sum(p[2 * k - 1] or p[2 * k] for k in range(1, 5))
    n2 = sum(p[2 * k] or p[2 * k + 1] for k in range(1, 5))
    g3 = not ((p[2] or p[3] or not p[8]) and p[1]) if odd else not ((p[6] or p[7] or not p[4]) and p[5])
    return g1 and 2 <= min(n1, n2) <= 3 and g3


def thin(rows):
    rows = [list(row) for row in rows]
    before = None
    while before != rows:
        before = [list(row) for row in rows]
        for odd in (True, False):
            out = [(y, x) for y, row in enumerate(rows) for x, v in enumerate(row)
                   if v and goes(neighbours(rows, y, x), odd)]
            for y, x in out:
                rows[y][x] = 0
    return rows


def blobs(rng, height, width):
    """Some filled circles and bars, and a little noise."""
    rows = [[0] * width for _ in range(height)]
    for _ in range(3):
        cy, cx, r, bar = rng.randrange(height), rng.randrange(width), rng.randrange(1, 6), rng.random() < 0.5
        for y in range(height):
            for x in range(width):
                if abs(y - cy) <= 1 + r // 3 if bar else (y - cy) ** 2 + (x - cx) ** 2 <= r * r:
                    rows[y][x] = 1
    return [[int(v != (rng.random() < 0.03)) for v in row] for row in rows]


rng = random.Random(5)
masks = [blobs(rng, rng.randrange(1, 24), rng.randrange(1, 24)) for _ in range(60)]
masks += [[[int(rng.random() < 0.6) for _ in range(17)] for _ in range(13)] for _ in range(20)]
json.dump([[mask, thin(mask)] for mask in masks], open(sys.argv[1], "w"))
