#pragma once

/// Files that every page carries, embedded by the build (CMakeLists.txt).
namespace reconcile::report {

extern const char* const kUplotScript;   ///< third_party/uplot, which defines `uPlot`
extern const char* const kUplotStyle;    ///< its style sheet
extern const char* const kCurvesScript;  ///< curves.js: makes the drawings of `curve_chart` zoomable

}  // namespace reconcile::report
