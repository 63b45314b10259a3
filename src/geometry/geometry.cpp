// SPDX-License-Identifier: Apache-2.0
// The module is its headers; this file proves that they stand alone.
#include "sonotwin/geometry/transform.h"
