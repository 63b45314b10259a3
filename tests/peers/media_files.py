#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Holds our files of pictures, volumes and surfaces against programs that are not ours.

What we write is read by SimpleITK, pynrrd, nibabel, trimesh and Pillow; what they write is read by
us. Geometry (spacing, origin, the signs of left and right) and every value must agree. Makes a
virtual environment under --work (once). Exits with 77 (skipped), saying why, where the packages
cannot be had.
"""
import argparse
import os
import pathlib
import subprocess
import sys

PACKAGES = ["numpy", "SimpleITK", "nibabel", "pynrrd", "trimesh", "pillow"]
# World (LPS) from voxel of every volume that we write: see tests/media_io/peer_files.cpp.
MATRIX = [[0.0, -0.6, 0.0, -57.5], [0.4, 0.0, 0.72, 168.25], [0.3, 0.0, -0.96, 30.125],
          [0.0, 0.0, 0.0, 1.0]]
TYPES = ["uint8", "uint16", "float32"]  # in the order of our PixelType
FAILURES = []


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
            skip("the Python peers cannot be installed here (no network, or no python3-venv).")
        ready.touch()
    os.execv(python, [str(python), *sys.argv, "--inside"])


def check(holds, what):
    if not holds:
        FAILURES.append(what)
    print(("agrees: " if holds else "DIFFERS: ") + what)


def samples(count, kind):
    """The values our program puts into what it writes."""
    import numpy as np
    return (np.arange(count) * 37 % 251).astype(kind)


def itk_matrix(image):
    """World (LPS) from voxel as SimpleITK understands a file."""
    import numpy as np
    matrix = np.eye(4)
    direction = np.array(image.GetDirection()).reshape(3, 3)
    matrix[:3, :3] = direction * np.array(image.GetSpacing())
    matrix[:3, 3] = image.GetOrigin()
    return matrix


def check_written_volumes(folder):
    import nibabel
    import nrrd
    import numpy as np
    import SimpleITK as sitk
    flip = np.diag([-1.0, -1.0, 1.0, 1.0])
    for kind in TYPES:
        expected = samples(60, kind).reshape(3, 4, 5)
        for ending in (".nrrd", ".reference.nrrd", ".mha", ".nii", ".nii.gz"):
            image = sitk.ReadImage(str(folder / (kind + ending)))
            same = np.array_equal(sitk.GetArrayFromImage(image), expected)
            same = same and sitk.GetArrayFromImage(image).dtype == kind
            check(same and np.allclose(itk_matrix(image), MATRIX, atol=1e-5),
                  f"SimpleITK reads our {kind}{ending}")
        data, header = nrrd.read(str(folder / (kind + ".nrrd")), index_order="C")
        check(np.array_equal(data, expected) and header["space"] == "left-posterior-superior" and
              np.allclose(header["space directions"].T, np.array(MATRIX)[:3, :3]) and
              np.allclose(header["space origin"], np.array(MATRIX)[:3, 3]),
              f"pynrrd reads our {kind}.nrrd")
        for ending in (".nii", ".nii.gz"):
            image = nibabel.load(folder / (kind + ending))
            check(np.array_equal(np.asarray(image.dataobj).T, expected) and
                  np.allclose(image.affine, flip @ MATRIX, atol=1e-5) and
                  image.header.get_xyzt_units()[0] == "mm", f"nibabel reads our {kind}{ending}")
            qform, code = image.header.get_qform(coded=True)
            check(np.allclose(qform, flip @ MATRIX, atol=1e-5) and code == 2 and
                  image.header.get_sform(coded=True)[1] == 2,
                  f"nibabel finds both forms of our {kind}{ending} aligned to anatomy")


def check_written_pictures(folder):
    import nrrd
    import numpy as np
    import SimpleITK as sitk
    from PIL import Image
    for name, kind, channels in (("g8", "uint8", 1), ("c8", "uint8", 3), ("g16", "uint16", 1)):
        expected = samples(42 * channels, kind).reshape(6, 7, channels).squeeze()
        with Image.open(folder / f"{name}.png") as image:
            check(np.array_equal(np.asarray(image), expected), f"Pillow reads our {name}.png")
        for form in ("raw", "packed"):
            clip = sitk.GetArrayFromImage(sitk.ReadImage(str(folder / f"{name}.{form}.mha")))
            check(len(clip) == 2 and np.array_equal(clip[1], expected),
                  f"SimpleITK reads our sequence {name}.{form}.mha")
        if channels == 1:
            stack, header = nrrd.read(str(folder / f"{name}.stack.nrrd"), index_order="C")
            check(np.array_equal(stack[1], expected) and
                  np.allclose(header["spacings"], [0.2, 0.3, np.nan], equal_nan=True) and
                  header["kinds"] == ["domain", "domain", "list"],
                  f"pynrrd reads our {name}.stack.nrrd, frames without a spacing")


def check_written_surfaces(folder):
    import numpy as np
    import trimesh
    corners = np.array([[1, 2, 3], [11, 2, 3], [1, 22, 3], [1, 2, 33]], float)
    for ending, scale in ((".stl", 1.0), (".ply", 1.0), (".obj", 1.0), (".glb", 1e-3)):
        mesh = trimesh.load(folder / f"surface{ending}", force="mesh")
        expected = corners if scale == 1.0 else corners[:, [0, 2, 1]] * [1e-3, 1e-3, -1e-3]
        found = np.array(sorted(map(tuple, np.round(mesh.vertices / scale, 3))))
        wanted = np.array(sorted(map(tuple, np.round(expected / scale, 3))))
        check(len(found) == 4 and np.allclose(found, wanted) and mesh.is_watertight and
              np.isclose(mesh.volume / scale**3, 1000.0, rtol=1e-4),
              f"trimesh reads our surface{ending}, closed and facing outwards")


def our_volume(program, path, work):
    import numpy as np
    raw = work / "raw"
    done = subprocess.run([program, "volume", path, raw], capture_output=True, text=True)
    if done.returncode != 0:
        return None, None, done.stderr.strip()
    first, *rows = done.stdout.strip().split("\n")
    kind, cols, rows_, slices, world = first.split()
    data = np.fromfile(raw, TYPES[int(kind)]).reshape(int(slices), int(rows_), int(cols))
    return data, np.array([row.split() for row in rows], float), world


def check_read_volumes(program, work):
    import nibabel
    import nrrd
    import numpy as np
    import SimpleITK as sitk
    expected = samples(60, "int16").reshape(3, 4, 5)
    flip = np.diag([-1.0, -1.0, 1.0, 1.0])

    def compare(path, values, what):
        data, matrix, world = our_volume(program, path, work)
        check(data is not None and np.array_equal(data, values) and
              np.allclose(matrix, MATRIX, atol=1e-5) and world == "LPS", f"we read {what}: {world}")

    for kind in ("uint8", "int16", "uint16", "int32", "float32", "float64"):
        image = sitk.GetImageFromArray(expected.astype(kind))
        spacing = np.linalg.norm(np.array(MATRIX)[:3, :3], axis=0)
        image.SetSpacing(spacing)
        image.SetOrigin([row[3] for row in MATRIX[:3]])
        image.SetDirection((np.array(MATRIX)[:3, :3] / spacing).ravel())
        for ending in (".nrrd", ".nhdr", ".mha", ".mhd", ".nii", ".nii.gz"):
            for packed in (False, True):
                path = work / f"sitk{ending}"
                sitk.WriteImage(image, str(path), packed)
                compare(path, expected, f"SimpleITK's {kind}{ending}, compressed {packed}")
    signed = expected - 100
    affine = flip @ MATRIX
    nifti = nibabel.Nifti1Image(signed.T.astype("int16"), affine)
    nifti.set_qform(affine, 1)
    nifti.set_sform(None, 0)
    nibabel.save(nifti, work / "qform.nii.gz")
    compare(work / "qform.nii.gz", signed, "nibabel's signed file with a qform alone")
    big = nibabel.Nifti1Image(expected.T, affine, nibabel.Nifti1Header(endianness=">"))
    nibabel.save(big, work / "big.nii")
    compare(work / "big.nii", expected, "nibabel's big-endian file")
    directions = (np.diag([-1.0, -1.0, 1.0]) @ np.array(MATRIX)[:3, :3]).T
    nrrd.write(str(work / "ras.nrrd"), expected.T, {
        "space": "right-anterior-superior", "space directions": directions,
        "space origin": np.diag([-1.0, -1.0, 1.0]) @ np.array(MATRIX)[:3, 3]})
    compare(work / "ras.nrrd", expected, "pynrrd's RAS file")


def check_read_pictures(program, work):
    import numpy as np
    from PIL import Image
    gray = Image.fromarray(samples(42, "uint8").reshape(6, 7))
    colour = Image.fromarray(samples(126, "uint8").reshape(6, 7, 3))
    deep = Image.fromarray((samples(42, "uint16") * 200).reshape(6, 7))
    cases = [(name, picture) for name, picture in
             [("g.png", gray), ("c.png", colour), ("g16.png", deep), ("a.png", colour.convert("RGBA")),
              ("la.png", gray.convert("LA")), ("p.png", gray.convert("P")), ("1.png", gray.convert("1")),
              ("g.bmp", gray), ("c.bmp", colour), ("g.tif", gray), ("c.tif", colour),
              ("g16.tif", deep), ("p.tif", gray.convert("P")), ("1.tif", gray.convert("1"))]]
    for name, picture in cases:
        path, raw = work / name, work / "raw"
        picture.save(path)
        done = subprocess.run([program, "image", path, raw], capture_output=True, text=True)
        if done.returncode != 0:
            check(False, f"we read Pillow's {name}: {done.stderr.strip()}")
            continue
        kind, rows, cols, channels = map(int, done.stdout.split())
        ours = np.fromfile(raw, TYPES[kind]).reshape(rows, cols, channels)
        plain = picture if name.startswith("g16") else picture.convert("RGB")
        theirs = np.asarray(plain).reshape(6, 7, -1)
        check(ours.shape[:2] == (6, 7) and np.array_equal(np.broadcast_to(ours, theirs.shape), theirs),
              f"we read Pillow's {name}")
    colour.convert("CMYK").save(work / "cmyk.jpg")
    done = subprocess.run([program, "image", work / "cmyk.jpg", work / "raw"], capture_output=True)
    check(done.returncode == 3, "we refuse a CMYK JPEG in words")


def check_real_sequences(program, work):
    """Files in MFA order lie on the disk as ultrasound is shown: every sample must be the same."""
    import numpy as np
    import SimpleITK as sitk
    data = os.environ.get("SONOTWIN_TEST_DATA", "")
    files = sorted(pathlib.Path(data, "tracked").rglob("*.igs.*")) if data else []
    for path in files:
        raw = work / "raw"
        done = subprocess.run([program, "sequence", path, raw], capture_output=True, text=True)
        if done.returncode != 0:
            print(f"refused: {path.name}: {done.stderr.strip().split(': ', 1)[-1]}")
            continue
        kind, *shape = map(int, done.stdout.split())
        ours = np.fromfile(raw, TYPES[kind]).reshape(shape).squeeze()
        theirs = sitk.GetArrayFromImage(sitk.ReadImage(str(path))).squeeze()
        if theirs.shape != ours.shape:  # ITK takes an NRRD's list for the values of a pixel
            theirs = np.moveaxis(theirs, -1, 0)
        check(np.array_equal(ours, theirs), f"we and SimpleITK read {path.name}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", type=pathlib.Path, required=True)
    parser.add_argument("--work", type=pathlib.Path, required=True)
    parser.add_argument("--inside", action="store_true")
    options = parser.parse_args()
    if not options.inside:
        enter_environment(options.work)
    ours, theirs = options.work / "ours", options.work / "theirs"
    ours.mkdir(exist_ok=True)
    theirs.mkdir(exist_ok=True)
    subprocess.run([options.program, "write", ours], check=True)
    check_written_volumes(ours)
    check_written_pictures(ours)
    check_written_surfaces(ours)
    check_read_volumes(options.program, theirs)
    check_read_pictures(options.program, theirs)
    check_real_sequences(options.program, theirs)
    if FAILURES:
        print(f"{len(FAILURES)} comparisons differ: " + "; ".join(FAILURES))
    return 1 if FAILURES else 0


if __name__ == "__main__":
    sys.exit(main())
