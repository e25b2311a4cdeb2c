// A thin C face of simdjson's DOM parser (Debian libsimdjson-dev). No policy lives here.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "CSimdjsonRecords.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct tocsin_json_parser tocsin_json_parser;

/// A position in the parsed document; valid until the parser that made it parses again or is released.
typedef struct { const void *document; size_t index; } tocsin_json_element;
typedef struct { tocsin_json_element current; tocsin_json_element end; } tocsin_json_cursor;
typedef struct { const char *data; size_t length; } tocsin_json_slice;

typedef enum {
    TOCSIN_JSON_NULL, TOCSIN_JSON_BOOL, TOCSIN_JSON_INT, TOCSIN_JSON_DOUBLE,
    TOCSIN_JSON_STRING, TOCSIN_JSON_ARRAY, TOCSIN_JSON_OBJECT
} tocsin_json_type;

/// Takes a parser out of this thread's pool; give it back with `tocsin_json_parser_release`.
tocsin_json_parser *tocsin_json_parser_acquire(void);
void tocsin_json_parser_release(tocsin_json_parser *parser);

/// Parses one document; 0 on success, else simdjson's error code. The bytes need not outlive the call.
int tocsin_json_parse(tocsin_json_parser *parser, const char *bytes, size_t length, tocsin_json_element *root);
const char *tocsin_json_error_message(int code);

tocsin_json_type tocsin_json_type_of(tocsin_json_element element);
bool tocsin_json_bool(tocsin_json_element element);
int64_t tocsin_json_int(tocsin_json_element element);
double tocsin_json_double(tocsin_json_element element);
tocsin_json_slice tocsin_json_string(tocsin_json_element element);

tocsin_json_cursor tocsin_json_array_begin(tocsin_json_element array);
bool tocsin_json_array_next(tocsin_json_cursor *cursor, tocsin_json_element *element);
tocsin_json_cursor tocsin_json_object_begin(tocsin_json_element object);
bool tocsin_json_object_next(tocsin_json_cursor *cursor, tocsin_json_slice *key, tocsin_json_element *value);

#ifdef __cplusplus
}
#endif
