// A thin C face of libedit (Debian libedit-dev) for editing lines on a terminal. No policy lives here.
#pragma once
#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

#pragma clang assume_nonnull begin

/// What the key Tab does: how many bytes before the cursor go, what comes in their place, and what is shown below the line;
/// both texts were made by `strdup`, or are null.
typedef struct {
    size_t removed;
    char *_Nullable inserted;
    char *_Nullable shown;
} tocsin_completion;

/// Called with the text before the cursor.
typedef tocsin_completion (*tocsin_complete)(void *_Nullable context, const char *before_cursor);

typedef struct tocsin_line_editor tocsin_line_editor;

/// An editor on standard input and output; null when there is no memory. `history_size` entries are remembered.
tocsin_line_editor *_Nullable tocsin_line_editor_create(
    const char *program, int history_size, tocsin_complete complete, void *_Nullable context);
void tocsin_line_editor_destroy(tocsin_line_editor *editor);

typedef enum { TOCSIN_LINE_READ, TOCSIN_LINE_INTERRUPTED, TOCSIN_LINE_END } tocsin_line_outcome;

/// Shows the prompt and waits for a line, without its line end; it stays valid until the next call. Blocks.
tocsin_line_outcome tocsin_line_editor_read(
    tocsin_line_editor *editor, const char *prompt, const char *_Nullable *_Nonnull line);

void tocsin_line_editor_remember(tocsin_line_editor *editor, const char *text);
/// Reads or writes the history; false when the file cannot be used.
bool tocsin_line_editor_load(tocsin_line_editor *editor, const char *path);
bool tocsin_line_editor_save(tocsin_line_editor *editor, const char *path);

#pragma clang assume_nonnull end

#ifdef __cplusplus
}
#endif
