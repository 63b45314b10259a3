// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace sonotwin {

/// Makes OpenMP's threads sleep while they wait for each other. They would spin, which on a machine
/// that has other work, or fewer cores than threads, costs several times what the work does. The
/// library reads that from the environment before `main` begins, so where OMP_WAIT_POLICY does not
/// say otherwise the program is started anew in its place: call it first in `main`.
/// @param arguments  of `main`
void startWithQuietThreads(char** arguments);

}  // namespace sonotwin
