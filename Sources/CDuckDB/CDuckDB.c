#include "CDuckDB.h"

#include <dlfcn.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static _Atomic(const CDuckDBFunctions *) loaded;

const CDuckDBFunctions *cduckdb_loaded(void) { return atomic_load(&loaded); }

// Python extension modules leave Python's symbols undefined; the interpreter's library supplies them.
static void load_python_for(const char *path) {
    const char *file = strrchr(path, '/');
    const char *tag = strstr(file ? file : path, "cpython-3");
    if (!tag) return;
    char *end = NULL;
    long minor = strtol(tag + strlen("cpython-3"), &end, 10);
    if (end == tag + strlen("cpython-3")) return;
    char name[64];
    snprintf(name, sizeof name, "libpython3.%ld.so.1.0", minor);
    dlopen(name, RTLD_NOW | RTLD_GLOBAL);
}

const CDuckDBFunctions *cduckdb_load(const char *path, char *reason, size_t reason_size) {
    load_python_for(path);
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (!library) {
        const char *error = dlerror();
        snprintf(reason, reason_size, "%s", error ? error : "unknown reason");
        return NULL;
    }
    CDuckDBFunctions *functions = calloc(1, sizeof *functions);
    if (!functions) {
        snprintf(reason, reason_size, "out of memory");
        return NULL;
    }
#define CDUCKDB_LOOK_UP(RESULT, NAME, PARAMETERS)                                                                    \
    *(void **)(&functions->NAME) = dlsym(library, "duckdb_" #NAME);                                                  \
    if (!*(void **)(&functions->NAME)) {                                                                             \
        snprintf(reason, reason_size, "%s has no function duckdb_" #NAME, path);                                     \
        free(functions);                                                                                             \
        dlclose(library);                                                                                            \
        return NULL;                                                                                                 \
    }
    CDUCKDB_EACH_FUNCTION(CDUCKDB_LOOK_UP)
#undef CDUCKDB_LOOK_UP
    atomic_store(&loaded, functions);
    return functions;
}
