#pragma once
// The face of libevtx (Debian libevtx-dev) that Tocsin uses: the records of a Windows event log file as XML.
#include <libevtx/features.h>
// Its functions on libbfio handles are not used, and that library's headers not needed.
#undef LIBEVTX_HAVE_BFIO
#include <libevtx.h>
