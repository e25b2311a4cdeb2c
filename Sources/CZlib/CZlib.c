#include "CZlib.h"
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

struct tocsin_gunzip { z_stream stream; };

tocsin_gunzip *tocsin_gunzip_create(void) {
    tocsin_gunzip *made = calloc(1, sizeof(tocsin_gunzip));
    if (!made) return NULL;
    // 15 bits of window, and 16: a gzip header is expected.
    if (inflateInit2(&made->stream, 15 + 16) != Z_OK) {
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
