// Flattening of JSON documents into records: fields with dotted names in one block of memory. The walk is simdjson's
// On-Demand front end, so that numbers keep their written text.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// A block of records under construction. Not for use by two threads at once.
typedef struct tocsin_records tocsin_records;

typedef enum {
    TOCSIN_FIELD_STRING, TOCSIN_FIELD_NUMBER, TOCSIN_FIELD_BOOL, TOCSIN_FIELD_NULL, TOCSIN_FIELD_JSON
} tocsin_field_kind;

/// One field of one record; `start` counts into the block's bytes.
typedef struct { int32_t field; int32_t kind; int64_t start; int64_t length; } tocsin_field;

/// A dotted name, the index of the name of the object it stands in (-1 for none), and the length of its last part.
typedef struct { const char *name; size_t length; int32_t parent; size_t key_length; } tocsin_field_name;

/// What a block holds; valid until it is changed.
typedef struct {
    const tocsin_field *fields; size_t field_count;
    const int64_t *record_ends; size_t record_count;
    const tocsin_field_name *names; size_t name_count;
    const char *bytes; size_t byte_count;
} tocsin_records_view;

/// `code` is 0 or simdjson's; `offset` is where in the document the fault was noticed, -1 when unknown.
typedef struct { int code; int64_t offset; int64_t added; } tocsin_records_result;

/// Codes of our own, beside simdjson's.
enum { TOCSIN_RECORDS_NOT_AN_OBJECT = 1001, TOCSIN_RECORDS_TRAILING = 1002, TOCSIN_RECORDS_TOO_DEEP = 1003,
       TOCSIN_RECORDS_UTF8 = 1004 };

tocsin_records *tocsin_records_create(void);
void tocsin_records_destroy(tocsin_records *records);
/// Forgets all records and names; memory is kept for the next block.
void tocsin_records_clear(tocsin_records *records);

/// Adds the records of one document: one for an object, one per object of an array or of an envelope
/// `{"records": […]}`, `{"Records": […]}`, `{"value": […]}`. On a fault nothing of the document is added.
tocsin_records_result tocsin_records_add_json(tocsin_records *records, const char *bytes, size_t length);
const char *tocsin_records_message(int code);

int32_t tocsin_records_intern(tocsin_records *records, const char *name, size_t length);
void tocsin_records_add_field(
    tocsin_records *records, int32_t field, int32_t kind, const char *bytes, size_t length);
void tocsin_records_end(tocsin_records *records);
/// Drops the fields added since the last end of a record.
void tocsin_records_drop(tocsin_records *records);
size_t tocsin_records_count(const tocsin_records *records);
size_t tocsin_records_byte_count(const tocsin_records *records);
tocsin_records_view tocsin_records_look(tocsin_records *records);

#ifdef __cplusplus
}
#endif
