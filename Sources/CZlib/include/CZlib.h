// A thin C face of zlib (Debian zlib1g-dev) for gzip, zlib and bare deflate streams. No policy lives here.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct tocsin_gunzip tocsin_gunzip;

/// `consumed` and `produced` count bytes; `is_at_end` is true after the last byte of a gzip member.
typedef struct { int code; size_t consumed; size_t produced; bool is_at_end; } tocsin_gunzip_step;

/// How deflated data is wrapped: RFC 1952, RFC 1950, or not at all (RFC 1951), as in zip files.
typedef enum { tocsin_gzip, tocsin_zlib, tocsin_bare } tocsin_deflate_format;

/// Nil when there is no memory.
tocsin_gunzip *tocsin_gunzip_create(tocsin_deflate_format format);
void tocsin_gunzip_destroy(tocsin_gunzip *stream);
/// Inflates as much of `input` as fits `output`; `code` is 0, or zlib's error.
tocsin_gunzip_step tocsin_gunzip_inflate(
    tocsin_gunzip *stream, const uint8_t *input, size_t input_count, uint8_t *output, size_t output_count);
/// Makes ready for the next member of the same file.
void tocsin_gunzip_reset(tocsin_gunzip *stream);

/// Deflates all of `input` without header or trailer (RFC 1951); returns the number of bytes, 0 when `output` is too small.
size_t tocsin_deflate(const uint8_t *input, size_t input_count, uint8_t *output, size_t output_count);
/// The checksum of a gzip stream.
uint32_t tocsin_crc32(const uint8_t *input, size_t input_count);
/// The checksum of a zlib stream.
uint32_t tocsin_adler32(const uint8_t *input, size_t input_count);

#ifdef __cplusplus
}
#endif
