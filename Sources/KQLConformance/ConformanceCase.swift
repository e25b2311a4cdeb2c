import JSON

/// One line of a corpus file.
struct ConformanceCase {
    /// How the expected rows are written.
    enum Convention {
        /// Typed JSON with the column types: results of the real engine.
        case typed
        /// Typed JSON; a null in a string column is the empty string, a dynamic is JSON text.
        case measured
        /// Cells as a documentation page shows them.
        case documentation
        /// Text as kusto-loco prints it.
        case printed(mode: String, match: String, text: String)
        /// No expected rows: the query must parse and bind.
        case bindingOnly
    }

    let id: String
    let query: String
    let columns: [String]
    let types: [String]
    let rows: [[JSON]]
    let isOrdered: Bool
    let isDeterministic: Bool
    let notes: [String]
    let convention: Convention
    /// Whether the text is the body of a function whose parameters are not given.
    let isFunctionBody: Bool
    /// Whether the elements of arrays may come in any order.
    let hasLooseArrays: Bool
    /// Why the case does not count, if it does not.
    let skipReason: String?

    init(_ json: JSON) {
        let strings = { (key: String) in json[key]?.arrayValue?.compactMap(\.stringValue) ?? [] }
        id = json["id"]?.stringValue ?? "?"
        query = json["query"]?.stringValue ?? ""
        types = strings("types")
        rows = json["rows"]?.arrayValue?.compactMap(\.arrayValue) ?? []
        isOrdered = json["ordered"]?.boolValue ?? false
        notes = strings("notes")
        let expected = strings("columns_expected")
        columns = expected.isEmpty ? strings("columns") : expected
        let emulator = json["emulator"]?.stringValue
        isDeterministic = (json["deterministic"]?.boolValue ?? true) && emulator != "differ_nondeterministic"
        hasLooseArrays = emulator == "agree_up_to_array_order"
        let hasRows = json["rows"] != nil
        isFunctionBody = json["kind"]?.stringValue == "parser_or_function"
        if let mode = json["mode"]?.stringValue {
            convention = .printed(
                mode: mode, match: json["match"]?.stringValue ?? "equals", text: json["expected_raw"]?.stringValue ?? ""
            )
        } else if !hasRows {
            convention = .bindingOnly
        } else if json["duckdb_types"] != nil {
            convention = .measured
        } else if json["heading"] != nil {
            convention = .documentation
        } else {
            convention = .typed
        }
        skipReason = ConformanceCase.skipReason(json, emulator: emulator, notes: notes, hasRows: hasRows)
    }

    private static func skipReason(_ json: JSON, emulator: String?, notes: [String], hasRows: Bool) -> String? {
        if json["doc_suspect"]?.boolValue == true { return "the documented output is suspect" }
        if emulator == "differ" { return "the real engine differs from the documentation" }
        if notes.contains(where: { $0.hasPrefix("loco_extension") }) { return "not a Kusto function" }
        if !hasRows, json["grammar_ok"]?.boolValue == false { return "the source text is broken" }
        return nil
    }

    /// Whether numbers may be off by 5 %.
    var isApproximate: Bool {
        notes.contains { $0.hasPrefix("approx_aggregate") }
            || ["dcount", "percentile", "tdigest", "hll"].contains { query.contains($0) }
    }
}
