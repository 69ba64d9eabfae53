#!/bin/sh
# Whether the part of the sources that a LibTorch with CUDA compiles differently is right C++. Skips (77) without CUDA's headers.
set -eu
cuda=${CUDA_HOME:-/usr/local/cuda}/include
for header in "$cuda/cuda_runtime_api.h" /usr/include/ATen/cuda/CUDAGraph.h; do
  [ -f "$header" ] || { echo "skipped: there is no $header"; exit 77; }
done
here=$(dirname "$0")
exec "${CXX:-c++}" -std=c++20 -fsyntax-only -DRECONCILE_CUDA -I"$here/../../src" -I"$here/cuda_headers" -I"$cuda" \
  "$here/../../src/reconcile/train/recording.cc"
