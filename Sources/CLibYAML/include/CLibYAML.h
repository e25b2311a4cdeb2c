// A thin C face of libyaml (Debian libyaml-dev): one stream, event after event. No policy lives here.
#pragma once
#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct tocsin_yaml tocsin_yaml;

typedef enum {
    TOCSIN_YAML_END,
    TOCSIN_YAML_FAULT,
    TOCSIN_YAML_DOCUMENT_START,
    TOCSIN_YAML_DOCUMENT_END,
    TOCSIN_YAML_ALIAS,
    TOCSIN_YAML_SCALAR,
    TOCSIN_YAML_SEQUENCE_START,
    TOCSIN_YAML_SEQUENCE_END,
    TOCSIN_YAML_MAPPING_START,
    TOCSIN_YAML_MAPPING_END,
} tocsin_yaml_kind;

typedef struct {
    tocsin_yaml_kind kind;
    /// Where it starts; lines and columns count from 1. Of a fault 0, where libyaml does not know.
    size_t line, column;
    /// A scalar's UTF-8 text, or a fault's message. Lives until the next event is asked for.
    const char *text;
    size_t length;
    /// The name of an alias, or of the anchor of a value; NULL: none. Lives as long as `text`.
    const char *anchor;
    /// How a scalar is written: without quotes, in quotes, or as a block.
    bool is_plain, is_quoted, is_block;
} tocsin_yaml_event;

/// `bytes` must stay where they are until `tocsin_yaml_delete`. NULL when there is no memory.
tocsin_yaml *tocsin_yaml_new(const char *bytes, size_t count);
void tocsin_yaml_delete(tocsin_yaml *yaml);
/// The next event. After the end or a fault there is none to ask for.
tocsin_yaml_event tocsin_yaml_next(tocsin_yaml *yaml);

#ifdef __cplusplus
}
#endif
