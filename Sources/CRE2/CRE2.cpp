#include "CRE2.h"
#include <re2/filtered_re2.h>
#include <re2/re2.h>
#include <string>
#include <vector>

struct tocsin_re2 {
    RE2 pattern;
    tocsin_re2(re2::StringPiece text, const RE2::Options &options) : pattern(text, options) {}
};

struct tocsin_re2_filter {
    re2::FilteredRE2 filter;
    std::vector<std::string> texts;
    explicit tocsin_re2_filter(int shortest) : filter(shortest) {}
};

extern "C" {

tocsin_re2 *tocsin_re2_new(const char *pattern, size_t length, bool case_sensitive, bool dot_matches_newline) {
    RE2::Options options;
    options.set_log_errors(false);
    options.set_case_sensitive(case_sensitive);
    options.set_dot_nl(dot_matches_newline);
    return new tocsin_re2(re2::StringPiece(pattern, length), options);
}

void tocsin_re2_delete(tocsin_re2 *pattern) { delete pattern; }

const char *tocsin_re2_error(const tocsin_re2 *pattern) {
    return pattern->pattern.ok() ? nullptr : pattern->pattern.error().c_str();
}

int tocsin_re2_group_count(const tocsin_re2 *pattern) { return pattern->pattern.NumberOfCapturingGroups(); }

const char *tocsin_re2_group_name(const tocsin_re2 *pattern, int group) {
    const auto &names = pattern->pattern.CapturingGroupNames();
    auto found = names.find(group);
    return found == names.end() ? nullptr : found->second.c_str();
}

bool tocsin_re2_match(const tocsin_re2 *pattern, const char *text, size_t length, size_t start, bool anchored,
                      tocsin_re2_range *groups, int group_count) {
    std::vector<re2::StringPiece> pieces(static_cast<size_t>(group_count));
    auto anchor = anchored ? RE2::ANCHOR_BOTH : RE2::UNANCHORED;
    if (!pattern->pattern.Match(re2::StringPiece(text, length), start, length, anchor, pieces.data(), group_count))
        return false;
    for (int index = 0; index < group_count; ++index) {
        const auto &piece = pieces[static_cast<size_t>(index)];
        groups[index].offset = piece.data() ? piece.data() - text : -1;
        groups[index].length = static_cast<long>(piece.size());
    }
    return true;
}

tocsin_re2_filter *tocsin_re2_filter_new(const tocsin_re2 *pattern, int shortest) {
    auto *filter = new tocsin_re2_filter(shortest);
    int id;
    if (filter->filter.Add(pattern->pattern.pattern(), pattern->pattern.options(), &id) == RE2::NoError)
        filter->filter.Compile(&filter->texts);
    return filter;
}

void tocsin_re2_filter_delete(tocsin_re2_filter *filter) { delete filter; }

int tocsin_re2_filter_count(const tocsin_re2_filter *filter) { return static_cast<int>(filter->texts.size()); }

const char *tocsin_re2_filter_text(const tocsin_re2_filter *filter, int index, size_t *length) {
    const auto &text = filter->texts[static_cast<size_t>(index)];
    *length = text.size();
    return text.data();
}

bool tocsin_re2_filter_passes(const tocsin_re2_filter *filter, const int *texts, int count) {
    std::vector<int> found(texts, texts + count), passed;
    filter->filter.AllPotentials(found, &passed);
    return !passed.empty();
}

}
