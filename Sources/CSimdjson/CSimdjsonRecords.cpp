#include "CSimdjsonRecords.h"
#include "FieldNames.hpp"
#include "Strings.hpp"
#include <simdjson.h>

using namespace simdjson;
using tocsin::FieldNames;

namespace {

/// Objects nested deeper than this are kept as JSON text instead of as fields with longer names.
constexpr int deepest_flat = 32;
/// Arrays and objects nested deeper than this are refused.
constexpr int deepest = 256;
constexpr size_t longest_name = 1024;

enum class Shape { record, envelope, other };

}

struct tocsin_records {
    ondemand::parser parser;
    std::vector<char> padded;
    FieldNames names;
    std::vector<tocsin_field> fields;
    std::vector<int64_t> ends;
    std::string bytes;
    std::vector<tocsin_field_name> shown;
    int fault = 0;

    bool fail(int code) {
        fault = code;
        return false;
    }

    void end_record() { ends.push_back(int64_t(fields.size())); }

    void rewind(size_t records, size_t field_count, size_t byte_count) {
        ends.resize(records);
        fields.resize(field_count);
        bytes.resize(byte_count);
    }

    void add(int32_t field, int32_t kind, int64_t start) {
        fields.push_back({field, kind, start, int64_t(bytes.size()) - start});
    }

    bool key_of(ondemand::field &member, std::string_view &key, std::string &scratch) {
        // The bytes after the document are padding of zeros, so the search ends.
        const char *raw = member.key().raw();
        auto *quote = static_cast<const char *>(std::memchr(raw, '"', size_t(limit() - raw)));
        if (!quote) return fail(STRING_ERROR);
        key = {raw, size_t(quote - raw)};
        if (!std::memchr(key.data(), '\\', key.size())) return true;
        while (quote[-1] == '\\' && backslashes_before(quote, raw) % 2 == 1) {
            quote = static_cast<const char *>(std::memchr(quote + 1, '"', size_t(limit() - quote - 1)));
            if (!quote) return fail(STRING_ERROR);
        }
        scratch.clear();
        if (!tocsin::append_unescaped({raw, size_t(quote - raw)}, scratch)) return fail(STRING_ERROR);
        key = scratch;
        return true;
    }

    static size_t backslashes_before(const char *at, const char *from) {
        size_t count = 0;
        while (at > from && at[-1] == '\\') { at--; count++; }
        return count;
    }

    const char *limit() const { return padded.data() + padded.size(); }

    /// The members of an object as fields under `parent`.
    bool flatten(ondemand::object &object, int32_t parent, int depth) {
        bool is_empty = true;
        std::string scratch;
        for (auto found : object) {
            ondemand::field member;
            if (auto error = std::move(found).get(member)) return fail(error);
            is_empty = false;
            int32_t name = names.follow(parent, member.key().raw(), limit());
            if (name == FieldNames::root) {
                std::string_view key;
                if (!key_of(member, key, scratch)) return false;
                name = names.find(parent, key);
            }
            if (!flatten(member.value(), name, depth)) return false;
        }
        if (is_empty && parent != FieldNames::root) {
            auto start = int64_t(bytes.size());
            bytes += "{}";
            add(parent, TOCSIN_FIELD_JSON, start);
        }
        return true;
    }

    bool flatten(ondemand::value &value, int32_t name, int depth) {
        ondemand::json_type type;
        if (auto error = value.type().get(type)) return fail(error);
        auto start = int64_t(bytes.size());
        switch (type) {
        case ondemand::json_type::object: {
            if (depth >= deepest_flat || names[name].size() > longest_name) {
                if (!write(value, depth)) return false;
                add(name, TOCSIN_FIELD_JSON, start);
                return true;
            }
            ondemand::object object;
            if (auto error = value.get_object().get(object)) return fail(error);
            return flatten(object, name, depth + 1);
        }
        case ondemand::json_type::array:
            if (!write(value, depth)) return false;
            add(name, TOCSIN_FIELD_JSON, start);
            return true;
        default:
            return scalar(value, type, name, start);
        }
    }

    bool scalar(ondemand::value &value, ondemand::json_type type, int32_t name, int64_t start) {
        std::string_view token = tocsin::trimmed(value.raw_json_token());
        switch (type) {
        case ondemand::json_type::string:
            if (token.size() < 2 || token.back() != '"') return fail(STRING_ERROR);
            if (!tocsin::append_unescaped(token.substr(1, token.size() - 2), bytes)) return fail(STRING_ERROR);
            add(name, TOCSIN_FIELD_STRING, start);
            return true;
        case ondemand::json_type::number:
            if (!tocsin::is_number(token)) return fail(NUMBER_ERROR);
            bytes += token;
            add(name, TOCSIN_FIELD_NUMBER, start);
            return true;
        case ondemand::json_type::boolean:
            if (token != "true" && token != "false") return fail(T_ATOM_ERROR);
            bytes += token;
            add(name, TOCSIN_FIELD_BOOL, start);
            return true;
        default:
            if (token != "null") return fail(N_ATOM_ERROR);
            add(name, TOCSIN_FIELD_NULL, start);
            return true;
        }
    }

    /// Appends a value as compact JSON text; literals stay as they were written.
    bool write(ondemand::value &value, int depth) {
        if (depth > deepest) return fail(TOCSIN_RECORDS_TOO_DEEP);
        ondemand::json_type type;
        if (auto error = value.type().get(type)) return fail(error);
        if (type == ondemand::json_type::array) return write_array(value, depth);
        if (type == ondemand::json_type::object) return write_object(value, depth);
        std::string_view token = tocsin::trimmed(value.raw_json_token());
        if (type == ondemand::json_type::string) {
            auto start = bytes.size();
            if (token.size() < 2 || !tocsin::append_unescaped(token.substr(1, token.size() - 2), bytes))
                return fail(STRING_ERROR);
            bytes.resize(start);
        } else if (type == ondemand::json_type::number) {
            if (!tocsin::is_number(token)) return fail(NUMBER_ERROR);
        } else if (token != "true" && token != "false" && token != "null") {
            return fail(F_ATOM_ERROR);
        }
        bytes += token;
        return true;
    }

    bool write_array(ondemand::value &value, int depth) {
        ondemand::array array;
        if (auto error = value.get_array().get(array)) return fail(error);
        bytes += '[';
        bool is_first = true;
        for (auto found : array) {
            ondemand::value element;
            if (auto error = std::move(found).get(element)) return fail(error);
            if (!is_first) bytes += ',';
            is_first = false;
            if (!write(element, depth + 1)) return false;
        }
        bytes += ']';
        return true;
    }

    bool write_object(ondemand::value &value, int depth) {
        ondemand::object object;
        if (auto error = value.get_object().get(object)) return fail(error);
        bytes += '{';
        bool is_first = true;
        for (auto found : object) {
            ondemand::field member;
            if (auto error = std::move(found).get(member)) return fail(error);
            if (!is_first) bytes += ',';
            is_first = false;
            const char *raw = member.key().raw();
            const char *quote = raw;
            do {
                quote = static_cast<const char *>(std::memchr(quote + (quote != raw), '"', size_t(limit() - quote - 1)));
            } while (quote && backslashes_before(quote, raw) % 2 == 1);
            if (!quote) return fail(STRING_ERROR);
            bytes += '"';
            bytes.append(raw, size_t(quote - raw));
            bytes += "\":";
            if (!write(member.value(), depth + 1)) return false;
        }
        bytes += '}';
        return true;
    }

    /// The objects of an array as one record each.
    bool elements(ondemand::array &array) {
        for (auto found : array) {
            ondemand::value element;
            if (auto error = std::move(found).get(element)) return fail(error);
            ondemand::json_type type;
            if (auto error = element.type().get(type)) return fail(error);
            if (type != ondemand::json_type::object) return fail(TOCSIN_RECORDS_NOT_AN_OBJECT);
            ondemand::object object;
            if (auto error = element.get_object().get(object)) return fail(error);
            if (!flatten(object, FieldNames::root, 0)) return false;
            end_record();
        }
        return true;
    }

    /// Reads `{"records": […]}`; nothing but annotations may stand beside the records.
    Shape envelope(ondemand::object &object) {
        bool seen = false;
        std::string scratch;
        for (auto found : object) {
            ondemand::field member;
            std::string_view key;
            if (auto error = std::move(found).get(member)) {
                fault = error;
                return Shape::other;
            }
            if (!key_of(member, key, scratch)) return Shape::other;
            if (key.substr(0, 7) == "@odata." || (seen && (key == "nextLink" || key == "count"))) continue;
            if (seen || (key != "records" && key != "Records" && key != "value")) return Shape::record;
            seen = true;
            ondemand::array array;
            if (member.value().get_array().get(array)) return Shape::record;
            if (!elements(array)) return fault == TOCSIN_RECORDS_NOT_AN_OBJECT ? Shape::record : Shape::other;
        }
        return seen ? Shape::envelope : Shape::record;
    }

    bool document(ondemand::document &document) {
        ondemand::json_type type;
        if (auto error = document.type().get(type)) return fail(error);
        if (type == ondemand::json_type::array) {
            ondemand::array array;
            if (auto error = document.get_array().get(array)) return fail(error);
            return elements(array);
        }
        if (type != ondemand::json_type::object) return fail(TOCSIN_RECORDS_NOT_AN_OBJECT);
        auto records = ends.size(), field_count = fields.size(), byte_count = bytes.size();
        ondemand::object object;
        if (auto error = document.get_object().get(object)) return fail(error);
        switch (envelope(object)) {
        case Shape::envelope: return true;
        case Shape::other: return false;
        case Shape::record: break;
        }
        fault = 0;
        rewind(records, field_count, byte_count);
        document.rewind();
        if (auto error = document.get_object().get(object)) return fail(error);
        if (!flatten(object, FieldNames::root, 0)) return false;
        end_record();
        return true;
    }

    tocsin_records_result add_json(const char *source, size_t length) {
        padded.resize(length + SIMDJSON_PADDING);
        std::memcpy(padded.data(), source, length);
        std::memset(padded.data() + length, 0, SIMDJSON_PADDING);
        auto records = ends.size(), field_count = fields.size(), byte_count = bytes.size();
        fault = 0;
        ondemand::document parsed;
        if (auto error = parser.iterate(padded.data(), length, padded.size()).get(parsed))
            return {error == UTF8_ERROR ? int(TOCSIN_RECORDS_UTF8) : int(error), -1, 0};
        bool is_good = document(parsed);
        const char *at = nullptr;
        bool is_inside = !parsed.current_location().get(at);
        if (is_good && is_inside) is_good = fail(TOCSIN_RECORDS_TRAILING);
        if (is_good) return {0, -1, int64_t(ends.size() - records)};
        rewind(records, field_count, byte_count);
        return {fault, is_inside && at ? int64_t(at - padded.data()) : -1, 0};
    }
};

extern "C" {

tocsin_records *tocsin_records_create(void) {
    auto *records = new tocsin_records();
    records->names.clear();
    return records;
}

void tocsin_records_destroy(tocsin_records *records) { delete records; }

void tocsin_records_clear(tocsin_records *records) {
    records->rewind(0, 0, 0);
    records->names.clear();
}

tocsin_records_result tocsin_records_add_json(tocsin_records *records, const char *bytes, size_t length) {
    return records->add_json(bytes, length);
}

const char *tocsin_records_message(int code) {
    switch (code) {
    case TOCSIN_RECORDS_NOT_AN_OBJECT: return "the value is not an object with fields";
    case TOCSIN_RECORDS_TRAILING: return "there is text after the end of the JSON value";
    case TOCSIN_RECORDS_TOO_DEEP: return "arrays and objects are nested too deeply";
    case TOCSIN_RECORDS_UTF8: return "the text is not valid UTF-8";
    default: return error_message(static_cast<error_code>(code));
    }
}

int32_t tocsin_records_intern(tocsin_records *records, const char *name, size_t length) {
    return records->names.find(FieldNames::root, {name, length});
}

void tocsin_records_add_field(
    tocsin_records *records, int32_t field, int32_t kind, const char *bytes, size_t length) {
    auto start = int64_t(records->bytes.size());
    records->bytes.append(bytes, length);
    records->add(field, kind, start);
}

void tocsin_records_end(tocsin_records *records) { records->end_record(); }

void tocsin_records_drop(tocsin_records *records) {
    auto count = records->ends.empty() ? 0 : size_t(records->ends.back());
    if (count < records->fields.size()) records->bytes.resize(size_t(records->fields[count].start));
    records->fields.resize(count);
}

size_t tocsin_records_count(const tocsin_records *records) { return records->ends.size(); }
size_t tocsin_records_byte_count(const tocsin_records *records) { return records->bytes.size(); }

tocsin_records_view tocsin_records_look(tocsin_records *records) {
    records->shown.clear();
    for (size_t index = 0; index < records->names.size(); index++) {
        const auto &names = records->names;
        auto name = names[int32_t(index)];
        records->shown.push_back(
            {name.data(), name.size(), names.parent(int32_t(index)), names.key_length(int32_t(index))});
    }
    return {
        records->fields.data(), records->fields.size(), records->ends.data(), records->ends.size(),
        records->shown.data(), records->shown.size(), records->bytes.data(), records->bytes.size(),
    };
}

}
