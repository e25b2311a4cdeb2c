package import EventStore
import JSON
import KQL
import KQLValues
package import Testing

/// Rows as text, so that they can be compared and shown; sorted unless their order counts.
private func lines(_ table: Table, ordered: Bool) -> [String] {
    let lines = (0..<table.rowCount).map { Differential.line(table.row($0)) }
    return ordered ? lines : lines.sorted()
}

/// Runs a query with and without pushdown and expects the same answer.
package func expectSameAnswer(
    _ text: String, _ store: any EventStore, ordered: Bool = false, pushes: Bool = true, mayFallBack: Bool = false,
    sourceLocation: SourceLocation = #_sourceLocation
) async throws {
    let runtime: StoreQueryResult
    do {
        runtime = try await store.query(TestEvents.query(text, store, pushesDown: false))
    } catch let expected as ExecutionError {
        let error = await #expect(throws: ExecutionError.self, "\(text)", sourceLocation: sourceLocation) {
            try await store.query(TestEvents.query(text, store))
        }
        #expect(error?.code == expected.code, "\(text)", sourceLocation: sourceLocation)
        return
    }
    let pushed = try await store.query(TestEvents.query(text, store))
    let division = pushed.division
    let sql = division.pushed.map(\.sql).joined(separator: "\n")
    let comment = Comment(rawValue: "\(text)\n\(sql)\n\(division.declines.map { "\($0.operation): \($0.reason)" })")
    if !mayFallBack { #expect(pushed.fallback == nil, comment, sourceLocation: sourceLocation) }
    if pushes { #expect(!division.pushed.isEmpty, comment, sourceLocation: sourceLocation) }
    #expect(pushed.result.table.schema == runtime.result.table.schema, comment, sourceLocation: sourceLocation)
    let expected = lines(runtime.result.table, ordered: ordered)
    let received = lines(pushed.result.table, ordered: ordered)
    if expected != received {
        let missing = Set(expected).subtracting(received).sorted().prefix(5)
        let surplus = Set(received).subtracting(expected).sorted().prefix(5)
        Issue.record(
            "\(comment)\nexpected \(expected.count), received \(received.count) rows\nmissing \(missing.joined(separator: "\n"))\nsurplus \(surplus.joined(separator: "\n"))",
            sourceLocation: sourceLocation)
    }
}

/// Queries over `TestEvents` whose answers must be the same whether a store runs parts of them or not. Each function is a
/// test.
package struct PushdownComparison: Sendable {
    /// Opens an empty store.
    private let open: @Sendable () async throws -> any EventStore
    /// Whether the store evaluates KQL inside its queries, so that a part of each query is expected to be pushed.
    private let hostsExpressions: Bool

    package init(hostsExpressions: Bool, open: @escaping @Sendable () async throws -> any EventStore) {
        self.hostsExpressions = hostsExpressions
        self.open = open
    }

    private func store(count: Int, seed: UInt64) async throws -> any EventStore {
        try await TestEvents.filled(open(), count: count, seed: seed)
    }

    private func expectSameAnswer(
        _ text: String, _ store: any EventStore, ordered: Bool = false, pushes: Bool = true, mayFallBack: Bool = false,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        try await EventStoreComparison.expectSameAnswer(
            text, store, ordered: ordered, pushes: pushes && hostsExpressions, mayFallBack: mayFallBack,
            sourceLocation: sourceLocation)
    }

    private static let conditions = [
        "Code == 4625", "Code != 4625", "Code > 4625", "not(Code == 4625)", "not(Code > 4625)", "Code in (4624, 4625)",
        "Code !in (4624, 4625)", "Bytes == Code", "Bytes != Id", "Score == 1.5", "Score != 1.5", "Score > 0",
        "Score <= 0",
        "not(Score > 0)", "Score == Score", "Flag", "not(Flag)", "Flag == false", "isnull(Flag)",
        "Flag and Code > 4625",
        "Flag or Code > 4625", "not(Flag or Code > 4625)", "Host == 'host3'", "Host != 'host3'", "User == ''",
        "isempty(User)", "isnotempty(User)", "User =~ 'ALICE'", "User !~ 'alice'", "User in~ ('Alice', 'BOB')",
        "User in ('Alice', 'BOB')", "User !in~ ('alice')", "Text has 'sekurlsa'", "Text !has 'sekurlsa'",
        "Text has 'shell'", "Text has 'power'", "Text has_cs 'POWERSHELL'", "Text contains 'KELVIN'",
        "Text contains 'ï'",
        "Text contains \"it's\"", "Text contains_cs 'Mimi'", "Text !contains 'a'", "Text startswith 'mimi'",
        "Text endswith 'EXE'", "Text hasprefix 'sek'", "Text hassuffix 'shell'", "Text has_any ('mimikatz', 'naïve')",
        "Text has_all ('a', 'b')", "Text matches regex @'\\d+\\.\\d+'", "Text has '10.0.0.1'", "Text == 'x\\0y'",
        "Text contains '$1'", "Text has ''", "Text contains ''", "Text startswith 'https'",
        "TimeGenerated > ago(2h)", "TimeGenerated between (ago(2h) .. ago(1h))",
        "TimeGenerated between (ago(3h) .. 1h)",
        "TimeGenerated !between (ago(2h) .. ago(1h))", "Seen < TimeGenerated", "Seen - TimeGenerated > 2s", "Lag > 1m",
        "Lag == 2m", "Gid == guid(00000000-0000-0000-0000-000000000003)",
        "Gid != guid(00000000-0000-0000-0000-000000000003)",
        "isnull(Gid)", "Price > 1.0", "Price == decimal(2.5)", "isnull(Price)", "Data.name == 'Mimikatz'",
        "Data.name has 'power'", "tostring(Data.name) == '5'", "isnull(Data.name)", "isempty(Data.name)",
        "toint(Data.['count']) > 1", "Data.nested.deep == true", "tostring(Data.nested.deep) =~ 'TRUE'",
        "array_length(Data.list) == 2", "Data.list[0].n == 'a b'", "tostring(Data) contains 'deep'", "isnotnull(Data)",
        "Bytes + 3 > 10", "Bytes * 2 == 20", "Bytes / 7 == -3", "Bytes % 7 == 3", "-Bytes > 10", "abs(Bytes) > 40",
        "bin(Bytes, 10) == -20", "strlen(Text) > 12", "tolower(User) == 'alice'", "iff(Flag, Bytes, Id) > 5",
        "coalesce(User, Host) startswith 'host'", "Bytes between (-5 .. 5)", "Score between (0.0 .. 2.0)",
        "Code in (Bytes, 4625)", "Text in (dynamic(['a b', 'naïve', 'it\\'s']))",
        "Host in ((Other | where Flag | project Host))", "Text has_any ((Other | where Id < 3 | project User))",
        "Host in~ ((Other | where Flag | project toupper(Host)))", "Text has tostring(toscalar(Other | project Data))",
        "Host !in ((Other | where Code == 4622 | project Host))", "Bytes in ((Other | project Bytes))",
        "Id > toscalar(Events | summarize max(Id)) - 5", "Host == toscalar(Other | where Code == 1 | project Host)",
        "datetime_diff('second', TimeGenerated, Seen) > 3", "hourofday(TimeGenerated) == 3",
        "startofday(TimeGenerated) == startofday(ago(1d))", "extract(@'(\\w+)\\.exe', 1, Text) == 'cmd'",
    ]

    package func conditions() async throws {
        let store = try await store(count: 900, seed: 7)
        for condition in Self.conditions {
            try await expectSameAnswer("Events | where \(condition) | project Id, Host", store)
        }
    }

    package func computedColumns() async throws {
        let store = try await store(count: 500, seed: 8)
        // A condition's value, null included, and not only where it is true.
        for condition in Self.conditions where !condition.contains("| project") {
            try await expectSameAnswer("Events | extend c = \(condition) | summarize n = count() by c", store)
        }
        let expressions = [
            "bin(TimeGenerated, 1h)", "bin(Bytes, 7)", "bin(Lag, 1m)", "bin(Score, 0.5)", "floor(Bytes, 3)",
            "startofday(TimeGenerated)", "strcat(Host, '-', User, Code)", "tostring(Code)",
            "tostring(Flag)", "tostring(Score)", "tostring(Gid)", "tostring(Data.name)", "tostring(Data.list)",
            "tolong(Data.['count'])", "todouble(Bytes)", "toint(Bytes)", "toupper(Text)", "substring(Text, 1, 3)",
            "split(Text, ' ')[0]", "replace_string(Text, 'e', 'E')", "iff(Code == 4625, 'fail', Host)",
            "case(Code == 4625, 'a', Code > 4625, 'b', 'c')", "coalesce(User, Host)", "TimeGenerated + 1h",
            "TimeGenerated - Seen", "Seen - 5m", "Lag / 2", "Lag / 1m", "Bytes + Code", "Score + Bytes", "Score * 2",
            "Bytes / Code", "1.0 * Bytes / 3", "trim('x', Text)", "indexof(Text, 'e')",
            "dayofweek(TimeGenerated)", "isempty(Data)", "gettype(Data)", "max_of(Bytes, 3)", "hash_sha256(User)",
            "tostring(Price)", "todecimal(Bytes)", "parse_json(tostring(Data)).name", "countof(Text, 'e')",
            "strlen(Text)", "string_size(Text)", "isnull(Bytes)", "Data.nested.deep", "Data['odd key\\'s \"name\"']",
        ]
        for expression in expressions {
            try await expectSameAnswer(
                "Events | extend x = tostring(\(expression)) | summarize n = count() by x", store)
        }
    }

    package func groups() async throws {
        let store = try await store(count: 500, seed: 9)
        let aggregates = [
            "count()", "countif(Flag)", "countif(Score > 0)", "dcount(User)", "dcount(Code)", "dcount(Gid)",
            "sum(Bytes)",
            "sum(Code)", "sumif(Bytes, Flag)", "min(Bytes)", "max(Seen)", "min(Lag)", "max(Flag)", "minif(Bytes, Flag)",
            "dcountif(User, Flag)", "min(Score)", "max(User)", "avg(Bytes)", "count_distinct(Host)",
            "array_sort_asc(make_set(Host))",
            "array_sort_asc(make_list(Code))", "array_sort_asc(make_set_if(User, Flag))", "avg(Score)",
            "avgif(Code, Flag)",
            "array_length(make_set(Text, 3))", "isempty(take_any(Host))", "array_sort_asc(make_list(Flag))",
            "arg_max(Id, Host, User, Data)", "arg_min(TimeGenerated, *)", "arg_max(Id, Text)",
            "percentile(Bytes, 50)", "stdev(Bytes)", "sum(Lag)", "variance(Code)", "percentile(Seen, 33.3)",
            "max(Score)", "minif(Score, Flag)", "maxif(Text, Flag)", "stdevif(Bytes, Flag)", "variancep(Bytes)",
            "percentiles(Bytes, 5, 50, 95)", "dcount(Text)", "dcount(Seen)", "dcountif(Id, Flag)", "sum(Score)",
        ]
        for aggregate in aggregates {
            for filter in ["Code == 1", "Host == 'host1'"] {
                try await expectSameAnswer("Events | where \(filter) | summarize \(aggregate)", store)
            }
            for key in ["User, Flag", "bin(TimeGenerated, 1h), Score", "tostring(Data.name)"] {
                try await expectSameAnswer("Events | summarize \(aggregate) by \(key)", store, mayFallBack: true)
            }
        }
        try await expectSameAnswer(
            "Events | summarize n = count(), m = max(Bytes) + 1 by h = tolower(User) | where n > 10 | order by n desc, h asc",
            store, ordered: true)
    }

    package func orders() async throws {
        let store = try await store(count: 400, seed: 10)
        for key in ["Id", "Code", "Bytes", "Score", "Host", "Text", "Flag", "Lag", "Seen", "Gid", "User"] {
            for direction in ["asc", "desc", "asc nulls last", "desc nulls first"] {
                try await expectSameAnswer(
                    "Events | sort by \(key) \(direction), Id asc | project Id", store, ordered: true)
            }
            try await expectSameAnswer("Events | top 17 by \(key), Id", store, ordered: true)
        }
        try await expectSameAnswer("Events | sort by Id asc | take 5 | where Id > 2", store, ordered: true)
        try await expectSameAnswer("Events | take 0", store)
        try await expectSameAnswer("Events | count", store)
        try await expectSameAnswer("Events | distinct Host, User", store)
        try await expectSameAnswer("Events | distinct Score, Code", store)
    }

    package func joinsAndUnions() async throws {
        let store = try await store(count: 300, seed: 11)
        let kinds = [
            "innerunique", "inner", "leftouter", "rightouter", "fullouter", "leftanti", "rightanti", "leftsemi",
            "rightsemi",
        ]
        for kind in kinds {
            // Which of several rows of a key is taken is open where rows have no order.
            let isOpen = kind == "innerunique" && !hostsExpressions
            let seen = isOpen ? " | count" : ""
            for key in ["Host, Code", "User, Flag", "Gid, Bytes", "Score, Host"] {
                try await expectSameAnswer(
                    "Events | where Id < 120 | join kind=\(kind) (Other | where Id < 40) on \(key)\(seen)", store)
            }
            try await expectSameAnswer(
                "Events | where Id < 300 | project Id, Bytes, User | join kind=\(kind) (Other | summarize n = count(), Last = max(Id) by User, B = Bytes) on User, $left.Bytes == $right.B\(seen)",
                store)
        }
        try await expectSameAnswer("Events | distinct User | join (Other | project User, Id) on User", store)
        try await expectSameAnswer(
            "Events | lookup (Other | summarize m = max(Id) by Host) on Host | summarize count() by m", store)
        try await expectSameAnswer("union Events, Other | summarize count(), dcount(User) by Host", store)
        try await expectSameAnswer(
            "union withsource=T (Events | project Id, a = Bytes), (Other | project Id, b = Code) | summarize count() by T, a, b",
            store)
        try await expectSameAnswer(
            "let x = materialize(Events | where Flag | summarize n = count() by Host); x | join kind=inner (x | project Host, m = n) on Host",
            store)
        try await expectSameAnswer(
            "let T = datatable(Host: string, w: long)['host1', 1, 'host2', 2]; Events | join kind=inner T on Host | summarize count() by Host, w",
            store)
    }

    package func arraysAndSeries() async throws {
        let store = try await store(count: 400, seed: 13)
        let expansions = [
            "Data", "x = Data", "kind=array Data", "x = Data.list", "with_itemindex=i x = Data.list", "Data limit 1",
            "x = Data.list, y = Data.nested", "x = split(Text, ' '), y = Data.list",
            "x = parse_json('[[1,2],{},null]')",
            "with_itemindex=i x = Data.list, Data limit 2",
        ]
        for expansion in expansions {
            try await expectSameAnswer("Events | mv-expand \(expansion)", store)
            try await expectSameAnswer(
                "Events | mv-expand \(expansion) | where Flag | summarize count() by Host", store)
        }
        try await expectSameAnswer(
            "Events | mv-expand x = Data.list to typeof(string) | project Id, x", store, pushes: false)
        let ranges = ["", "from ago(10h) ", "to ago(1h) ", "from ago(1d) to now() ", "from ago(95m) to ago(35m) "]
        let series = [
            "n = count()", "m = max(Bytes) default=-1", "a = avg(Bytes) default=real(null), d = dcount(User)",
            "x = sum(Bytes) / count() default=0", "s = array_sort_asc(make_set(Flag))",
        ]
        for (range, text) in ranges.flatMap({ range in series.map { (range, $0) } }) {
            for key in ["", " by Host", " by User, Flag"] {
                try await expectSameAnswer(
                    "Events | make-series \(text) on TimeGenerated \(range)step 37m\(key)", store)
            }
        }
        try await expectSameAnswer("Events | make-series count() on Bytes from -20 to 20 step 7 by Flag", store)
        try await expectSameAnswer("Events | make-series count() on Lag step 1m", store)
        try await expectSameAnswer(
            "Events | where Id < 0 | make-series kind=nonempty count() on Id from 0 to 5 step 1", store)
    }

    package func distinctCounts() async throws {
        let store = try await store(count: 3000, seed: 14)
        for value in ["Id", "TimeGenerated", "strcat(Text, Id)", "Gid", "Code"] {
            try await expectSameAnswer(
                "union Events, Other | summarize dcount(\(value)), dcountif(\(value), Flag) by Host", store)
            try await expectSameAnswer("Events | where Id % 2 == 0 | summarize dcount(\(value))", store)
        }
    }

    package func others() async throws {
        let store = try await store(count: 500, seed: 12)
        let queries = [
            "Events | extend e = extract(@'(.)(.*)e(.*)', 2, Text) | summarize count() by e, f = extract('a|(b)', 1, Text)",
            "Events | extend e = extract('(', 1, Text) | summarize count() by e",
            "Events | mv-expand x = Data.list | extend n = tostring(x.n), s = tostring(x) | summarize count() by n, s",
            "Events | where gettype(Data) != 'dictionary' | mv-expand Data | project Id, Data",
            "Events | extend j = tostring(Data) | extend n = tostring(parse_json(j).name), d = tostring(parse_json(j).nested.deep) | summarize count() by n, d",
            "Events | where tostring(parse_json(Text).a) == '' | summarize count() by tostring(todynamic(Text)[0])",
            "Events | parse Text with A 'e' B | parse B with * 'a' C | summarize count() by A, B, C",
            "Events | parse Text with 'cat=' Category:string ';rule=R' Number:int ';' * | summarize count() by Category, Number",
            "Events | mv-expand x = Data.list | project Id, x",
            "Events | mv-expand Data | summarize count() by tostring(Data)",
            "Events | parse Text with 'cat=' Category ';rule=' Rule ';' * | summarize count() by Category, Rule",
            "Events | where Text has 'a' | extend r = rand(10) | where r >= 0 and Flag | project Id",
            "Events | summarize make_set(Host) by Flag | extend n = array_length(set_Host) | project Flag, n",
        ]
        for query in queries { try await expectSameAnswer(query, store, pushes: false, mayFallBack: true) }
    }
}
