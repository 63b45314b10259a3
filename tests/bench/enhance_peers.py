# SPDX-License-Identifier: Apache-2.0
"""What OpenCV and scikit-image need for a 640 x 480 frame, in CPU milliseconds, best of five.

Needs numpy, opencv-python-headless and scikit-image; compare with bench_enhance."""
import time

import cv2
import numpy
from skimage import exposure, restoration


def cpu_ms(work):
    best = 1e9
    for _ in range(5):
        start = time.process_time()
        work()
        best = min(best, 1e3 * (time.process_time() - start))
    return best


picture = numpy.random.default_rng(1).normal(120, 24, (480, 640)).clip(0, 255).astype(numpy.uint8)
level = picture / 255.0
float_picture = picture.astype(numpy.float32)
rows = {
    "OpenCV medianBlur 5 x 5 (8 bit)": lambda: cv2.medianBlur(picture, 5),
    "OpenCV bilateralFilter, 13 px, sigmas 40 and 2 (float)":
        lambda: cv2.bilateralFilter(float_picture, 13, 40, 2),
    "OpenCV fastNlMeansDenoising 5 / 13 px (8 bit)":
        lambda: cv2.fastNlMeansDenoising(picture, None, 10, 5, 13),
    "scikit-image denoise_nl_means 5 / 13 px, fast mode":
        lambda: restoration.denoise_nl_means(level, 5, 6, fast_mode=True),
    "OpenCV CLAHE 8 x 8 (8 bit)":
        lambda: cv2.createCLAHE(2.0, (8, 8)).apply(picture),
    "scikit-image equalize_adapthist": lambda: exposure.equalize_adapthist(level, 60),
}
for name, work in rows.items():
    print(f"| {name} | {cpu_ms(work):.1f} |")
