/// What queries use most, so that it is offered first.
enum Popularity {
    static let operators: [String: Int] = [
        "where": 140, "extend": 135, "summarize": 130, "project": 128, "join": 122, "sort": 118, "distinct": 114,
        "mv-expand": 112, "union": 110, "project-away": 106, "project-reorder": 104, "project-rename": 103,
        "parse": 100, "top": 99, "render": 98, "take": 97, "count": 96, "mv-apply": 92, "lookup": 90, "invoke": 85,
        "evaluate": 84, "make-series": 80, "order": 60, "limit": 50,
    ]

    static let functions: Set<String> = [
        "ago", "tostring", "count", "isnotempty", "parse_json", "make_set", "max", "min", "arg_max", "iff", "split",
        "not", "bin", "dcount", "extract", "now", "strcat", "todynamic", "case", "tolower", "isempty", "array_length",
        "make_list", "todatetime", "toscalar", "toint", "coalesce", "sum", "countif", "take_any", "datetime_diff",
        "column_ifexists", "startofday", "avg", "tolong", "isnull", "materialize", "arg_min", "pack_array",
    ]

    static let comparisons: [String: Int] = [
        "==": 30, "=~": 24, "has": 22, "has_any": 20, "in": 19, "contains": 18, "in~": 14, "between": 13, "!=": 13,
        "startswith": 11, "endswith": 11, "matches regex": 10, ">": 9, "<": 9, ">=": 8, "<=": 8, "and": 20, "or": 15,
        "!in": 10, "!has": 8, "!contains": 8, "has_all": 6,
    ]
}
