# How our code is compiled, and the two functions that declare it.

add_library(reconcile_flags INTERFACE)
# Options structs are filled by designated initialisers; what is left out keeps its default, so that is no warning.
# -fPIC for programs too: one precompiled header then serves libraries, programs and the Python module.
# gcc 12 sees overlaps in std::string's operator+ that are not there (gcc bug 105651).
target_compile_options(reconcile_flags INTERFACE -Wall -Wextra -Werror -Wno-missing-field-initializers -Winvalid-pch -fPIC
  $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict -Wno-stringop-overflow -Wno-array-bounds>)
target_link_libraries(reconcile_flags INTERFACE OpenMP::OpenMP_CXX)
if(RECONCILE_SANITIZE)
  target_compile_options(reconcile_flags INTERFACE -fsanitize=${RECONCILE_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer
    $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)  # gcc sees too little of instrumented code
  target_compile_definitions(reconcile_flags INTERFACE _GLIBCXX_ASSERTIONS)
  target_link_options(reconcile_flags INTERFACE -fsanitize=${RECONCILE_SANITIZE})
endif()

# reconcile_library(FOLDER [SOURCES a.cc ...] [CATALOG] [DEPENDS folder ... or package targets] [TORCH] [BATCHES])
# One static library for one folder of src/reconcile. CATALOG adds one source for each X(name) line of catalog.inc and
# refuses a .cc file that neither SOURCES nor catalog.inc names. TORCH compiles with the shared precompiled header. BATCHES
# compiles six sources at a time (RECONCILE_BATCH): half the cost of a small method file is what the headers instantiate. What two files
# of such a folder declare in their anonymous namespaces must have different names.
function(reconcile_library folder)
  cmake_parse_arguments(ARG "CATALOG;TORCH;BATCHES" "" "SOURCES;DEPENDS" ${ARGN})
  set(dir ${CMAKE_CURRENT_SOURCE_DIR}/${folder})
  if(ARG_CATALOG)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${dir}/catalog.inc)
    file(STRINGS ${dir}/catalog.inc rows REGEX "^X\\(")
    foreach(row IN LISTS rows)
      string(REGEX REPLACE "^X\\(([a-z0-9_]+)\\).*" "\\1.cc" source "${row}")
      list(APPEND ARG_SOURCES ${source})
    endforeach()
  endif()
  file(GLOB present RELATIVE ${dir} CONFIGURE_DEPENDS ${dir}/*.cc)
  foreach(file IN LISTS present)
    if(NOT file IN_LIST ARG_SOURCES)
      get_filename_component(stem ${file} NAME_WE)
      message(FATAL_ERROR "src/reconcile/${folder}/${file} is not part of the build. "
        "Add it to src/reconcile/CMakeLists.txt, or X(${stem}) to ${folder}/catalog.inc.")
    endif()
  endforeach()
  list(TRANSFORM ARG_SOURCES PREPEND ${folder}/)
  set(target reconcile_${folder})
  add_library(${target} STATIC ${ARG_SOURCES})
  add_library(reconcile::${folder} ALIAS ${target})
  target_include_directories(${target} PUBLIC ${CMAKE_SOURCE_DIR}/src)
  target_link_libraries(${target} PUBLIC ${ARG_DEPENDS} PRIVATE reconcile_flags)
  if(ARG_TORCH)
    reconcile_torch(${target})
  else()
    reconcile_plain(${target})
  endif()
  if(ARG_BATCHES)
    reconcile_batches(${target})
  endif()
endfunction()

# Compiles RECONCILE_BATCH sources of a target at a time.
function(reconcile_batches target)
  set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE ${RECONCILE_BATCH})
endfunction()

# What every source includes, directly or not.
set(RECONCILE_PLAIN_HEADERS <nlohmann/json.hpp> <fmt/format.h> <fmt/ranges.h>
  <algorithm> <functional> <map> <memory> <optional> <span> <string> <vector>)
set(RECONCILE_TORCH_HEADERS <ATen/ATen.h> <Eigen/Core> ${RECONCILE_PLAIN_HEADERS})

# Gives a target without LibTorch the precompiled header, which reconcile_report builds once for all. (reconcile_base has
# none: toml++ sets a macro for its sources.)
function(reconcile_plain target)
  target_link_libraries(${target} PRIVATE reconcile_flags)
  if(target STREQUAL reconcile_report)
    target_precompile_headers(${target} PRIVATE ${RECONCILE_PLAIN_HEADERS})
  elseif(NOT target STREQUAL reconcile_base)
    target_precompile_headers(${target} REUSE_FROM reconcile_report)
  endif()
endfunction()

# reconcile_torch(TARGET [HEADERS <...>] [REUSE other])
# Gives a target LibTorch and a precompiled header: that of reconcile_core, one of its own with more HEADERS, or another's.
function(reconcile_torch target)
  cmake_parse_arguments(ARG "" "REUSE" "HEADERS" ${ARGN})
  target_link_libraries(${target} PUBLIC ${TORCH_LIBRARIES} Eigen3::Eigen)
  target_link_libraries(${target} PRIVATE reconcile_flags)
  if(ARG_REUSE)
    target_precompile_headers(${target} REUSE_FROM ${ARG_REUSE})
  elseif(ARG_HEADERS OR target STREQUAL reconcile_core)
    target_precompile_headers(${target} PRIVATE ${ARG_HEADERS} ${RECONCILE_TORCH_HEADERS})
  else()
    target_precompile_headers(${target} REUSE_FROM reconcile_core)
  endif()
endfunction()
