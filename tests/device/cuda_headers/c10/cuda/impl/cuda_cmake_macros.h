#pragma once

// Debian's LibTorch has the headers of its CUDA part but for this one, which a build with CUDA writes.
#define C10_CUDA_BUILD_SHARED_LIBS
