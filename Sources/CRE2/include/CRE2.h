// A thin C face of RE2 (Debian libre2-dev). No policy lives here.
#pragma once
#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct tocsin_re2 tocsin_re2;
/// A matched part: byte offset and length in the subject; offset -1 when the group took no part.
typedef struct { long offset; long length; } tocsin_re2_range;

/// Compiles a pattern; NULL never. Check `tocsin_re2_error`.
tocsin_re2 *tocsin_re2_new(const char *pattern, size_t length, bool case_sensitive, bool dot_matches_newline);
void tocsin_re2_delete(tocsin_re2 *pattern);
/// NULL when the pattern compiled.
const char *tocsin_re2_error(const tocsin_re2 *pattern);
int tocsin_re2_group_count(const tocsin_re2 *pattern);
/// The name of a capturing group (1-based), or NULL.
const char *tocsin_re2_group_name(const tocsin_re2 *pattern, int group);
/// Finds the first match at or after `start`; fills `groups` (0 is the whole match).
bool tocsin_re2_match(const tocsin_re2 *pattern, const char *text, size_t length, size_t start, bool anchored,
                      tocsin_re2_range *groups, int group_count);

/// The texts of which a pattern's matches hold some, in lower case (RE2's FilteredRE2).
typedef struct tocsin_re2_filter tocsin_re2_filter;
/// `shortest`: texts of fewer bytes are not told.
tocsin_re2_filter *tocsin_re2_filter_new(const tocsin_re2 *pattern, int shortest);
void tocsin_re2_filter_delete(tocsin_re2_filter *filter);
int tocsin_re2_filter_count(const tocsin_re2_filter *filter);
const char *tocsin_re2_filter_text(const tocsin_re2_filter *filter, int index, size_t *length);
/// Whether the pattern may match a subject that, in lower case, holds just these of the texts.
bool tocsin_re2_filter_passes(const tocsin_re2_filter *filter, const int *texts, int count);

#ifdef __cplusplus
}
#endif
