// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sonotwin/segment/metrics.h"

namespace sonotwin::pipeline {

/// Where a label is absent and one network says so, its Dice does not apply; where the other one
/// finds it there, that one's is 0. The first then counts as 1, so that a network that sees what is
/// not there is not passed over when the two are paired.
void countEmptyAgreement(segment::Evaluation& one, segment::Evaluation& other);

}  // namespace sonotwin::pipeline
