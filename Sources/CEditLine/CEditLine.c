#include "CEditLine.h"

#include <histedit.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct tocsin_line_editor {
    EditLine *line;
    History *history;
    const char *prompt;
    char *text;
    bool interrupted;
    tocsin_complete complete;
    void *context;
};

static tocsin_line_editor *owner(EditLine *line) {
    void *found = NULL;
    el_get(line, EL_CLIENTDATA, &found);
    return found;
}

static char *show_prompt(EditLine *line) { return (char *)owner(line)->prompt; }

static unsigned char on_interrupt(EditLine *line, int key) {
    (void)key;
    owner(line)->interrupted = true;
    fputs("^C\r\n", stdout);
    fflush(stdout);
    return CC_EOF;
}

static unsigned char on_tab(EditLine *line, int key) {
    (void)key;
    tocsin_line_editor *editor = owner(line);
    const LineInfo *info = el_line(line);
    size_t count = (size_t)(info->cursor - info->buffer);
    char *before = malloc(count + 1);
    if (!before) return CC_ERROR;
    memcpy(before, info->buffer, count);
    before[count] = 0;
    tocsin_completion found = editor->complete(editor->context, before);
    free(before);
    unsigned char result = CC_REFRESH;
    if (found.inserted) {
        if (found.removed) el_deletestr(line, (int)found.removed);
        el_insertstr(line, found.inserted);
    }
    if (found.shown) {
        fputs("\r\n", stdout);
        fputs(found.shown, stdout);
        fputs("\r\n", stdout);
        fflush(stdout);
        result = CC_REDISPLAY;
    }
    free(found.inserted);
    free(found.shown);
    return result;
}

tocsin_line_editor *tocsin_line_editor_create(
    const char *program, int history_size, tocsin_complete complete, void *context
) {
    setlocale(LC_CTYPE, "");
    tocsin_line_editor *editor = calloc(1, sizeof *editor);
    if (!editor) return NULL;
    editor->complete = complete;
    editor->context = context;
    editor->prompt = "";
    editor->line = el_init(program, stdin, stdout, stderr);
    editor->history = history_init();
    if (!editor->line || !editor->history) {
        tocsin_line_editor_destroy(editor);
        return NULL;
    }
    HistEvent event;
    history(editor->history, &event, H_SETSIZE, history_size);
    history(editor->history, &event, H_SETUNIQUE, 1);
    el_set(editor->line, EL_CLIENTDATA, editor);
    el_set(editor->line, EL_EDITOR, "emacs");
    el_set(editor->line, EL_PROMPT, show_prompt);
    el_set(editor->line, EL_HIST, history, editor->history);
    el_set(editor->line, EL_SIGNAL, 0);
    // While a line is edited, Ctrl-C is a key and no signal.
    el_set(editor->line, EL_SETTY, "-d", "-isig", NULL);
    el_set(editor->line, EL_ADDFN, "tocsin-interrupt", "Give the line up", on_interrupt);
    el_set(editor->line, EL_ADDFN, "tocsin-complete", "Complete the word", on_tab);
    el_set(editor->line, EL_BIND, "^C", "tocsin-interrupt", NULL);
    el_set(editor->line, EL_BIND, "^I", "tocsin-complete", NULL);
    el_set(editor->line, EL_BIND, "^R", "em-inc-search-prev", NULL);
    el_set(editor->line, EL_BIND, "^W", "ed-delete-prev-word", NULL);
    return editor;
}

void tocsin_line_editor_destroy(tocsin_line_editor *editor) {
    if (editor->line) el_end(editor->line);
    if (editor->history) history_end(editor->history);
    free(editor->text);
    free(editor);
}

tocsin_line_outcome tocsin_line_editor_read(tocsin_line_editor *editor, const char *prompt, const char **line) {
    editor->prompt = prompt;
    editor->interrupted = false;
    int count = 0;
    const char *read = el_gets(editor->line, &count);
    if (editor->interrupted) {
        el_reset(editor->line);
        return TOCSIN_LINE_INTERRUPTED;
    }
    if (!read || count <= 0) return TOCSIN_LINE_END;
    free(editor->text);
    editor->text = strndup(read, (size_t)count);
    if (!editor->text) return TOCSIN_LINE_END;
    // A line that came from the history may hold line ends; only the last one is the key's.
    size_t length = strlen(editor->text);
    while (length > 0 && (editor->text[length - 1] == '\n' || editor->text[length - 1] == '\r')) {
        editor->text[--length] = 0;
    }
    *line = editor->text;
    return TOCSIN_LINE_READ;
}

void tocsin_line_editor_remember(tocsin_line_editor *editor, const char *text) {
    HistEvent event;
    history(editor->history, &event, H_ENTER, text);
}

bool tocsin_line_editor_load(tocsin_line_editor *editor, const char *path) {
    HistEvent event;
    return history(editor->history, &event, H_LOAD, path) >= 0;
}

bool tocsin_line_editor_save(tocsin_line_editor *editor, const char *path) {
    HistEvent event;
    return history(editor->history, &event, H_SAVE, path) >= 0;
}
