#ifndef TOCSIN_CSODIUM_H
#define TOCSIN_CSODIUM_H

// The face of libsodium that Tocsin uses: argon2id password hashes (RFC 9106).
#include <sodium.h>

#endif
