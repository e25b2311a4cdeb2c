// Interned field names: a dotted name is found by its parent and its last part, so that no path is built twice.
#pragma once
#include <cstdint>
#include <cstring>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace tocsin {

class FieldNames {
public:
    static constexpr int32_t root = -1;

    void clear() {
        names.clear();
        places.clear();
        parts.clear();
        table.assign(64, -1);
        followers.assign(1, -1);
        last = root;
    }

    /// The name `parent.key`, or `key` under the root; added when new.
    ///
    /// Records of one kind bring their fields in one order, so the part that came after the last one before is tried
    /// first: comparing costs less than hashing.
    int32_t find(int32_t parent, std::string_view key) {
        if (table.empty()) clear();
        int32_t follower = followers[size_t(last + 1)];
        if (follower >= 0) {
            const Part &part = parts[size_t(follower)];
            if (part.parent == parent && part.key() == key) {
                last = follower;
                return part.name;
            }
        }
        int32_t before = last;
        last = search(parent, key);
        followers[size_t(before + 1)] = last;
        return parts[size_t(last)].name;
    }

    /// The name of the member that came after the last one before, if it is `parent`'s and `raw`, a key in quotes as it was
    /// written whose first quote is left out, is the same; `root` otherwise. `raw` may be read up to `end`.
    ///
    /// Then the key's end need not be looked for.
    int32_t follow(int32_t parent, const char *raw, const char *end) {
        int32_t follower = followers[size_t(last + 1)];
        if (follower < 0) return root;
        const Part &part = parts[size_t(follower)];
        size_t length = part.text.size();
        if (part.parent != parent || !part.is_plain || size_t(end - raw) <= length || raw[length] != '"'
            || std::memcmp(raw, part.text.data(), length) != 0)
            return root;
        last = follower;
        return part.name;
    }

    std::string_view operator[](int32_t name) const { return names[size_t(name)]; }
    /// The object a name's value stands in (`root` or a name), as first met.
    int32_t parent(int32_t name) const { return places[size_t(name)].parent; }
    /// The length of the name's last part, as first met; the part may have dots in it.
    size_t key_length(int32_t name) const { return places[size_t(name)].key_length; }
    size_t size() const { return names.size(); }

private:
    struct Part {
        int32_t parent, name;
        std::string text;
        /// It is written in JSON as it is.
        bool is_plain;
        std::string_view key() const { return text; }
    };

    struct Place {
        int32_t parent;
        size_t key_length;
    };

    std::deque<std::string> names;
    std::vector<Place> places;
    std::vector<Part> parts;
    std::vector<int32_t> table;
    /// For each part (the first place stands for none yet) the one that was asked for after it last; -1 for none.
    std::vector<int32_t> followers;
    /// The part that was asked for last.
    int32_t last = root;

    /// The number of a part, which is added when it is new.
    int32_t search(int32_t parent, std::string_view key) {
        size_t slot = hash(parent, key) & (table.size() - 1);
        for (; table[slot] >= 0; slot = (slot + 1) & (table.size() - 1)) {
            const Part &part = parts[size_t(table[slot])];
            if (part.parent == parent && part.key() == key) return table[slot];
        }
        int32_t name = full(parent, key);  // May add a part of its own, and so move the free slot.
        slot = hash(parent, key) & (table.size() - 1);
        while (table[slot] >= 0) slot = (slot + 1) & (table.size() - 1);
        table[slot] = int32_t(parts.size());
        parts.push_back({parent, name, std::string(key), key.find_first_of("\"\\") == std::string_view::npos});
        followers.push_back(-1);
        if (parts.size() * 2 > table.size()) grow();
        return int32_t(parts.size() - 1);
    }

    static size_t hash(int32_t parent, std::string_view key) {
        return std::hash<std::string_view>()(key) ^ (size_t(parent) * 0x9E3779B97F4A7C15u);
    }

    /// Two ways may lead to one name (`{"a.b": 1}` and `{"a": {"b": 1}}`), which is then the same field.
    int32_t full(int32_t parent, std::string_view key) {
        if (parent != root) {
            std::string path = names[size_t(parent)];
            path += '.';
            path += key;
            size_t before = names.size();
            int32_t name = parts[size_t(search(root, path))].name;
            if (names.size() > before) places[size_t(name)] = {parent, key.size()};
            return name;
        }
        names.emplace_back(key);
        places.push_back({root, key.size()});
        return int32_t(names.size() - 1);
    }

    void grow() {
        std::vector<int32_t> bigger(table.size() * 2, -1);
        for (size_t index = 0; index < parts.size(); index++) {
            size_t slot = hash(parts[index].parent, parts[index].key()) & (bigger.size() - 1);
            while (bigger[slot] >= 0) slot = (slot + 1) & (bigger.size() - 1);
            bigger[slot] = int32_t(index);
        }
        table = std::move(bigger);
    }
};

}
