#include "CZlib.h"
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

struct tocsin_gunzip { z_stream stream; };

tocsin_gunzip *tocsin_gunzip_create(tocsin_deflate_format format) {
    tocsin_gunzip *made = calloc(1, sizeof(tocsin_gunzip));
    if (!made) return NULL;
    // 15 bits of window; and 16: a gzip header is expected; negative: none.
    const int window = format == tocsin_gzip ? 15 + 16 : format == tocsin_zlib ? 15 : -15;
    if (inflateInit2(&made->stream, window) != Z_OK) {
        free(made);
        return NULL;
    }
    return made;
}

void tocsin_gunzip_destroy(tocsin_gunzip *stream) {
    if (!stream) return;
    inflateEnd(&stream->stream);
    free(stream);
}

tocsin_gunzip_step tocsin_gunzip_inflate(
    tocsin_gunzip *stream, const uint8_t *input, size_t input_count, uint8_t *output, size_t output_count
) {
    z_stream *z = &stream->stream;
    const size_t most = 1u << 30;
    z->next_in = (Bytef *)input;
    z->avail_in = (uInt)(input_count < most ? input_count : most);
    z->next_out = output;
    z->avail_out = (uInt)(output_count < most ? output_count : most);
    uInt in_before = z->avail_in, out_before = z->avail_out;
    int code = inflate(z, Z_NO_FLUSH);
    tocsin_gunzip_step step = {
        code == Z_STREAM_END || code == Z_BUF_ERROR ? Z_OK : code,
        in_before - z->avail_in,
        out_before - z->avail_out,
        code == Z_STREAM_END,
    };
    return step;
}

void tocsin_gunzip_reset(tocsin_gunzip *stream) { inflateReset(&stream->stream); }

size_t tocsin_deflate(const uint8_t *input, size_t input_count, uint8_t *output, size_t output_count) {
    if (input_count > 1u << 30 || output_count > 1u << 30) return 0;
    z_stream stream = {0};
    // A negative window means no header and trailer.
    if (deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY) != Z_OK) return 0;
    stream.next_in = (Bytef *)input;
    stream.avail_in = (uInt)input_count;
    stream.next_out = output;
    stream.avail_out = (uInt)output_count;
    int code = deflate(&stream, Z_FINISH);
    size_t produced = output_count - stream.avail_out;
    deflateEnd(&stream);
    return code == Z_STREAM_END ? produced : 0;
}

uint32_t tocsin_crc32(const uint8_t *input, size_t input_count) {
    return (uint32_t)crc32_z(crc32_z(0, Z_NULL, 0), input, input_count);
}

uint32_t tocsin_adler32(const uint8_t *input, size_t input_count) {
    return (uint32_t)adler32_z(adler32_z(0, Z_NULL, 0), input, input_count);
}
