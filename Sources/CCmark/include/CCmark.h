// The C face of libcmark (Debian libcmark-dev), CommonMark's reference implementation.
#pragma once
#include <cmark.h>
