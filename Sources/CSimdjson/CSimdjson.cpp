#include "CSimdjson.h"
#include <cstring>
#include <memory>
#include <simdjson.h>
#include <type_traits>
#include <vector>

using simdjson::dom::array;
using simdjson::dom::element;
using simdjson::dom::object;

struct tocsin_json_parser { simdjson::dom::parser parser; };

// simdjson's element and iterators are each one tape reference (document, index); these copies rely on that.
static_assert(sizeof(element) == sizeof(tocsin_json_element) && std::is_trivially_copyable_v<element>);
static_assert(sizeof(array::iterator) == sizeof(tocsin_json_element));
static_assert(sizeof(object::iterator) == sizeof(tocsin_json_element));

template <typename To, typename From> static To bits(const From &from) {
    static_assert(sizeof(To) == sizeof(From));
    To to;
    std::memcpy(static_cast<void *>(&to), static_cast<const void *>(&from), sizeof(To));
    return to;
}

static thread_local std::vector<std::unique_ptr<tocsin_json_parser>> idle;

extern "C" {

tocsin_json_parser *tocsin_json_parser_acquire(void) {
    if (idle.empty()) return new tocsin_json_parser();
    auto *parser = idle.back().release();
    idle.pop_back();
    return parser;
}

void tocsin_json_parser_release(tocsin_json_parser *parser) {
    if (idle.size() < 4) idle.emplace_back(parser);
    else delete parser;
}

int tocsin_json_parse(tocsin_json_parser *parser, const char *bytes, size_t length, tocsin_json_element *root) {
    element parsed;
    auto error = parser->parser.parse(bytes, length).get(parsed);
    if (!error) *root = bits<tocsin_json_element>(parsed);
    return error;
}

const char *tocsin_json_error_message(int code) {
    return simdjson::error_message(static_cast<simdjson::error_code>(code));
}

tocsin_json_type tocsin_json_type_of(tocsin_json_element raw) {
    switch (bits<element>(raw).type()) {
    case simdjson::dom::element_type::ARRAY: return TOCSIN_JSON_ARRAY;
    case simdjson::dom::element_type::OBJECT: return TOCSIN_JSON_OBJECT;
    case simdjson::dom::element_type::INT64: return TOCSIN_JSON_INT;
    case simdjson::dom::element_type::UINT64:
    case simdjson::dom::element_type::DOUBLE: return TOCSIN_JSON_DOUBLE;
    case simdjson::dom::element_type::STRING: return TOCSIN_JSON_STRING;
    case simdjson::dom::element_type::BOOL: return TOCSIN_JSON_BOOL;
    default: return TOCSIN_JSON_NULL;
    }
}

bool tocsin_json_bool(tocsin_json_element raw) { return bits<element>(raw).get_bool().value_unsafe(); }
int64_t tocsin_json_int(tocsin_json_element raw) { return bits<element>(raw).get_int64().value_unsafe(); }
double tocsin_json_double(tocsin_json_element raw) { return bits<element>(raw).get_double().value_unsafe(); }

tocsin_json_slice tocsin_json_string(tocsin_json_element raw) {
    auto view = bits<element>(raw).get_string().value_unsafe();
    return {view.data(), view.size()};
}

tocsin_json_cursor tocsin_json_array_begin(tocsin_json_element raw) {
    auto values = bits<element>(raw).get_array().value_unsafe();
    return {bits<tocsin_json_element>(values.begin()), bits<tocsin_json_element>(values.end())};
}

bool tocsin_json_array_next(tocsin_json_cursor *cursor, tocsin_json_element *value) {
    auto position = bits<array::iterator>(cursor->current);
    if (!(position != bits<array::iterator>(cursor->end))) return false;
    *value = bits<tocsin_json_element>(*position);
    ++position;
    cursor->current = bits<tocsin_json_element>(position);
    return true;
}

tocsin_json_cursor tocsin_json_object_begin(tocsin_json_element raw) {
    auto members = bits<element>(raw).get_object().value_unsafe();
    return {bits<tocsin_json_element>(members.begin()), bits<tocsin_json_element>(members.end())};
}

bool tocsin_json_object_next(tocsin_json_cursor *cursor, tocsin_json_slice *key, tocsin_json_element *value) {
    auto position = bits<object::iterator>(cursor->current);
    if (!(position != bits<object::iterator>(cursor->end))) return false;
    auto name = position.key();
    *key = {name.data(), name.size()};
    *value = bits<tocsin_json_element>(position.value());
    ++position;
    cursor->current = bits<tocsin_json_element>(position);
    return true;
}

}
