// The part of DuckDB's C API that Tocsin uses, loaded at run time: building needs neither DuckDB nor its headers.
// Names, types and meanings are DuckDB's (https://duckdb.org/docs/stable/clients/c/api), with the prefix `duckdb_`
// dropped from functions, which are members of `CDuckDBFunctions`.

#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#pragma clang assume_nonnull begin

typedef struct { void *internal_ptr; } CDuckDBDatabase;
typedef struct { void *internal_ptr; } CDuckDBConnection;
typedef struct { void *internal_ptr; } CDuckDBConfig;
typedef struct { void *internal_ptr; } CDuckDBPreparedStatement;
typedef struct { void *internal_ptr; } CDuckDBTableFunction;
typedef struct { void *internal_ptr; } CDuckDBBindInfo;
typedef struct { void *internal_ptr; } CDuckDBInitInfo;
typedef struct { void *internal_ptr; } CDuckDBDataChunk;
typedef struct { void *internal_ptr; } CDuckDBVector;
typedef struct { void *internal_ptr; } CDuckDBLogicalType;
typedef struct { void *internal_ptr; } CDuckDBScalarFunction;
typedef struct { void *internal_ptr; } CDuckDBFunctionInfo;
typedef struct { void *internal_ptr; } CDuckDBAggregateFunction;
typedef struct { void *internal_ptr; } CDuckDBPendingResult;

typedef struct {
    uint64_t deprecated_column_count;
    uint64_t deprecated_row_count;
    uint64_t deprecated_rows_changed;
    void *_Nullable deprecated_columns;
    char *_Nullable deprecated_error_message;
    void *_Nullable internal_data;
} CDuckDBResult;

/// A string in a vector: up to 12 bytes stand inside, longer ones behind the pointer.
typedef union {
    struct {
        uint32_t length;
        char prefix[4];
        char *ptr;
    } pointer;
    struct {
        uint32_t length;
        char inlined[12];
    } inlined;
} CDuckDBString;

typedef struct {
    uint64_t lower;
    int64_t upper;
} CDuckDBHugeInt;

/// A row of a list vector: which elements of the child vector are its own.
typedef struct {
    uint64_t offset;
    uint64_t length;
} CDuckDBListEntry;

/// `percentage` is from 0 to 100, negative when it is not known.
typedef struct {
    double percentage;
    uint64_t rows_processed;
    uint64_t total_rows_to_process;
} CDuckDBProgress;

typedef enum { CDUCKDB_SUCCESS = 0, CDUCKDB_ERROR = 1 } CDuckDBState;

/// `duckdb_pending_state`.
typedef enum {
    CDUCKDB_PENDING_RESULT_READY = 0,
    CDUCKDB_PENDING_RESULT_NOT_READY = 1,
    CDUCKDB_PENDING_ERROR = 2,
    CDUCKDB_PENDING_NO_TASKS_AVAILABLE = 3,
} CDuckDBPendingState;

/// `duckdb_type`, as far as needed.
enum {
    CDUCKDB_TYPE_BOOLEAN = 1,
    CDUCKDB_TYPE_INTEGER = 4,
    CDUCKDB_TYPE_BIGINT = 5,
    CDUCKDB_TYPE_UBIGINT = 9,
    CDUCKDB_TYPE_DOUBLE = 11,
    CDUCKDB_TYPE_HUGEINT = 16,
    CDUCKDB_TYPE_VARCHAR = 17,
    CDUCKDB_TYPE_UUID = 27,
    CDUCKDB_TYPE_ANY = 34,
};

/// `duckdb_error_type`, as far as needed.
enum { CDUCKDB_ERROR_OUT_OF_MEMORY = 33 };

typedef void (*CDuckDBScalarCallback)(
    CDuckDBFunctionInfo *info, CDuckDBDataChunk *input, CDuckDBVector *output);
typedef void (*CDuckDBDeleteCallback)(void *_Nullable data);
typedef void (*CDuckDBTableBindCallback)(CDuckDBBindInfo *info);
typedef void (*CDuckDBTableInitCallback)(CDuckDBInitInfo *info);
typedef void (*CDuckDBTableCallback)(CDuckDBFunctionInfo *info, CDuckDBDataChunk *output);

// An aggregate's states are blocks of memory that DuckDB allocates: one of the size given per group.
typedef uint64_t (*CDuckDBStateSizeCallback)(CDuckDBFunctionInfo *info);
typedef void (*CDuckDBStateInitCallback)(CDuckDBFunctionInfo *info, void *state);
typedef void (*CDuckDBStateDestroyCallback)(void *_Nonnull *_Nonnull states, uint64_t count);
typedef void (*CDuckDBStateUpdateCallback)(
    CDuckDBFunctionInfo *info, CDuckDBDataChunk *input, void *_Nonnull *_Nonnull states);
typedef void (*CDuckDBStateCombineCallback)(
    CDuckDBFunctionInfo *info, void *_Nonnull *_Nonnull source, void *_Nonnull *_Nonnull target, uint64_t count);
typedef void (*CDuckDBStateFinalizeCallback)(
    CDuckDBFunctionInfo *info, void *_Nonnull *_Nonnull source, CDuckDBVector *result, uint64_t count, uint64_t offset);

// One line per function: result, name, parameters.
#define CDUCKDB_EACH_FUNCTION(F)                                                                                     \
    F(const char *_Nonnull, library_version, (void))                                                                         \
    F(void, free, (void *))                                                                                          \
    F(CDuckDBState, create_config, (CDuckDBConfig *_Nullable *_Nonnull))                                             \
    F(CDuckDBState, set_config, (CDuckDBConfig *, const char *, const char *))                                       \
    F(void, destroy_config, (CDuckDBConfig *_Nullable *_Nonnull))                                                    \
    F(CDuckDBState, open_ext,                                                                                        \
      (const char *_Nullable, CDuckDBDatabase *_Nullable *_Nonnull, CDuckDBConfig *,                                 \
       char *_Nullable *_Nonnull))                                                                                   \
    F(void, close, (CDuckDBDatabase *_Nullable *_Nonnull))                                                           \
    F(CDuckDBState, connect, (CDuckDBDatabase *, CDuckDBConnection *_Nullable *_Nonnull))                            \
    F(void, disconnect, (CDuckDBConnection *_Nullable *_Nonnull))                                                    \
    F(CDuckDBProgress, query_progress, (CDuckDBConnection *))                                                        \
    F(void, interrupt, (CDuckDBConnection *))                                                                        \
    F(CDuckDBState, query, (CDuckDBConnection *, const char *, CDuckDBResult *_Nullable))                            \
    F(void, destroy_result, (CDuckDBResult *))                                                                       \
    F(const char *_Nullable, result_error, (CDuckDBResult *))                                                        \
    F(uint32_t, result_error_type, (CDuckDBResult *))                                                                \
    F(uint64_t, column_count, (CDuckDBResult *))                                                                     \
    F(const char *_Nullable, column_name, (CDuckDBResult *, uint64_t))                                               \
    F(uint32_t, column_type, (CDuckDBResult *, uint64_t))                                                            \
    F(uint64_t, rows_changed, (CDuckDBResult *))                                                                     \
    F(CDuckDBDataChunk *_Nullable, fetch_chunk, (CDuckDBResult))                                                     \
    F(CDuckDBState, prepare,                                                                                         \
      (CDuckDBConnection *, const char *, CDuckDBPreparedStatement *_Nullable *_Nonnull))                            \
    F(const char *_Nullable, prepare_error, (CDuckDBPreparedStatement *))                                            \
    F(void, destroy_prepare, (CDuckDBPreparedStatement *_Nullable *_Nonnull))                                        \
    F(CDuckDBState, bind_boolean, (CDuckDBPreparedStatement *, uint64_t, bool))                                      \
    F(CDuckDBState, bind_int32, (CDuckDBPreparedStatement *, uint64_t, int32_t))                                     \
    F(CDuckDBState, bind_int64, (CDuckDBPreparedStatement *, uint64_t, int64_t))                                     \
    F(CDuckDBState, bind_double, (CDuckDBPreparedStatement *, uint64_t, double))                                     \
    F(CDuckDBState, bind_varchar_length,                                                                             \
      (CDuckDBPreparedStatement *, uint64_t, const char *, uint64_t))                                                \
    F(CDuckDBState, bind_null, (CDuckDBPreparedStatement *, uint64_t))                                               \
    F(CDuckDBState, execute_prepared, (CDuckDBPreparedStatement *, CDuckDBResult *_Nullable))                        \
    F(CDuckDBState, pending_prepared,                                                                                \
      (CDuckDBPreparedStatement *, CDuckDBPendingResult *_Nullable *_Nonnull))                                       \
    F(void, destroy_pending, (CDuckDBPendingResult *_Nullable *_Nonnull))                                            \
    F(const char *_Nullable, pending_error, (CDuckDBPendingResult *))                                                \
    F(CDuckDBPendingState, pending_execute_task, (CDuckDBPendingResult *))                                           \
    F(CDuckDBState, execute_pending, (CDuckDBPendingResult *, CDuckDBResult *_Nullable))                             \
    F(CDuckDBState, execute_prepared_streaming, (CDuckDBPreparedStatement *, CDuckDBResult *_Nullable))              \
    F(CDuckDBLogicalType *_Nonnull, create_logical_type, (uint32_t))                                                         \
    F(void, destroy_logical_type, (CDuckDBLogicalType *_Nullable *_Nonnull))                                         \
    F(uint64_t, vector_size, (void))                                                                                 \
    F(void, destroy_data_chunk, (CDuckDBDataChunk *_Nullable *_Nonnull))                                             \
    F(uint64_t, data_chunk_get_size, (CDuckDBDataChunk *))                                                           \
    F(void, data_chunk_set_size, (CDuckDBDataChunk *, uint64_t))                                                     \
    F(CDuckDBVector *_Nonnull, data_chunk_get_vector, (CDuckDBDataChunk *, uint64_t))                                        \
    F(void *_Nullable, vector_get_data, (CDuckDBVector *))                                                           \
    F(uint64_t *_Nullable, vector_get_validity, (CDuckDBVector *))                                                   \
    F(void, vector_ensure_validity_writable, (CDuckDBVector *))                                                      \
    F(void, vector_assign_string_element_len, (CDuckDBVector *, uint64_t, const char *, uint64_t))                   \
    F(CDuckDBTableFunction *_Nonnull, create_table_function, (void))                                                 \
    F(void, destroy_table_function, (CDuckDBTableFunction *_Nullable *_Nonnull))                                     \
    F(void, table_function_set_name, (CDuckDBTableFunction *, const char *))                                         \
    F(void, table_function_set_extra_info, (CDuckDBTableFunction *, void *_Nullable, CDuckDBDeleteCallback))         \
    F(void, table_function_set_bind, (CDuckDBTableFunction *, CDuckDBTableBindCallback))                             \
    F(void, table_function_set_init, (CDuckDBTableFunction *, CDuckDBTableInitCallback))                             \
    F(void, table_function_set_function, (CDuckDBTableFunction *, CDuckDBTableCallback))                             \
    F(CDuckDBState, register_table_function, (CDuckDBConnection *, CDuckDBTableFunction *))                          \
    F(void *_Nullable, bind_get_extra_info, (CDuckDBBindInfo *))                                                     \
    F(void, bind_add_result_column, (CDuckDBBindInfo *, const char *, CDuckDBLogicalType *))                         \
    F(void, bind_set_error, (CDuckDBBindInfo *, const char *))                                                       \
    F(void, init_set_max_threads, (CDuckDBInitInfo *, uint64_t))                                                     \
    F(void *_Nullable, function_get_extra_info, (CDuckDBFunctionInfo *))                                             \
    F(CDuckDBScalarFunction *_Nonnull, create_scalar_function, (void))                                                       \
    F(void, destroy_scalar_function, (CDuckDBScalarFunction *_Nullable *_Nonnull))                                   \
    F(void, scalar_function_set_name, (CDuckDBScalarFunction *, const char *))                                       \
    F(void, scalar_function_add_parameter, (CDuckDBScalarFunction *, CDuckDBLogicalType *))                          \
    F(void, scalar_function_set_return_type, (CDuckDBScalarFunction *, CDuckDBLogicalType *))                        \
    F(void, scalar_function_set_varargs, (CDuckDBScalarFunction *, CDuckDBLogicalType *))                            \
    F(void, scalar_function_set_special_handling, (CDuckDBScalarFunction *))                                         \
    F(void, scalar_function_set_volatile, (CDuckDBScalarFunction *))                                                 \
    F(void, scalar_function_set_extra_info, (CDuckDBScalarFunction *, void *_Nullable, CDuckDBDeleteCallback))       \
    F(void, scalar_function_set_function, (CDuckDBScalarFunction *, CDuckDBScalarCallback))                          \
    F(CDuckDBState, register_scalar_function, (CDuckDBConnection *, CDuckDBScalarFunction *))                        \
    F(CDuckDBLogicalType *_Nonnull, create_list_type, (CDuckDBLogicalType *))                                        \
    F(CDuckDBVector *_Nonnull, list_vector_get_child, (CDuckDBVector *))                                             \
    F(CDuckDBState, list_vector_reserve, (CDuckDBVector *, uint64_t))                                                \
    F(CDuckDBState, list_vector_set_size, (CDuckDBVector *, uint64_t))                                               \
    F(CDuckDBAggregateFunction *_Nonnull, create_aggregate_function, (void))                                         \
    F(void, destroy_aggregate_function, (CDuckDBAggregateFunction *_Nullable *_Nonnull))                             \
    F(void, aggregate_function_set_name, (CDuckDBAggregateFunction *, const char *))                                 \
    F(void, aggregate_function_add_parameter, (CDuckDBAggregateFunction *, CDuckDBLogicalType *))                    \
    F(void, aggregate_function_set_return_type, (CDuckDBAggregateFunction *, CDuckDBLogicalType *))                  \
    F(void, aggregate_function_set_functions,                                                                        \
      (CDuckDBAggregateFunction *, CDuckDBStateSizeCallback, CDuckDBStateInitCallback, CDuckDBStateUpdateCallback,   \
       CDuckDBStateCombineCallback, CDuckDBStateFinalizeCallback))                                                   \
    F(void, aggregate_function_set_destructor, (CDuckDBAggregateFunction *, CDuckDBStateDestroyCallback))            \
    F(CDuckDBState, register_aggregate_function, (CDuckDBConnection *, CDuckDBAggregateFunction *))                  \
    F(void *_Nullable, scalar_function_get_extra_info, (CDuckDBFunctionInfo *))                                      \
    F(void, scalar_function_set_error, (CDuckDBFunctionInfo *, const char *))

#define CDUCKDB_MEMBER(RESULT, NAME, PARAMETERS) RESULT(*_Nonnull NAME) PARAMETERS;
/// The loaded functions.
typedef struct {
    CDUCKDB_EACH_FUNCTION(CDUCKDB_MEMBER)
} CDuckDBFunctions;
#undef CDUCKDB_MEMBER

/// Opens the library at `path` and looks up every function. Gives null and writes one line of reason into `reason` when the
/// file cannot be loaded or lacks a function. A Python extension module (`…cpython-311-…`) gets its libpython loaded
/// first, because it needs Python's symbols. The library is never unloaded.
const CDuckDBFunctions *_Nullable cduckdb_load(const char *path, char *reason, size_t reason_size);

/// The functions that were loaded last; for callbacks, which DuckDB calls and which therefore have some. Null before.
const CDuckDBFunctions *_Nullable cduckdb_loaded(void);

#pragma clang assume_nonnull end

#ifdef __cplusplus
}
#endif
