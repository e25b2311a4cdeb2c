#include "CLibYAML.h"
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

struct tocsin_yaml {
    yaml_parser_t parser;
    yaml_event_t event;
};

tocsin_yaml *tocsin_yaml_new(const char *bytes, size_t count) {
    tocsin_yaml *yaml = calloc(1, sizeof *yaml);
    if (!yaml) return NULL;
    if (!yaml_parser_initialize(&yaml->parser)) {
        free(yaml);
        return NULL;
    }
    yaml_parser_set_encoding(&yaml->parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&yaml->parser, (const unsigned char *)bytes, count);
    return yaml;
}

void tocsin_yaml_delete(tocsin_yaml *yaml) {
    yaml_event_delete(&yaml->event);
    yaml_parser_delete(&yaml->parser);
    free(yaml);
}

static tocsin_yaml_event fault(const yaml_parser_t *parser) {
    tocsin_yaml_event event = {.kind = TOCSIN_YAML_FAULT, .text = parser->problem ? parser->problem : "out of memory"};
    event.length = strlen(event.text);
    if (parser->error == YAML_SCANNER_ERROR || parser->error == YAML_PARSER_ERROR) {
        event.line = parser->problem_mark.line + 1;
        event.column = parser->problem_mark.column + 1;
    }
    return event;
}

static void fill(tocsin_yaml_event *event, const yaml_event_t *from) {
    event->line = from->start_mark.line + 1;
    event->column = from->start_mark.column + 1;
    switch (from->type) {
    case YAML_DOCUMENT_START_EVENT: event->kind = TOCSIN_YAML_DOCUMENT_START; break;
    case YAML_DOCUMENT_END_EVENT: event->kind = TOCSIN_YAML_DOCUMENT_END; break;
    case YAML_ALIAS_EVENT:
        event->kind = TOCSIN_YAML_ALIAS;
        event->anchor = (const char *)from->data.alias.anchor;
        break;
    case YAML_SCALAR_EVENT:
        event->kind = TOCSIN_YAML_SCALAR;
        event->anchor = (const char *)from->data.scalar.anchor;
        event->text = (const char *)from->data.scalar.value;
        event->length = from->data.scalar.length;
        event->is_plain = from->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
        event->is_quoted = from->data.scalar.style == YAML_SINGLE_QUOTED_SCALAR_STYLE
            || from->data.scalar.style == YAML_DOUBLE_QUOTED_SCALAR_STYLE;
        event->is_block = from->data.scalar.style == YAML_LITERAL_SCALAR_STYLE
            || from->data.scalar.style == YAML_FOLDED_SCALAR_STYLE;
        break;
    case YAML_SEQUENCE_START_EVENT:
        event->kind = TOCSIN_YAML_SEQUENCE_START;
        event->anchor = (const char *)from->data.sequence_start.anchor;
        break;
    case YAML_SEQUENCE_END_EVENT: event->kind = TOCSIN_YAML_SEQUENCE_END; break;
    case YAML_MAPPING_START_EVENT:
        event->kind = TOCSIN_YAML_MAPPING_START;
        event->anchor = (const char *)from->data.mapping_start.anchor;
        break;
    case YAML_MAPPING_END_EVENT: event->kind = TOCSIN_YAML_MAPPING_END; break;
    default: event->kind = TOCSIN_YAML_END; break;
    }
}

tocsin_yaml_event tocsin_yaml_next(tocsin_yaml *yaml) {
    tocsin_yaml_event event = {0};
    do {
        yaml_event_delete(&yaml->event);
        if (!yaml_parser_parse(&yaml->parser, &yaml->event)) return fault(&yaml->parser);
    } while (yaml->event.type == YAML_STREAM_START_EVENT);
    fill(&event, &yaml->event);
    return event;
}
