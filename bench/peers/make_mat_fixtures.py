"""Makes tests/Sinew.Tests/Evaluation/Fixtures/*.mat with scipy, as MATLAB's level 5 writer in other hands.

usage: make_mat_fixtures.py FOLDER (needs python3-scipy)
"""
import os
import sys

import numpy as np
from scipy.io import savemat


def content():
    struct = np.zeros((1, 2), dtype=[("name", object), ("box", object)])
    struct[0, 0] = ("first", np.array([[1.5, 2.5]]))
    struct[0, 1] = ("second", np.array([], dtype=float))
    cells = np.empty((1, 3), dtype=object)
    cells[0, 0], cells[0, 1], cells[0, 2] = np.array([[1, 2], [3, 4]], np.int16), "text", np.array([[True, False]])
    return {
        "doubles": np.arange(24, dtype=float).reshape(2, 3, 4) / 8,
        "bytes": np.arange(5, dtype=np.uint8),
        "ints": np.array([[-7], [70000]], np.int32),
        "longs": np.array([[-(2 ** 40)]], np.int64),
        "singles": np.array([[0.5, 1.25]], np.float32),
        "words": "a line of text",
        "rows": np.array(["ab", "cd"]),
        "cells": cells,
        "people": struct,
    }


def mpii():
    rng = np.random.default_rng(7)
    positions = np.round(rng.uniform(1, 500, (16, 2, 3)), 2)
    missing = np.zeros((16, 3))
    missing[0, 1] = missing[9, 2] = 1
    positions[0, :, 1] = np.nan
    boxes = np.zeros((2, 2, 3))
    for p in range(3):
        boxes[0, :, p] = [100, 50]
        boxes[1, :, p] = [100 + 30 * (p + 1), 50 + 40 * (p + 1)]
    return {"pos_gt_src": positions, "jnt_missing": missing, "headboxes_src": boxes}


def main():
    folder = sys.argv[1]
    savemat(os.path.join(folder, "kinds.mat"), content(), do_compression=True)
    savemat(os.path.join(folder, "kinds-plain.mat"), content(), do_compression=False)
    savemat(os.path.join(folder, "mpii.mat"), mpii(), do_compression=True)


main()
