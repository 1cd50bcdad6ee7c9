#!/usr/bin/env python3
"""From a JPEG to joints in Python's torch at its best (traced, frozen, channels last), beside `Sinew.Bench inference --keep DIR`.

usage: predict_torch.py DIR [THREADS]     DIR: what --keep wrote. Needs python3-torch, python3-opencv and python3-numpy; preload OpenBLAS's OpenMP build:
       LD_PRELOAD=/usr/lib/x86_64-linux-gnu/openblas-openmp/libblas.so.3 python3 bench/peers/predict_torch.py DIR 2
"""
import json
import pathlib
import sys
import time

import cv2
import numpy as np
import torch

from training_step import RtmPoseTiny

WIDTH, HEIGHT = 192, 256
MEAN, DEVIATION = np.float32([123.675, 116.28, 103.53]), np.float32([58.395, 57.12, 57.375])


def main():
    place = pathlib.Path(sys.argv[1])
    torch.set_num_threads(int(sys.argv[2]) if len(sys.argv) > 2 else 2)
    x, y, w, h = json.loads((place / "box.json").read_text())
    tall = max(h, w * HEIGHT / WIDTH) * 1.25
    wide = tall * WIDTH / HEIGHT
    left, top, scale = x + w / 2 - wide / 2, y + h / 2 - tall / 2, WIDTH / wide
    to_crop = np.float32([[scale, 0, -left * scale], [0, scale, -top * scale]])
    with torch.no_grad():
        network = RtmPoseTiny().eval().to(memory_format=torch.channels_last)
        example = torch.randn(1, 3, HEIGHT, WIDTH).to(memory_format=torch.channels_last)
        network = torch.jit.freeze(torch.jit.trace(network, example))
        times, forward = [], []
        for turn in range(-20, 150):
            start = time.perf_counter()
            image = cv2.imread(str(place / "one.jpg"))
            crop = cv2.cvtColor(cv2.warpAffine(image, to_crop, (WIDTH, HEIGHT), flags=cv2.INTER_LINEAR), cv2.COLOR_BGR2RGB)
            tensor = torch.from_numpy(((crop - MEAN) / DEVIATION)[None]).permute(0, 3, 1, 2)  # channels last as it lies
            before = time.perf_counter()
            sx, sy = network(tensor)
            after = time.perf_counter()
            (px, bx), (py, by) = sx.max(2), sy.max(2)
            joints = torch.stack([left + bx / 2 / scale, top + by / 2 / scale, torch.minimum(px, py)], 2).numpy()
            if turn >= 0:
                times.append(time.perf_counter() - start)
                forward.append(after - before)
    middle = len(times) // 2
    print(f"torch {torch.__version__}, {torch.get_num_threads()} threads: {1000 * sorted(times)[middle]:.2f} ms from the file to {joints.shape[1]} joints, {1000 * sorted(forward)[middle]:.2f} of it the forward pass")


if __name__ == "__main__":
    main()
