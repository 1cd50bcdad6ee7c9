#!/usr/bin/env python3
"""From a JPEG to joints by rtmlib with its OpenCV backend, beside `Sinew.Bench inference --keep DIR`.

usage: predict_rtmlib.py DIR RTMLIB     DIR: what --keep wrote; RTMLIB: a checkout of rtmlib. Needs python3-opencv, python3-numpy and python3-tqdm.

Where this OpenCV cannot run the network (4.6 cannot), what rtmlib takes beside the network is timed alone: reading, cropping, normalising, decoding.
"""
import json
import pathlib
import sys
import time

place, rtmlib = pathlib.Path(sys.argv[1]), sys.argv[2]
sys.path.insert(0, rtmlib)

import cv2
import numpy as np
from rtmlib.tools.pose_estimation.rtmpose import RTMPose


class WithoutNetwork(RTMPose):
    def __init__(self):
        self.model_input_size, self.to_openpose = (192, 256), False
        self.mean, self.std = (123.675, 116.28, 103.53), (58.395, 57.12, 57.375)
        self.logits = [np.random.rand(1, 17, bins).astype(np.float32) for bins in (384, 512)]

    def inference(self, img):
        np.ascontiguousarray(img.transpose(2, 0, 1), dtype=np.float32)
        return self.logits


try:
    estimator, what = RTMPose(str(place / "bench.onnx"), (192, 256), backend="opencv"), "from the file to joints"
except RuntimeError:
    estimator, what = WithoutNetwork(), "for everything but the network, which it cannot run"
x, y, w, h = json.loads((place / "box.json").read_text())
times = []
for turn in range(-5, 100):
    start = time.perf_counter()
    image = cv2.imread(str(place / "one.jpg"))
    keypoints, scores = estimator(image, [[x, y, x + w, y + h]])
    if turn >= 0:
        times.append(time.perf_counter() - start)
print(f"rtmlib, OpenCV {cv2.__version__}, {cv2.getNumThreads()} threads: {1000 * sorted(times)[len(times) // 2]:.2f} ms {what}")
