#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Holds the de-identified copy of every real DICOM file against pydicom and dicom3tools.

Each file of $SONOTWIN_TEST_DATA/dicom is copied as it is and with a blanked box. pydicom must read
the copies without a warning, find the pixels outside the box equal to the input's and black inside,
and none of the input's names, ids and dates in their bytes. `dciodvfy` may complain of nothing that
it does not complain of in the input. Exits with 77 (skipped) as dicom_pixels.py does.
"""
import argparse
import os
import pathlib
import shutil
import subprocess
import sys
import warnings

from dicom_pixels import enter_environment, peer_pixels, skip

BOX = (3, 5, 41, 27)  # columns [3, 41), rows [5, 27); odd edges split pairs that share colour
IDENTIFYING = ["PatientName", "PatientID", "AccessionNumber", "InstitutionName", "StationName",
               "ReferringPhysicianName", "OperatorsName", "PerformingPhysicianName",
               "InstitutionAddress", "PatientBirthDate", "DeviceSerialNumber", "OtherPatientIDs"]
UIDS = ["StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID", "FrameOfReferenceUID"]


def strict_read(path):
    import pydicom
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        dataset = pydicom.dcmread(path)
        for element in dataset.iterall():
            str(element.value)
    return dataset


def complaints(path):
    done = subprocess.run(["dciodvfy", path], capture_output=True, text=True, errors="replace")
    lines = (done.stdout + done.stderr).splitlines()
    return {line for line in lines if line.startswith(("Error", "Warning"))}


def shape_of(pixels, dataset):
    """Frames, rows, columns, samples."""
    return pixels.reshape(int(dataset.get("NumberOfFrames", 1) or 1), dataset.Rows,
                          dataset.Columns, -1)


def pixel_problem(source, copy, boxed):
    import numpy as np
    import pydicom
    before = shape_of(peer_pixels(source)[0], pydicom.dcmread(source, force=True))
    after = shape_of(peer_pixels(copy)[0], strict_read(copy))
    if not np.array_equal(before, after):
        return "the copy's pixels differ"
    dataset = strict_read(boxed)
    blanked = shape_of(peer_pixels(boxed)[0], dataset)
    x0, y0, x1, y1 = BOX
    inside = np.zeros(before.shape[1:3], bool)
    inside[y0:y1, x0:x1] = True
    lossy = peer_pixels(source)[1]
    difference = np.abs(before[:, ~inside].astype(int) - blanked[:, ~inside].astype(int))
    # pydicom decodes a lossy input itself; ours was decoded by libjpeg before it was blanked.
    if difference.max() > (6 if lossy else 0):
        return f"pixels outside the box differ by up to {difference.max()}"
    black = blanked[:, inside]
    if dataset.PhotometricInterpretation == "PALETTE COLOR":
        darkest = before.reshape(-1, before.shape[-1]).sum(axis=1).min()
        return None if (black.sum(axis=-1) <= darkest).all() else "the box is not black"
    return None if (black <= 1).all() else "the box is not black"


def leak(source, copy):
    import pydicom
    dataset = pydicom.dcmread(source, force=True)
    written = pathlib.Path(copy).read_bytes()
    for name in IDENTIFYING + UIDS:
        value = str(dataset.get(name, "")).strip(" ^")
        if len(value) > 3 and value.encode("latin-1", "replace") in written:
            return f"{name} is still there"
    return None


def check(path, program, work):
    copy, boxed = work / "copy.dcm", work / "boxed.dcm"
    for target, boxes in ((copy, []), (boxed, [",".join(map(str, BOX))])):
        done = subprocess.run([program, path, target, *boxes], capture_output=True, text=True)
        if done.returncode != 0:
            return f"refused: {done.stderr.strip()}"
    problem = leak(path, copy) or pixel_problem(path, copy, boxed)
    if problem or not shutil.which("dciodvfy"):
        return problem
    new = (complaints(copy) | complaints(boxed)) - complaints(path)
    return "new complaints: " + "; ".join(sorted(new)) if new else None


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--deidentify", type=pathlib.Path, required=True)
    parser.add_argument("--work", type=pathlib.Path, required=True)
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    data = os.environ.get("SONOTWIN_TEST_DATA")
    if not data:
        skip("SONOTWIN_TEST_DATA is not set: no real data to compare.")
    if not options.inside:
        enter_environment(options.work)
    if not shutil.which("dciodvfy"):
        print("dciodvfy (Debian's dicom3tools) is not installed: it was not asked.")
    files = sorted(pathlib.Path(data, "dicom").rglob("*.dcm"))
    problems = 0
    for path in files:
        problem = check(path, options.deidentify, options.work)
        print(f"{path.name}: {problem or 'agrees'}")
        problems += problem is not None
    sys.exit(1 if problems or not files else 0)


if __name__ == "__main__":
    main()
