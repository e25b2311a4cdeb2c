internal import Chronology
internal import Foundation
internal import JSON
internal import KQL
internal import KQLFunctions
internal import KQLSyntax
internal import KQLValues

/// What a query says about itself before it is bound: its `set` statements and the parameters that it declares.
struct QueryPreamble {
    private let query: Query

    init(_ text: String) {
        query = Parser.parse(text).query
    }

    /// How much of its result the query wants, and for how long it may run.
    func apply(to limits: inout ResultLimits, atMost most: ResultLimits, seconds: inout Double?) {
        for case .set(let option) in query.statements {
            switch (option.name.text.lowercased(), option.literal) {
            case ("notruncation", let value) where value != .bool(false): limits = most
            case ("truncationmaxrecords", .long(let count)?), ("query_take_max_records", .long(let count)?):
                limits.rows = min(limits.rows, Int(clamping: max(0, count)))
            case ("truncationmaxsize", .long(let size)?): limits.bytes = min(limits.bytes, Int(clamping: max(0, size)))
            case ("servertimeout", .timespan(let ticks)?): seconds = TimeSpan(ticks: ticks).seconds
            default: continue
            }
        }
    }

    /// The declared parameters' values in their types.
    ///
    /// - Throws: `QueryProblem` for a value without a declaration, or one that its type cannot hold.
    func values(of given: [String: String]) throws(QueryProblem) -> [String: Value] {
        guard !given.isEmpty else { return [:] }
        var declared: [String: KQLType] = [:]
        for case .declareQueryParameters(let statement) in query.statements {
            for parameter in statement.parameters {
                if case .scalar(let type) = parameter.kind {
                    declared[parameter.name.text] = KQLType(name: type.type.rawValue) ?? .string
                }
            }
        }
        var values: [String: Value] = [:]
        for (name, text) in given.sorted(by: { $0.key < $1.key }) {
            guard let type = declared[name] else { throw QueryPreamble.undeclared(name, declared.keys.sorted()) }
            guard let value = ParameterText.value(text, type) else {
                throw QueryProblem(
                    code: .semanticError,
                    message:
                        "the query parameter '\(name)' is declared as \(type.rawValue), and '\(text.prefix(80))' is no such value",
                    hint: ParameterText.example(of: type))
            }
            values[name] = value
        }
        return values
    }

    private static func undeclared(_ name: String, _ declared: [String]) -> QueryProblem {
        let hint =
            declared.isEmpty
            ? "begin it with: declare query_parameters(\(name): string);"
            : "it declares \(declared.map { "'\($0)'" }.joined(separator: ", "))"
        return QueryProblem(
            code: .semanticError, message: "the query declares no parameter '\(name)'", hint: hint)
    }
}

extension SetStatement {
    fileprivate var literal: LiteralValue? {
        switch value {
        case .literal(let literal): literal.value
        case .expression(let expression):
            if case .literal(let literal) = expression { literal.value } else { nil }
        default: nil
        }
    }
}

/// Values of parameters as people write them: `5`, `2026-11-21`, `1h`, also as KQL literals: `datetime(2026-11-21)`.
enum ParameterText {
    static func value(_ text: String, _ type: KQLType) -> Value? {
        switch type {
        case .string: return .string(text)
        // What is no JSON is the text itself.
        case .dynamic: return .dynamic((try? .init(parsing: unwrapped(text, type))) ?? .string(text))
        default: break
        }
        let content = unwrapped(text, type)
        if content == "null" { return .null(type) }
        let quoted = content.replacing("\\", with: "\\\\").replacing("'", with: "\\'")
        guard let converted = evaluate("print value = \(function(type))('\(quoted)')"), !converted.isNull else {
            return nil
        }
        return converted
    }

    static func example(of type: KQLType) -> String {
        switch type {
        case .datetime: "write it like 2026-11-21 or 2026-11-21T08:30:00Z"
        case .timespan: "write it like 1h, 7d or 1.02:30:00"
        case .bool: "write true or false"
        case .guid: "write it like 74be27de-1e4e-49d9-b579-fe0b331d3642"
        case .int, .long: "write a whole number"
        case .real, .decimal: "write a number like 12.5"
        case .string, .dynamic: "write text or JSON"
        }
    }

    /// `long(5)` → `5`.
    private static func unwrapped(_ text: String, _ type: KQLType) -> String {
        let trimmed = text.trimmingCharacters(in: .whitespaces)
        guard trimmed.hasSuffix(")"), let open = trimmed.firstIndex(of: "("),
            KQLType(name: String(trimmed[..<open])) == type
        else { return trimmed }
        return trimmed[trimmed.index(after: open)...].dropLast().trimmingCharacters(in: .whitespaces)
    }

    private static func function(_ type: KQLType) -> String {
        type == .real ? "todouble" : "to\(type.rawValue)"
    }

    private static func evaluate(_ text: String) -> Value? {
        // A text that cannot be evaluated is no value of the type, which is what the caller reports.
        let result = try? KQLEngine.run(
            text, environment: QueryEnvironment(catalogue: .standard, tables: FixedTableCatalog([:])),
            options: CompileOptions(now: .unixEpoch), tables: NoTables(), clock: { 0 })
        return result?.table.columns.first?[0]
    }
}

/// A source for queries that read no table.
private struct NoTables: TableSource {
    func read(_ request: ScanRequest) throws -> Table { Table(empty: TableSchema(request.columns)) }

    func run(_ query: PushedQuery, isCancelled: @escaping @Sendable () -> Bool) throws -> Table {
        Table(empty: query.schema)
    }
}
