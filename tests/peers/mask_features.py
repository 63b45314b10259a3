#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Holds our features of masks against scikit-image's and SciPy's.

Makes a virtual environment under --work (once). Exits with 77 (skipped), saying why, where the
packages cannot be had.
"""
import argparse
import math
import os
import pathlib
import subprocess
import sys

PACKAGES = ["numpy", "scipy", "scikit-image"]
SPACING = (0.2, 0.3)  # x, y
FAILURES = []


def skip(reason):
    print(f"Skipped: {reason}")
    sys.exit(77)


def enter_environment(work):
    """Runs this script again inside its virtual environment, made on first use."""
    python, ready = work / "bin" / "python", work / "ready"
    if not ready.exists():
        try:
            subprocess.run([sys.executable, "-m", "venv", work], check=True, capture_output=True)
            subprocess.run([python, "-m", "pip", "install", "--quiet", "--retries", "1", *PACKAGES],
                           check=True, capture_output=True, timeout=300)
        except (subprocess.SubprocessError, OSError):
            skip("scikit-image cannot be installed here (no network, or no python3-venv).")
        ready.touch()
    os.execv(python, [str(python), *sys.argv, "--inside"])


def ours(program, work, picture, mask):
    picture.tofile(work / "picture.raw")
    mask.tofile(work / "mask.raw")
    answer = subprocess.run([program, work / "picture.raw", work / "mask.raw", str(mask.shape[0]),
                             str(mask.shape[1]), *map(str, SPACING)],
                            check=True, capture_output=True, text=True).stdout
    return {name: float(value) for name, value in (line.split() for line in answer.splitlines())}


def shape_of(mask):
    from skimage.measure import regionprops
    x, y = SPACING
    region = regionprops(mask, spacing=(y, x))[0]
    plain = regionprops(mask)[0]
    # scikit-image adds the moment of a pixel's own square, ITK takes pixels as points.
    values = sorted(region.inertia_tensor_eigvals)
    angle = math.degrees(math.pi / 2 + region.orientation)
    return {
        "area_mm2": (region.area, 1e-9),
        "equivalent_diameter_mm": (region.equivalent_diameter_area, 1e-9),
        "ellipse_major_mm": (4 * math.sqrt(values[1]), 0.01),
        "ellipse_minor_mm": (4 * math.sqrt(values[0]), 0.01),
        "eccentricity": (region.eccentricity, 0.002),
        "orientation_deg": (angle if angle <= 90 else angle - 180, 0.2),
        "centroid_x_px": (plain.centroid[1], 1e-9),
        "centroid_y_px": (plain.centroid[0], 1e-9),
        "box_x_px": (plain.bbox[1], 0),
        "box_y_px": (plain.bbox[0], 0),
        "box_width_px": (plain.bbox[3] - plain.bbox[1], 0),
        "box_height_px": (plain.bbox[2] - plain.bbox[0], 0),
        "solidity": (plain.solidity, 1e-9),
    }


def levels_of(picture, mask):
    import numpy as np
    from scipy import stats
    inside = picture[mask == 1].astype(float)
    shares = np.bincount(inside.astype(int)) / inside.size
    expected = {"mean": inside.mean(), "sd": inside.std(), "min": inside.min(),
                "max": inside.max(), "median": np.median(inside),
                "p05": np.percentile(inside, 5), "p25": np.percentile(inside, 25),
                "p75": np.percentile(inside, 75), "p95": np.percentile(inside, 95)}
    found = {f"{name}_level": (value, 1e-9) for name, value in expected.items()}
    found["skewness"] = (stats.skew(inside), 1e-9)
    found["kurtosis"] = (stats.kurtosis(inside, fisher=False), 1e-9)
    found["entropy_bits"] = (stats.entropy(shares, base=2), 1e-9)
    return found


def texture_of(picture, mask):
    """Pixels outside become level 32, whose row and column are taken out of the matrix."""
    import numpy as np
    from skimage.feature import graycomatrix, graycoprops
    coarse = np.where(mask == 1, picture // 8, 32).astype(np.uint8)
    angles = [0, np.pi / 4, np.pi / 2, 3 * np.pi / 4]
    counts = graycomatrix(coarse, [1], angles, levels=33, symmetric=True)[:32, :32]
    shares = counts / counts.sum(axis=(0, 1), keepdims=True)
    logs = np.log2(shares, out=np.zeros_like(shares), where=shares > 0)
    found = {name: (graycoprops(shares, prop).mean(), 1e-9) for name, prop in
             [("glcm_energy", "ASM"), ("glcm_contrast", "contrast"),
              ("glcm_homogeneity", "homogeneity"), ("glcm_correlation", "correlation")]}
    found["glcm_entropy_bits"] = (-(shares * logs).sum(axis=(0, 1)).mean(), 1e-9)
    return found


def runs_of(picture, mask):
    """By Python's itertools, level by level."""
    import itertools
    import numpy as np
    coarse = np.where(mask == 1, picture.astype(int) // 8, -1)
    runs = [(level, len(list(group))) for plane in (coarse, coarse.T) for line in plane
            for level, group in itertools.groupby(line) if level >= 0]
    level, length = np.array(runs, float).T
    level += 1
    of_level = np.unique(level, return_counts=True)[1]
    of_length = np.unique(length, return_counts=True)[1]
    return {"run_short_emphasis": ((1 / length ** 2).mean(), 1e-9),
            "run_long_emphasis": ((length ** 2).mean(), 1e-9),
            "run_low_level_emphasis": ((1 / level ** 2).mean(), 1e-9),
            "run_high_level_emphasis": ((level ** 2).mean(), 1e-9),
            "run_level_nonuniformity": ((of_level ** 2).sum() / length.size, 1e-9),
            "run_length_nonuniformity": ((of_length ** 2).sum() / length.size, 1e-9),
            "run_percentage": (length.size / length.sum(), 1e-9)}


def check(program, work, name, picture, mask):
    found = ours(program, work, picture, mask)
    expected = {**shape_of(mask), **levels_of(picture, mask), **texture_of(picture, mask),
                **runs_of(picture, mask)}
    for feature, (value, within) in expected.items():
        away = abs(found[feature] - value)
        if away > within * max(1.0, abs(value)):
            FAILURES.append(feature)
            print(f"DIFFERS: {name}: {feature} is {found[feature]}, theirs {value}")
    print(f"{name}: {len(expected)} features compared")


def main():
    import numpy as np
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", required=True)
    parser.add_argument("--work", required=True, type=pathlib.Path)
    parser.add_argument("--inside", action="store_true")
    arguments = parser.parse_args()
    random = np.random.default_rng(3)
    rows, cols = np.mgrid[0:120, 0:150]
    for name, (a, b, turn) in {"ellipse": (50, 25, 0.5), "upright": (30, 45, 0.0),
                               "small": (9, 6, 2.2)}.items():
        x, y = cols - 74.0, rows - 60.0
        u, v = x * np.cos(turn) + y * np.sin(turn), y * np.cos(turn) - x * np.sin(turn)
        mask = ((u / a) ** 2 + (v / b) ** 2 <= 1).astype(np.uint8)
        smooth = 120 + 60 * np.sin(cols / 9) * np.cos(rows / 7)
        picture = np.clip(smooth + random.normal(0, 12, mask.shape), 0, 255).astype(np.uint8)
        check(arguments.program, arguments.work, name, picture, mask)
    sys.exit(1 if FAILURES else 0)


if __name__ == "__main__":
    if "--inside" not in sys.argv:
        given = argparse.ArgumentParser()
        given.add_argument("--work", required=True, type=pathlib.Path)
        enter_environment(given.parse_known_args()[0].work)
    main()
