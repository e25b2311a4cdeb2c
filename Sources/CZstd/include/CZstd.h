#pragma once
// The face of libzstd (Debian libzstd-dev) that Tocsin uses: streaming decompression (RFC 8878).
#include <zstd.h>
