// SPDX-License-Identifier: Apache-2.0
#include "dcmtk_setup.h"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcdict.h>
#include <dcmtk/dcmjpls/djdecode.h>
#include <dcmtk/oflog/oflog.h>

#include "sonotwin/base/error.h"

namespace sonotwin::dicom {

void prepareDcmtk() {
  static const bool has_dictionary = [] {
    OFLog::configure(OFLogger::OFF_LOG_LEVEL);
    DJLSDecoderRegistration::registerCodecs(EJLSUC_never, EJLSPC_colorByPixel);
    return dcmDataDict.isDictionaryLoaded() != OFFalse;
  }();
  if (!has_dictionary) {
    throw Error(
        ErrorKind::kInternal,
        "DCMTK's data dictionary is missing. Install the package libdcmtk17 again, or point "
        "DCMDICTPATH to dicom.dic.");
  }
}

}  // namespace sonotwin::dicom
