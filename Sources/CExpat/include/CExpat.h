// A thin C face of libexpat (Debian libexpat1-dev): one document, told piece by piece. No policy lives here.
#pragma once
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/// `attributes` holds names and values in turn and ends with a null pointer. All texts are UTF-8 and end with a zero byte.
typedef void (*tocsin_xml_start)(void *context, const char *name, const char **attributes);
typedef void (*tocsin_xml_end)(void *context, const char *name);
typedef void (*tocsin_xml_text)(void *context, const char *text, size_t length);

/// `message` is null when the document is well-formed; it lives as long as the program.
typedef struct { const char *message; size_t offset; } tocsin_xml_fault;

/// Reads one document. External entities are not followed; expat bounds the growth of internal ones.
tocsin_xml_fault tocsin_xml_parse(
    const char *bytes, size_t count, void *context, tocsin_xml_start start, tocsin_xml_end end, tocsin_xml_text text);

#ifdef __cplusplus
}
#endif
