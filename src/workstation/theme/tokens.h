// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QColor>

namespace sonotwin::workstation::tokens {

/// Colours and measures of the window, in one place: the style sheet is made from these.
inline constexpr QRgb kGround = 0xFF0B0E12;
inline constexpr QRgb kPanel = 0xFF11161C;
inline constexpr QRgb kRaised = 0xFF181F28;
inline constexpr QRgb kControl = 0xFF212A35;
inline constexpr QRgb kLine = 0xFF26303B;
inline constexpr QRgb kText = 0xFFE8EDF2;
inline constexpr QRgb kSecondary = 0xFFA3B0BD;
inline constexpr QRgb kFaint = 0xFF6C7A89;  ///< captions only
inline constexpr QRgb kAccent = 0xFF4DC8BE;
inline constexpr QRgb kAccentRow = 0xFF142526;    ///< ground of a selected row
inline constexpr QRgb kAccentBadge = 0xFF173635;  ///< ground of a badge in accent
inline constexpr QRgb kGood = 0xFF6CC48A;
inline constexpr QRgb kLook = 0xFFE5B454;
inline constexpr QRgb kDanger = 0xFFE5675E;
inline constexpr QRgb kSweep = 0xFF5D80A8;    ///< outlines of a sweep's frames in 3D
inline constexpr QRgb kPicture = 0xFF000000;  ///< behind an ultrasound picture

inline constexpr int kBaseSize_px = 13;
inline constexpr int kCaptionSize_px = 11;
inline constexpr int kStateSize_px = 15;
inline constexpr int kTitleSize_px = 18;

inline constexpr int kGrid_px = 8;
inline constexpr int kPanelMargin_px = 16;
inline constexpr int kControlHeight_px = 32;
inline constexpr int kRadius_px = 6;
inline constexpr int kRailWidth_px = 72;
inline constexpr int kRailCompactWidth_px = 52;
inline constexpr int kTopBarHeight_px = 48;
inline constexpr int kStatusBarHeight_px = 28;
inline constexpr int kInspectorWidth_px = 330;
inline constexpr int kInspectorCompactWidth_px = 280;
inline constexpr int kRobotInspectorWidth_px = 400;
/// Below this window width the rail shows icons only and the inspector is narrow.
inline constexpr int kCompactBelow_px = 1500;

inline QColor colour(QRgb token) {
  return QColor::fromRgb(token);
}

}  // namespace sonotwin::workstation::tokens
