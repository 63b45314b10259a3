#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Holds every frame of every real DICOM file against pydicom and its decoders.

Makes a virtual environment under --work (once), reads each file of $SONOTWIN_TEST_DATA/dicom with
pydicom, dumps it with our reader and compares: lossless encodings must be equal, lossy ones within
a few levels. Exits with 77 (skipped), saying why, where there is no data or pydicom cannot be had.
"""
import argparse
import os
import pathlib
import subprocess
import sys

PACKAGES = ["pydicom==3.*", "pylibjpeg==2.*", "pylibjpeg-libjpeg==2.*", "pylibjpeg-openjpeg==2.*",
            "numpy"]
LOSSY = {"1.2.840.10008.1.2.4.50", "1.2.840.10008.1.2.4.51", "1.2.840.10008.1.2.4.81",
         "1.2.840.10008.1.2.4.91"}
LARGEST_LOSSY_DIFFERENCE = 6  # levels; decoders round and interpolate colour differently
MEAN_LOSSY_DIFFERENCE = 0.5


def skip(reason):
    print(f"Skipped: {reason}")
    sys.exit(77)


def enter_environment(work):
    """Runs this script again inside its virtual environment, made on first use."""
    python = work / "bin" / "python"
    ready = work / "ready"
    if not ready.exists():
        try:
            subprocess.run([sys.executable, "-m", "venv", work], check=True, capture_output=True)
            subprocess.run([python, "-m", "pip", "install", "--quiet", "--retries", "1", *PACKAGES],
                           check=True, capture_output=True, timeout=300)
        except (subprocess.SubprocessError, OSError):
            skip("pydicom cannot be installed here (no network, or no python3-venv).")
        ready.touch()
    os.execv(python, [str(python), *sys.argv, "--inside"])


def palette_rgb(dataset, indices):
    """8-bit colours; pydicom's lookup forgets that tables of big-endian files are swapped."""
    from pydicom.pixels import apply_color_lut
    import numpy as np
    if dataset.original_encoding[1] is False:
        for name in ("Red", "Green", "Blue"):
            table = dataset[f"{name}PaletteColorLookupTableData"]
            table.value = np.frombuffer(table.value, ">u2").astype("<u2").tobytes()
    colours = apply_color_lut(indices, dataset)
    return colours if colours.dtype == np.uint8 else (colours >> 8).astype(np.uint8)


def peer_pixels(path):
    """All frames as pydicom decodes them, in our conventions; and whether they are lossy."""
    import pydicom
    from pydicom.pixels import pixel_array
    dataset = pydicom.dcmread(path, force=True)
    pixels = pixel_array(dataset)
    if dataset.PhotometricInterpretation == "PALETTE COLOR":
        pixels = palette_rgb(dataset, pixels)
    if dataset.PhotometricInterpretation == "MONOCHROME1":
        pixels = (1 << dataset.BitsStored) - 1 - pixels
    return pixels, dataset.file_meta.TransferSyntaxUID in LOSSY


def compare(path, dump, raw):
    """Nothing where the two agree, else what differs."""
    import numpy as np
    done = subprocess.run([dump, path, raw], capture_output=True, text=True)
    if done.returncode != 0:
        return f"refused: {done.stderr.strip()}"
    frames, rows, cols, channels, sample_bytes = map(int, done.stdout.split())
    ours = np.fromfile(raw, np.uint8 if sample_bytes == 1 else np.uint16)
    theirs, lossy = peer_pixels(path)
    if ours.size != theirs.size or theirs.size != frames * rows * cols * channels:
        return f"sizes differ: {ours.size} samples, pydicom has {theirs.size}"
    difference = np.abs(ours.astype(np.int32) - theirs.reshape(-1).astype(np.int32))
    print(f"{path.name}: {frames} frames, largest difference {difference.max()}, "
          f"mean {difference.mean():.4f}")
    allowed = LARGEST_LOSSY_DIFFERENCE if lossy else 0
    if difference.max() > allowed or difference.mean() > MEAN_LOSSY_DIFFERENCE:
        return f"pixels differ by up to {difference.max()}"
    return None


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--dump", type=pathlib.Path, required=True)
    parser.add_argument("--work", type=pathlib.Path, required=True)
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    data = os.environ.get("SONOTWIN_TEST_DATA")
    if not data:
        skip("SONOTWIN_TEST_DATA is not set: no real data to compare.")
    if not options.inside:
        enter_environment(options.work)
    files = sorted(pathlib.Path(data, "dicom").rglob("*.dcm"))
    problems = 0
    for path in files:
        problem = compare(path, options.dump, options.work / "frames.raw")
        if problem:
            problems += 1
            print(f"{path.name}: {problem}")
    print(f"{len(files) - problems} of {len(files)} files agree")
    sys.exit(1 if problems or not files else 0)


if __name__ == "__main__":
    main()
