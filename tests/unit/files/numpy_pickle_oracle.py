#!/usr/bin/env python3
"""Writes pickles of NumPy arrays, as several Pythons do, into a folder: numpy_pickle_oracle.py FOLDER"""
import os
import pickle
import sys

import numpy as np

folder = sys.argv[1]
images = (np.arange(6, dtype=np.float32) / 8).reshape(2, 3)
labels = np.array([[1, 255], [200, 7]])
for protocol in (2, 3, 4, 5):
    with open(f"{folder}/protocol{protocol}.pickle", "wb") as file:
        pickle.dump((images, labels.astype(np.uint8), np.asfortranarray(images), labels.astype(">i4")), file, protocol)


class Evil:
    def __reduce__(self):
        return os.system, ("true",)


for name, value in {"evil": (images, Evil()), "one": images, "text": (images, "labels"),
                    "objects": (np.array([None, {}]),), "protocol0": None}.items():
    with open(f"{folder}/{name}.pickle", "wb") as file:
        pickle.dump((images,) if value is None else value, file, 0 if value is None else 4)

pairs = [np.random.default_rng(0).random((20, 36, 36)).astype(np.float32), np.arange(40).reshape(20, 2) % 10,
         np.full((5, 1, 36, 36), 51, np.uint8), np.arange(10).reshape(5, 2)]
with open(f"{folder}/multi.pickle", "wb") as file:
    pickle.dump(pairs, file, 4)
