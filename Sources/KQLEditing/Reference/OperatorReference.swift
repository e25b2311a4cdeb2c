/// What the editor tells about a tabular operator or a source keyword.
public struct OperatorReference: Sendable {
    public let name: String
    /// Older spellings.
    public let aliases: [String]
    /// How it is written; `…` marks what may repeat, brackets what may be left out.
    public let syntax: String
    /// One sentence: what it does.
    public let summary: String
    /// The `name=value` parameters and properties it takes.
    public let options: [Option]
    /// Whether it begins a query instead of following `|`.
    public let isSource: Bool

    /// A parameter or property, with its values when these are a fixed set.
    public struct Option: Sendable {
        public let name: String
        public let values: [String]
        public let summary: String

        init(_ name: String, _ values: [String] = [], _ summary: String) {
            self.name = name
            self.values = values
            self.summary = summary
        }
    }

    init(
        _ name: String, aliases: [String] = [], _ syntax: String, _ summary: String, options: [Option] = [],
        isSource: Bool = false
    ) {
        self.name = name
        self.aliases = aliases
        self.syntax = syntax
        self.summary = summary
        self.options = options
        self.isSource = isSource
    }

    /// All operators, the ones used most first.
    public static let all: [OperatorReference] =
        rowOperators + columnOperators + combiningOperators
        + expansionOperators + seriesOperators + graphOperators + sources

    private static let byName = Dictionary(
        all.flatMap { item in ([item.name] + item.aliases).map { ($0, item) } }, uniquingKeysWith: { first, _ in first }
    )

    /// The operator of a name or older spelling.
    public static func named(_ name: String) -> OperatorReference? { byName[name] }
}

extension OperatorReference {
    private static let rowOperators: [OperatorReference] = [
        .init("where", aliases: ["filter"], "where predicate", "Keeps the rows for which the predicate is true."),
        .init("take", aliases: ["limit"], "take count", "Gives some rows, up to a number; which ones is not defined."),
        .init(
            "sort", aliases: ["order"], "sort by column [asc | desc] [nulls first | nulls last], …",
            "Sorts the rows; descending, nulls last, unless it is told otherwise."),
        .init(
            "top", "top count by column [asc | desc] [nulls first | nulls last]",
            "Gives the first rows in an order, descending unless it is told otherwise."),
        .init("count", "count", "Gives the number of rows in one row with the column Count."),
        .init("sample", "sample count", "Gives randomly chosen rows, up to a number."),
        .init("sample-distinct", "sample-distinct count of column", "Gives some different values of a column."),
        .init(
            "top-hitters", "top-hitters count of value [by weight]",
            "Gives the most frequent values, or those with the largest sum of weights, approximately."),
        .init(
            "top-nested", "top-nested [count] of value [with others = name] by aggregate [asc | desc], top-nested …",
            "Gives the top values of each level within the top values of the level before."),
        .init(
            "as", "as name", "Names the rows, so that later statements and `union withsource=` can use the name.",
            options: [.init("hint.materialized", ["true", "false"], "Compute the rows once.")]),
        .init(
            "serialize", "serialize [name = expression, …]",
            "Declares that the order of rows matters, as window functions need, and may add columns."),
        .init("consume", "consume", "Reads all rows and gives none."),
        .init("getschema", "getschema", "Gives the columns and their types instead of the rows."),
        .init("assert-schema", "assert-schema (column: type, …)", "Fails unless the columns are the given ones."),
        .init(
            "search", "search [kind=…] [in (tables)] predicate", "Finds rows in which any column holds a term.",
            options: [.init("kind", ["case_insensitive", "case_sensitive", "default"], "Whether case matters.")]),
    ]

    private static let columnOperators: [OperatorReference] = [
        .init(
            "extend", "extend [name =] expression, …", "Adds computed columns, or replaces columns of the same name."),
        .init(
            "project", "project [name =] expression, …", "Chooses, renames and computes columns, and drops the others."),
        .init("project-away", "project-away column, …", "Drops columns; names may hold `*`."),
        .init(
            "project-keep", "project-keep column, …",
            "Keeps only these columns, in their old order; names may hold `*`."),
        .init("project-rename", "project-rename new = old, …", "Renames columns and leaves all others as they are."),
        .init(
            "project-reorder", "project-reorder column [asc | desc | granny-asc | granny-desc], …",
            "Moves columns to the front; names may hold `*`."),
        .init("project-by-names", "project-by-names name, …", "Chooses columns by names that expressions give."),
        .init("distinct", "distinct column, …", "Gives each combination of values once; `*` takes all columns."),
        .init(
            "summarize", "summarize [name =] aggregate, … [by [name =] group, …]",
            "Makes one row per group, with aggregates over its rows.",
            options: [
                .init("hint.strategy", ["shuffle"], "How to divide the work."),
                .init("hint.shufflekey", [], "The column to divide the work by."),
                .init("hint.num_partitions", [], "How many parts the work is divided into."),
            ]),
        .init(
            "render", "render kind [with (property = value, …)]", "Asks for a chart of the result; changes no data.",
            options: RenderReference.properties),
        .init(
            "reduce", "reduce by text [with threshold = 0.1, characters = \"\"]",
            "Groups similar texts and gives a pattern for each group.",
            options: [
                .init("threshold", [], "How similar texts must be, from 0 to 1."),
                .init("characters", [], "Characters that do not divide words."),
            ]),
    ]

    private static let joinHints: [Option] = [
        .init("hint.strategy", ["broadcast", "shuffle"], "How to divide the work."),
        .init("hint.remote", ["auto", "left", "local", "right"], "Where to run it."),
        .init("hint.shufflekey", [], "The column to divide the work by."),
        .init("hint.num_partitions", [], "How many parts the work is divided into."),
    ]

    private static let combiningOperators: [OperatorReference] = [
        .init(
            "join", "join [kind=…] (table) on column, $left.a == $right.b, …",
            "Puts rows of two tables side by side where the conditions hold.",
            options: [
                .init(
                    "kind",
                    [
                        "inner", "leftouter", "innerunique", "leftanti", "leftsemi", "rightouter", "fullouter",
                        "rightanti", "rightsemi", "anti", "leftantisemi", "rightantisemi",
                    ], "Which rows are kept; innerunique unless it is told otherwise.")
            ] + joinHints),
        .init(
            "lookup", "lookup [kind=…] (table) on column, …", "Adds the columns of a smaller table to each row.",
            options: [.init("kind", ["leftouter", "inner"], "Whether rows without a partner are kept.")]),
        .init(
            "union", "union [kind=…] [withsource=column] [isfuzzy=true] table, …", "Puts the rows of tables together.",
            options: [
                .init("kind", ["outer", "inner"], "All columns, or only those that all tables have."),
                .init("withsource", [], "The name of a column for the name of each row's table."),
                .init("isfuzzy", ["true", "false"], "Whether tables that do not exist are left out."),
                .init("hint.concurrency", [], "How many tables are read at once."),
            ]),
        .init(
            "partition", "partition [hint.strategy=…] by column (subquery)",
            "Runs a subquery for each value of a column and puts the results together.",
            options: [
                .init("hint.strategy", ["native", "shuffle", "legacy"], "How to divide the work."),
                .init("hint.concurrency", [], "How many parts run at once."),
            ]),
        .init("fork", "fork [name=](subquery) …", "Gives several results from the same rows."),
        .init("facet", "facet by column, … [with (subquery)]", "Gives a table of values and counts for each column."),
        .init(
            "find", "find [in (tables)] [where] predicate [project column, …]",
            "Finds rows of several tables for which a predicate is true.",
            options: [.init("withsource", [], "The name of a column for the name of each row's table.")]),
        .init(
            "scan",
            "scan [with_match_id=name] [declare (name: type = default, …)] with (step name [optional] "
                + "[output=all | last | none]: condition => name = expression, …; …)",
            "Follows sequences of rows through steps.",
            options: [.init("with_match_id", [], "The name of a column for the number of the match.")]),
        .init(
            "macro-expand", "macro-expand entity_group [entities] as name (body)",
            "Runs a body for each entity of a group and puts the results together."),
        .init("invoke", "invoke function(arguments)", "Gives the rows to a function as its first argument."),
        .init("evaluate", "evaluate plugin(arguments) [: (column: type, …)]", "Runs a plugin over the rows."),
    ]

    private static let expansion: [Option] = [
        .init("kind", ["bag", "array"], "Whether a bag gives bags of one, or pairs of key and value."),
        .init("bagexpansion", ["bag", "array"], "The older name of kind."),
        .init("with_itemindex", [], "The name of a column for the item's position, from 0."),
    ]

    private static let parseKinds = Option(
        "kind", ["simple", "regex", "relaxed"], "How texts and columns are matched.")

    private static let expansionOperators: [OperatorReference] = [
        .init(
            "mv-expand", aliases: ["mvexpand"], "mv-expand [name =] array [to typeof(type)], … [limit count]",
            "Makes a row of each item of arrays or bags.", options: expansion),
        .init(
            "mv-apply", aliases: ["mvapply"], "mv-apply [name =] array [to typeof(type)], … on (subquery)",
            "Runs a subquery over the items of arrays, row by row.", options: expansion),
        .init(
            "parse", "parse [kind=…] text with * \"literal\" column[: type] …",
            "Takes columns out of a text by a pattern.",
            options: [parseKinds, .init("flags", [], "Flags of the regular expression.")]),
        .init(
            "parse-where", "parse-where [kind=…] text with * \"literal\" column[: type] …",
            "Takes columns out of a text by a pattern and drops the rows that do not fit.",
            options: [parseKinds, .init("flags", [], "Flags of the regular expression.")]),
        .init(
            "parse-kv", "parse-kv text as (key: type, …) [with (pair_delimiter=…, kv_delimiter=…)]",
            "Takes the values of keys out of a text.",
            options: [
                .init("pair_delimiter", [], "What stands between pairs."),
                .init("kv_delimiter", [], "What stands between a key and its value."),
                .init("quote", [], "What quotes a value."), .init("escape", [], "What escapes a quote."),
                .init("greedy", ["true", "false"], "Whether values go on to the next known key."),
                .init("regex", [], "A regular expression with two groups: key and value."),
            ]),
    ]

    private static let seriesOperators: [OperatorReference] = [
        .init(
            "make-series",
            "make-series [name =] aggregate [default = value], … on axis [from start] [to end] step size "
                + "[by group, …]",
            "Makes arrays of aggregates at regular steps of an axis.",
            options: [.init("kind", ["nonempty"], "Gives one empty series when there are no rows.")])
    ]

    private static let graphOperators: [OperatorReference] = [
        .init(
            "make-graph", "make-graph source --> target [with nodes on id | with_node_id=name]",
            "Makes a graph of rows that are its edges."),
        .init(
            "graph-match", "graph-match (a)-[edge]->(b) [where predicate] project name = expression, …",
            "Finds patterns in a graph.",
            options: [.init("cycles", ["all", "none", "unique_edges"], "Which cycles may match.")]),
        .init(
            "graph-shortest-paths", "graph-shortest-paths (a)-[edge*1..5]->(b) [where predicate] project …",
            "Finds the shortest paths between nodes.",
            options: [.init("output", ["any", "all"], "One path or all shortest ones.")]),
        .init("graph-to-table", "graph-to-table nodes | edges [as name], …", "Gives the nodes or edges as a table."),
        .init(
            "graph-mark-components", "graph-mark-components [kind=…] [with_component_id=name]",
            "Numbers the connected parts of a graph.",
            options: [.init("kind", ["weak", "strong"], "How parts are connected.")]),
        .init("graph-where-nodes", "graph-where-nodes predicate", "Keeps the nodes for which a predicate is true."),
        .init("graph-where-edges", "graph-where-edges predicate", "Keeps the edges for which a predicate is true."),
    ]

    private static let sources: [OperatorReference] = [
        .init("print", "print [name =] expression, …", "Gives one row of computed values.", isSource: true),
        .init(
            "range", "range column from start to end step size", "Gives a column of values at equal steps.",
            isSource: true),
        .init(
            "datatable", "datatable (column: type, …) [value, …]", "Gives the rows that are written in it.",
            isSource: true),
        .init(
            "externaldata", "externaldata (column: type, …) [\"url\", …] [with (format=…)]",
            "Reads rows from outside, where that is allowed.",
            options: [
                .init("format", ["csv", "tsv", "json", "multijson", "txt", "parquet"], "The format of the data."),
                .init("ignoreFirstRecord", ["true", "false"], "Whether the first line holds names."),
            ], isSource: true),
        .init(
            "let", "let name = expression", "Names a value, a table or a function for the statements after it.",
            isSource: true),
        .init("set", "set option [= value]", "Sets an option of the query.", isSource: true),
        .init(
            "declare", "declare query_parameters (name: type = default, …)", "Declares the parameters of the query.",
            isSource: true),
    ]
}
