"""Times pycocotools on COCO keypoint labels and results and prints its ten numbers.

usage: score_pycocotools.py LABELS PREDICTIONS [REPETITIONS]

Needs python3-numpy and a built pycocotools (github.com/ppwwyyxx/cocoapi, PythonAPI: python3 setup.py build_ext --inplace)
on PYTHONPATH. The files must not be gzip'd. Compare with: Sinew.Bench scoring LABELS PREDICTIONS, in the same session.
"""
import contextlib
import io
import json
import sys
import time

from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval


def score(labels, predictions):
    marks = [time.perf_counter()]
    with contextlib.redirect_stdout(io.StringIO()):
        truth = COCO(labels)
        marks.append(time.perf_counter())
        found = truth.loadRes(predictions)
        marks.append(time.perf_counter())
        evaluation = COCOeval(truth, found, "keypoints")
        evaluation.evaluate()
        marks.append(time.perf_counter())
        evaluation.accumulate()
        evaluation.summarize()
        marks.append(time.perf_counter())
    return [b - a for a, b in zip(marks, marks[1:])], list(evaluation.stats)


def main():
    repetitions = int(sys.argv[3]) if len(sys.argv) > 3 else 3
    processor = time.process_time()
    runs = [score(sys.argv[1], sys.argv[2]) for _ in range(repetitions)]
    processor = (time.process_time() - processor) / repetitions
    parts, numbers = min(runs, key=lambda run: sum(run[0]))
    names = ["load", "loadRes", "evaluate", "accumulate"]
    print(f"best of {repetitions}: {sum(parts):.3f} s ({processor:.3f} s of processor time), " + ", ".join(f"{n} {p:.3f}" for n, p in zip(names, parts)))
    print(json.dumps(numbers))


main()
