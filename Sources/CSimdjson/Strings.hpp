// JSON's string and number literals, straight into a block of bytes.
#pragma once
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace tocsin {

inline std::string_view trimmed(std::string_view token) {
    while (!token.empty() && (token.back() == ' ' || token.back() == '\t' || token.back() == '\n' || token.back() == '\r'))
        token.remove_suffix(1);
    return token;
}

inline int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

inline int32_t hex4(const char *at, const char *end) {
    if (end - at < 4) return -1;
    int32_t value = 0;
    for (int i = 0; i < 4; i++) {
        int digit = hex_digit(at[i]);
        if (digit < 0) return -1;
        value = value * 16 + digit;
    }
    return value;
}

inline void append_utf8(uint32_t code, std::string &out) {
    if (code < 0x80) {
        out += char(code);
    } else if (code < 0x800) {
        out += char(0xC0 | (code >> 6));
        out += char(0x80 | (code & 0x3F));
    } else if (code < 0x10000) {
        out += char(0xE0 | (code >> 12));
        out += char(0x80 | ((code >> 6) & 0x3F));
        out += char(0x80 | (code & 0x3F));
    } else {
        out += char(0xF0 | (code >> 18));
        out += char(0x80 | ((code >> 12) & 0x3F));
        out += char(0x80 | ((code >> 6) & 0x3F));
        out += char(0x80 | (code & 0x3F));
    }
}

/// A `\uXXXX` after its `u`, with the second half of a pair; a lone surrogate becomes U+FFFD.
inline bool append_unicode_escape(const char *&at, const char *end, std::string &out) {
    int32_t first = hex4(at, end);
    if (first < 0) return false;
    at += 4;
    if (first >= 0xD800 && first < 0xDC00 && end - at >= 6 && at[0] == '\\' && at[1] == 'u') {
        int32_t second = hex4(at + 2, end);
        if (second >= 0xDC00 && second < 0xE000) {
            at += 6;
            append_utf8(0x10000u + (uint32_t(first - 0xD800) << 10) + uint32_t(second - 0xDC00), out);
            return true;
        }
    }
    append_utf8(first >= 0xD800 && first < 0xE000 ? 0xFFFD : uint32_t(first), out);
    return true;
}

/// Appends the text a string literal's inside stands for; false on a malformed escape.
inline bool append_unescaped(std::string_view inside, std::string &out) {
    const char *at = inside.data(), *end = at + inside.size();
    while (at < end) {
        auto *slash = static_cast<const char *>(std::memchr(at, '\\', size_t(end - at)));
        if (!slash) slash = end;
        out.append(at, size_t(slash - at));
        if (slash == end) return true;
        if (slash + 1 == end) return false;
        at = slash + 2;
        switch (slash[1]) {
        case '"': case '\\': case '/': out += slash[1]; break;
        case 'b': out += '\b'; break;
        case 'f': out += '\f'; break;
        case 'n': out += '\n'; break;
        case 'r': out += '\r'; break;
        case 't': out += '\t'; break;
        case 'u':
            if (!append_unicode_escape(at, end, out)) return false;
            break;
        default: return false;
        }
    }
    return true;
}

/// Whether a token is a number as JSON writes them.
inline bool is_number(std::string_view token) {
    size_t i = 0;
    auto digits = [&] {
        size_t from = i;
        while (i < token.size() && token[i] >= '0' && token[i] <= '9') i++;
        return i - from;
    };
    if (i < token.size() && token[i] == '-') i++;
    size_t first = i, whole = digits();
    if (whole == 0 || (whole > 1 && token[first] == '0')) return false;
    if (i < token.size() && token[i] == '.') {
        i++;
        if (digits() == 0) return false;
    }
    if (i < token.size() && (token[i] == 'e' || token[i] == 'E')) {
        i++;
        if (i < token.size() && (token[i] == '+' || token[i] == '-')) i++;
        if (digits() == 0) return false;
    }
    return i == token.size();
}

}
