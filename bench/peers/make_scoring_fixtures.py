"""Makes tests/Sinew.Tests/Evaluation/Fixtures/*.json: small generated sets and what pycocotools and xtcocotools say of them.

usage: make_scoring_fixtures.py FOLDER

Needs python3-numpy, a built pycocotools (github.com/ppwwyyxx/cocoapi) and xtcocotools (github.com/jin-s13/xtcocoapi, d74033f)
on PYTHONPATH. The sets are made up from fixed seeds; no picture and no person stands behind them.
"""
import contextlib
import io
import json
import os
import sys
import tempfile

import numpy as np
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval
from xtcocotools.coco import COCO as XtCOCO
from xtcocotools.cocoeval import COCOeval as XtCOCOeval

SIGMAS = np.array([.26, .25, .25, .35, .35, .79, .79, .72, .72, .62, .62, 1.07, 1.07, .87, .87, .89, .89]) / 10.0


def generate(seed, images=14, joints=17, digits=2, crowds=0.1, unlabelled=0.15, scores=None, most=6, boxes=False, limits=False, extra=0, noise=1.0):
    """Labels and predictions; predictions are labels with noise, plus strays."""
    rng = np.random.default_rng(seed)
    number = (lambda v: float(v)) if digits is None else (lambda v: round(float(v), digits))
    ids = rng.permutation(10 * images)[:images]
    labels = {"images": [{"id": int(i), "width": 640, "height": 480} for i in ids], "annotations": [],
              "categories": [{"id": 1, "name": "person", "keypoints": [f"k{j}" for j in range(joints)]}]}
    found = []
    edges = [1024, 1023.999, 1024.0001, 9216, 9216.0001, 9215.9999, 1e10, 400.5, 30000.25]

    def predict(image, points, spread, mean):
        moved = points + rng.normal(0, spread, points.shape)
        score = float(rng.choice(scores)) if scores else number(np.clip(mean + rng.normal(0, 0.2), 0.01, 1))
        record = {"image_id": int(image), "category_id": 1, "score": score,
                  "keypoints": [n for x, y in moved for n in (number(x), number(y), round(float(rng.uniform(0.05, 1)), 3))]}
        if boxes:
            x0, y0 = moved.min(0)
            x1, y1 = moved.max(0)
            record["bbox"] = [number(x0 - 2), number(y0 - 3), number(x1 - x0 + 5), number(y1 - y0 + 6)]
        found.append(record)

    for image in ids:
        for _ in range(int(rng.integers(0, most))):
            width, height = rng.uniform(15, 150), rng.uniform(25, 300)
            x, y = rng.uniform(0, 500), rng.uniform(0, 300)
            points = np.stack([x + rng.uniform(0, width, joints), y + rng.uniform(0, height, joints)], 1)
            flags = rng.choice([0, 1, 2], joints, p=[0.25, 0.25, 0.5])
            crowd = rng.uniform() < crowds
            if crowd or rng.uniform() < unlabelled:
                flags[:] = 0
            area = float(rng.choice(edges)) if limits and rng.uniform() < 0.7 else number(width * height * 0.5)
            labels["annotations"].append({
                "id": len(labels["annotations"]) + 1, "image_id": int(image), "category_id": 1, "iscrowd": int(crowd), "area": area,
                "bbox": [number(x), number(y), number(width), number(height)], "num_keypoints": int((flags > 0).sum()),
                "keypoints": [n for (px, py), f in zip(points, flags) for n in ((number(px), number(py)) if f else (0, 0)) + (int(f),)]})
            for _ in range(int(rng.integers(0, 4))):
                spread = rng.uniform(0.5, 12)
                predict(image, points, spread * noise, 1 - spread / 15)
        for _ in range(int(rng.integers(0, 3)) + extra):
            width, height = rng.uniform(15, 150), rng.uniform(25, 300)
            points = np.stack([rng.uniform(0, 500) + rng.uniform(0, width, joints), rng.uniform(0, 300) + rng.uniform(0, height, joints)], 1)
            predict(image, points, 1, 0.3)
    order = rng.permutation(len(found))
    return labels, [found[i] for i in order]


def in_files(labels, found):
    folder = tempfile.mkdtemp()
    paths = [os.path.join(folder, name) for name in ("labels.json", "predictions.json")]
    for path, content in zip(paths, (labels, found)):
        with open(path, "w") as file:
            json.dump(content, file)
    return paths


def pycocotools(labels, found):
    paths = in_files(labels, found)
    with contextlib.redirect_stdout(io.StringIO()):
        truth = COCO(paths[0])
        evaluation = COCOeval(truth, truth.loadRes(paths[1]), "keypoints")
        evaluation.evaluate()
        evaluation.accumulate()
        evaluation.summarize()
    return [float(n) for n in evaluation.stats]


def xtcocotools(labels, found, kind, sigmas, use_area=True):
    paths = in_files(labels, found)
    with contextlib.redirect_stdout(io.StringIO()):
        truth = XtCOCO(paths[0])
        evaluation = XtCOCOeval(truth, truth.loadRes(paths[1]), kind, np.array(sigmas), use_area=use_area)
        evaluation.evaluate()
        evaluation.accumulate()
        evaluation.summarize()
    return [float(n) for n in evaluation.stats]


def coco_sets():
    kinds = {
        "plain": dict(seed=1),
        "crowds and people without joints": dict(seed=2, crowds=0.35, unlabelled=0.35),
        "more than twenty predictions, few different scores": dict(seed=3, images=6, scores=[0.2, 0.4, 0.4001, 0.9], extra=24),
        "areas at the limits": dict(seed=4, limits=True),
        "sixteen digits": dict(seed=5, digits=None),
        "results with boxes": dict(seed=6, boxes=True, limits=True),
        "equal scores everywhere": dict(seed=7, scores=[0.5]),
        "many people": dict(seed=8, images=5, most=30),
    }
    sets = []
    for name, arguments in kinds.items():
        labels, found = generate(**arguments)
        if name == "crowds and people without joints":
            # num_keypoints decides, even against the flags.
            for annotation in labels["annotations"][::7]:
                annotation["num_keypoints"] = 0
            labels["categories"].append({"id": 2, "name": "dog", "keypoints": ["tail"]})
            for record in found[::9]:
                record["category_id"] = 2
        sets.append({"name": name, "labels": labels, "predictions": found, "numbers": pycocotools(labels, found)})
    # A subset of the joints is what is left when the others are cut out of both files (areas of predictions stay theirs).
    labels, found = generate(seed=9, boxes=True)
    subset = [0, 5, 6, 9, 10, 15, 16]
    cut = lambda values: [values[3 * j + i] for j in subset for i in range(3)]
    fewer = json.loads(json.dumps(labels))
    for annotation in fewer["annotations"]:
        annotation["keypoints"] = cut(annotation["keypoints"])
        annotation["num_keypoints"] = sum(1 for f in annotation["keypoints"][2::3] if f > 0)
    numbers = xtcocotools(fewer, [dict(record, keypoints=cut(record["keypoints"])) for record in found], "keypoints", SIGMAS[subset])
    sets.append({"name": "a subset of the joints", "labels": labels, "predictions": found, "joints": subset, "numbers": numbers})
    return sets


def crowdpose_set():
    sigmas = [.079, .079, .072, .072, .062, .062, .107, .107, .087, .087, .089, .089, .079, .079]
    labels, found = generate(seed=21, images=30, joints=14)
    rng = np.random.default_rng(22)
    for image in labels["images"]:
        image["crowdIndex"] = round(float(rng.uniform()), 2)
    labels["images"][0]["crowdIndex"], labels["images"][1]["crowdIndex"] = 0.2, 0.8
    for annotation in labels["annotations"]:
        del annotation["area"]
        annotation["num_keypoints"] = sum(1 for f in annotation["keypoints"][2::3] if f == 2)
    for record in found[::11]:
        record["keypoints"][2::3] = [0] * 14
    return {"labels": labels, "predictions": found, "numbers": xtcocotools(labels, found, "keypoints_crowd", sigmas, use_area=False)}


def wholebody_set(sigmas):
    labels, found = generate(seed=31, images=8, joints=133, digits=1, most=4, noise=0.12)
    cuts = {"keypoints": (0, 17), "foot_kpts": (17, 23), "face_kpts": (23, 91), "lefthand_kpts": (91, 112), "righthand_kpts": (112, 133)}
    rng = np.random.default_rng(32)
    labels["categories"][0]["keypoints"] = labels["categories"][0]["keypoints"][:17]
    for record in labels["annotations"] + found:
        values = record["keypoints"]
        for name, (a, b) in cuts.items():
            record[name] = values[3 * a:3 * b]
    for annotation in labels["annotations"]:
        for name in list(cuts)[1:]:
            if rng.uniform() < 0.4:
                annotation[name] = [0] * len(annotation[name])
    for record in found:
        for part in ("foot", "lefthand"):
            record[f"{part}_score"] = round(float(rng.uniform()), 3)
        if rng.uniform() < 0.2:
            record["face_kpts"][2::3] = [0] * 68
    numbers = {}
    for part, (a, b) in {"body": (0, 17), "foot": (17, 23), "face": (23, 91), "lefthand": (91, 112), "righthand": (112, 133), "wholebody": (0, 133)}.items():
        numbers[part] = xtcocotools(labels, found, f"keypoints_{part}", sigmas[a:b])
    return {"labels": labels, "predictions": found, "numbers": numbers}


def main():
    folder = sys.argv[1]
    with open(os.path.join(folder, "wholebody-sigmas.json")) as file:
        sigmas = json.load(file)
    contents = {"coco": coco_sets(), "crowdpose": crowdpose_set(), "wholebody": wholebody_set(sigmas)}
    for name, content in contents.items():
        with open(os.path.join(folder, f"{name}.json"), "w") as file:
            json.dump(content, file, separators=(",", ":"))


main()
