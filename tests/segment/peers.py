# SPDX-License-Identifier: Apache-2.0
"""Reads with Python's safetensors what the program writes, writes what it reads, and computes
its metrics again with SciPy. Exits with 77 (skipped) where the packages cannot be had."""
import argparse
import json
import os
import subprocess
import sys
import tempfile
import venv

PACKAGES = ["numpy", "scipy", "safetensors"]
SKIPPED = 77


def enter_environment(folder):
    """Runs this script again inside a virtual environment that has the packages."""
    python = os.path.join(folder, "bin", "python")
    if os.path.realpath(sys.prefix) == os.path.realpath(folder):
        return
    try:
        if not os.path.exists(python):
            venv.create(folder, with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", *PACKAGES], check=True,
                       timeout=200)
    except (subprocess.SubprocessError, OSError) as failure:
        print(f"Skipped: pip cannot install {', '.join(PACKAGES)} here ({failure}).")
        sys.exit(SKIPPED)
    os.execv(python, [python, *sys.argv])


def check_weights(folder):
    import numpy
    from safetensors import safe_open
    with safe_open(os.path.join(folder, "weights.safetensors"), framework="numpy") as file:
        assert file.metadata() == {"made by": "sonotwin"}
        weight = file.get_tensor("layer.weight")
    expected = numpy.array([[0.5, -1.25], [65504.0, 1e-3]], numpy.float32)
    assert weight.dtype == numpy.float32 and (weight == expected).all(), weight


def boundary(mask):
    from scipy import ndimage
    return mask & ~ndimage.binary_erosion(mask)


def agreement(predicted, truth, sampling):
    import numpy
    from scipy import ndimage
    edges = [boundary(predicted), boundary(truth)]
    away = [ndimage.distance_transform_edt(~edge, sampling=sampling) for edge in edges]
    there, back = away[1][edges[0]], away[0][edges[1]]
    return {
        "dice": 2 * (predicted & truth).sum() / (predicted.sum() + truth.sum()),
        "hd95": max(numpy.percentile(there, 95), numpy.percentile(back, 95)),
        "assd": (there.sum() + back.sum()) / (there.size + back.size),
        "nsd": ((there <= 1).sum() + (back <= 1).sum()) / (there.size + back.size),
    }


def check_metrics(folder):
    from safetensors.numpy import load_file
    tensors = load_file(os.path.join(folder, "masks.safetensors"))
    with open(os.path.join(folder, "agreement.json"), encoding="utf-8") as file:
        computed = json.load(file)
    for index, ours in enumerate(computed):
        theirs = agreement(tensors[f"{index:06d}.image"] > 0, tensors[f"{index:06d}.truth"] > 0,
                           (0.3, 0.2))
        for name, value in theirs.items():
            assert abs(ours[name] - value) < 1e-6, (index, name, ours[name], value)


def check_wilcoxon(folder):
    from scipy.stats import wilcoxon
    with open(os.path.join(folder, "wilcoxon.json"), encoding="utf-8") as file:
        rows = json.load(file)
    for row in rows:
        values = row["differences"]
        sizes = {abs(value) for value in values}
        plain = len(sizes) == len(values) and 0 not in sizes and len(values) <= 50
        theirs = wilcoxon(values, correction=False, method="exact" if plain else "approx").pvalue
        assert abs(row["p"] - theirs) < 1e-9, (row, theirs)


def check_reading(program, folder):
    import numpy
    from safetensors.numpy import save_file
    random = numpy.random.default_rng(5)
    tensors, cases, expected = {}, [], []
    for index in range(5):
        rows, cols = 20 + index, 30 - index
        image = random.integers(0, 256, (rows, cols), numpy.uint8)
        truth = random.integers(0, 3, (rows, cols), numpy.uint8)
        tensors[f"i{index}"], tensors[f"t{index}"] = image, truth
        cases.append({"name": f"c{index}", "group": "g", "split": "val", "image": f"i{index}",
                      "truth": f"t{index}", "pixel_size_mm": None})
        expected.append([f"c{index}", "g", rows, cols, int(image.sum()), int(truth.sum())])
    labels = [{"value": 1, "name": "nerve"}, {"value": 2, "name": "vessel"}]
    description = {"format": "sonotwin-dataset", "version": 1, "labels": labels,
                   "source": "a test", "seed": 1, "cases": cases}
    path = os.path.join(folder, "theirs.safetensors")
    save_file(tensors, path, metadata={"sonotwin": json.dumps(description)})
    answer = subprocess.run([program, "read", path], check=True, capture_output=True).stdout
    assert json.loads(answer) == expected, answer


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", required=True)
    parser.add_argument("--venv", required=True)
    arguments = parser.parse_args()
    enter_environment(arguments.venv)
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([arguments.program, "write", folder], check=True)
        check_weights(folder)
        check_metrics(folder)
        check_wilcoxon(folder)
        check_reading(arguments.program, folder)
    print("weights, metrics and datasets agree")


if __name__ == "__main__":
    main()
