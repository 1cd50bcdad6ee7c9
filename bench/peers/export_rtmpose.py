#!/usr/bin/env python3
"""RTMPose-t (17 joints, 192 x 256) exported by PyTorch's own exporter, to be timed beside Sinew's file by `Sinew.Bench export FILE`.

usage: export_rtmpose.py FILE     needs python3-torch
"""
import sys

import torch

from training_step import RtmPoseTiny


def main():
    torch.manual_seed(1)
    network = RtmPoseTiny()
    crops = torch.randn(2, 3, 256, 192)
    network(crops)  # gives the norms statistics that are not 0 and 1
    torch.onnx.export(
        network.eval(), crops, sys.argv[1], opset_version=17, input_names=["input"], output_names=["simcc_x", "simcc_y"],
        dynamic_axes={name: {0: "batch"} for name in ("input", "simcc_x", "simcc_y")})


if __name__ == "__main__":
    main()
