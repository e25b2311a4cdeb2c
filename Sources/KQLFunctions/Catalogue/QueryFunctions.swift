import KQLValues

/// The functions that the binder resolves itself.
let queryFunctionList: [QueryFunction] =
    sourceFunctions + columnFunctions + sessionFunctions + graphFunctions

/// Functions that stand for tables.
private let sourceFunctions: [QueryFunction] = [
    QueryFunction(
        "table", summary: "The table of a name that is known when the query is bound.",
        signature: .takes(.constantString("name"), .constantString("scope", .optional), returns: .dynamic)),
    QueryFunction(
        "database", summary: "The database of a name; its tables are those of this installation.",
        signature: .takes(.constantString("name"), returns: .dynamic)),
    QueryFunction(
        "cluster", summary: "The cluster of a name; its databases are those of this installation.",
        signature: .takes(.constantString("name"), returns: .dynamic)),
    QueryFunction(
        "workspace", aliases: ["app", "resource", "arg", "adx"],
        summary: "Another workspace or service; its tables are those of this installation.",
        signature: .takes(.constantString("name"), returns: .dynamic)),
    QueryFunction(
        "external_table", summary: "The external table of a name.",
        signature: .takes(.constantString("name"), .constantString("mapping", .optional), returns: .dynamic)),
    QueryFunction(
        "materialized_view", summary: "The materialized view of a name.",
        signature: .takes(.constantString("name"), .timespan("maxAge", .optional), returns: .dynamic)),
    QueryFunction(
        "materialize", summary: "A table that is computed once, however often the query uses it.",
        signature: .takes(.any("table"), returns: .dynamic)),
    QueryFunction(
        "toscalar", summary: "The first value of the first row of a table, as a constant of the query.",
        signature: .takes(.any("table"), returns: .dynamic)),
    QueryFunction(
        "_GetWatchlist", summary: "The items of a watchlist.",
        signature: .takes(.constantString("alias"), returns: .dynamic)),
    QueryFunction(
        "_GetWatchlistAlias", summary: "The aliases of all watchlists.", signature: .takes(returns: .dynamic)),
]

/// Functions about the columns of the rows.
private let columnFunctions: [QueryFunction] = [
    QueryFunction(
        "column_ifexists", aliases: ["columnifexists"],
        summary: "The column of a name, or another value when there is no such column.",
        signature: .takes(.constantString("column"), .any("default"), gives: .argument(1))),
    QueryFunction(
        "iscolumnexists", summary: "Whether there is a column of a name.",
        signature: .takes(.constantString("column"), returns: .bool)),
    QueryFunction(
        "column_names_of", summary: "The names of a table's columns.",
        signature: .takes(.any("table"), returns: .dynamic)),
    QueryFunction(
        "pack_all", aliases: ["bag_pack_all"],
        summary: "A bag of all columns of the row; with true without the null and empty ones.",
        signature: .takes(.bool("ignoreNullEmpty", .optional), returns: .dynamic)),
    QueryFunction(
        "ingestion_time", summary: "When the row was stored.", signature: .takes(returns: .datetime)),
    QueryFunction(
        "bin_auto", summary: "The value rounded down to the bin that `set query_bin_auto_size` gave.",
        signature: .takes(.any("value"), gives: .argument(0))),
]

/// Functions about the query and who runs it.
private let sessionFunctions: [QueryFunction] = [
    QueryFunction(
        "current_database", summary: "The name of the database in scope.", signature: .takes(returns: .string)),
    QueryFunction(
        "current_cluster_endpoint", summary: "The name of this installation.", signature: .takes(returns: .string)),
    QueryFunction(
        "current_principal", summary: "Who runs the query; empty in Tocsin.", signature: .takes(returns: .string)),
    QueryFunction(
        "current_principal_details", summary: "A bag about who runs the query; empty in Tocsin.",
        signature: .takes(returns: .dynamic)),
    QueryFunction(
        "cursor_current", aliases: ["current_cursor"], summary: "A text that stands for the state of the store.",
        signature: .takes(returns: .string)),
    QueryFunction(
        "cursor_after",
        summary: "Whether the row was stored after the moment that a text of `cursor_current` stands for.",
        signature: .takes(.constantString("cursor"), returns: .bool)),
    QueryFunction(
        "cursor_before_or_at",
        summary: "Whether the row was stored before or at the moment that a text of `cursor_current` stands for.",
        signature: .takes(.constantString("cursor"), returns: .bool)),
    QueryFunction(
        "current_principal_is_member_of", summary: "Whether who runs the query is in a group; false in Tocsin.",
        signature: .takes(.any("group", .repeated), returns: .bool)),
    QueryFunction(
        "current_node_id", summary: "The machine that runs the query; empty in Tocsin.",
        signature: .takes(returns: .string)),
    QueryFunction(
        "extent_id", aliases: ["extentid"], summary: "The part of the store that holds the row; null in Tocsin.",
        signature: .takes(returns: .guid)),
    QueryFunction(
        "extent_tags", summary: "The tags of the part of the store that holds the row; none in Tocsin.",
        signature: .takes(returns: .dynamic)),
    QueryFunction(
        "row_id", summary: "The number of the row in its part of the store; empty in Tocsin.",
        signature: .takes(returns: .string)),
]

/// Functions about the elements of a graph pattern.
private let graphFunctions: [QueryFunction] = [
    QueryFunction(
        "node_degree_in", summary: "The number of edges that end in a node.",
        signature: .takes(.any("node", .optional), returns: .long)),
    QueryFunction(
        "node_degree_out", summary: "The number of edges that start in a node.",
        signature: .takes(.any("node", .optional), returns: .long)),
    QueryFunction(
        "inner_nodes", summary: "The nodes between the ends of a path, for `all`, `any` and `map`.",
        signature: .takes(.any("edge"), returns: .dynamic)),
    QueryFunction(
        "all", summary: "Whether a condition holds for all edges or inner nodes of a path.",
        signature: .takes(.any("edge"), .bool("condition"), returns: .bool)),
    QueryFunction(
        "any", summary: "Whether a condition holds for one of the edges or inner nodes of a path.",
        signature: .takes(.any("edge"), .bool("condition"), returns: .bool)),
    QueryFunction(
        "map", summary: "An array of an expression's values for the edges or inner nodes of a path.",
        signature: .takes(.any("edge"), .any("expression"), returns: .dynamic)),
]
