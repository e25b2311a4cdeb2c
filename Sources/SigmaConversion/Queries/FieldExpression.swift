internal import KQLSyntax
internal import KQLValues

/// What stands in a query for a field of a rule.
struct FieldExpression: Sendable, Hashable {
    /// A column, a path into a dynamic value, or an expression that a pipeline gives.
    let raw: String
    let type: KQLType

    /// As a string.
    var text: String { type == .string ? raw : "tostring(\(raw))" }

    /// As a number for comparisons of size.
    var number: String { type.isNumeric ? raw : "todouble(\(text))" }

    /// As a point in time.
    var date: String { type == .datetime ? raw : "todatetime(\(text))" }

    /// Whether the value is there; a string column cannot tell a missing value from an empty one.
    var isThere: String { type == .string ? "isnotempty(\(raw))" : "isnotnull(\(raw))" }

    /// The literal as the column's own type, nil when the value has to be compared as text.
    func own(_ literal: String) -> String? {
        switch type {
        case .int, .long: Int64(literal).flatMap { "\($0)" == literal ? literal : nil }
        case .bool: ["true", "false"].contains(literal.lowercased()) ? literal.lowercased() : nil
        default: nil
        }
    }
}

/// Finds for fields of rules the columns of a table.
struct FieldScope: Sendable {
    /// nil: the columns are not known, so that names are taken as they are.
    let columns: [String: KQLType]?
    /// A KQL expression with `{field}` for fields that are no columns, such as `EventData.{field}`.
    let otherFields: String?
    /// Expressions that pipelines give for fields. A rule's own field names are never taken for expressions.
    let expressions: Set<String>
    private let byLowercase: [String: String]

    init(columns: [String: KQLType]?, otherFields: String?, expressions: Set<String>) {
        self.columns = columns
        self.expressions = expressions
        self.otherFields = otherFields
        byLowercase = Dictionary((columns ?? [:]).keys.sorted().map { ($0.lowercased(), $0) }) { first, _ in first }
    }

    /// The expression for a field's name after mapping; nil when the table has no such field.
    func expression(_ field: String) -> FieldExpression? {
        if expressions.contains(field) { return FieldExpression(raw: field, type: .string) }
        guard let columns else { return FieldExpression(raw: KQLText.column(field), type: .string) }
        if let column = column(field) {
            return FieldExpression(raw: KQLText.column(column), type: columns[column] ?? .string)
        }
        if let path = path(field) { return path }
        guard let otherFields else { return nil }
        let marker = "{field}"
        if otherFields.hasSuffix("." + marker) {
            return path(String(otherFields.dropLast(marker.count)) + field)
        }
        guard !field.contains("\""), !field.contains("\\") else { return nil }
        return FieldExpression(raw: otherFields.replacing(marker, with: field), type: .string)
    }

    /// A path whose first step is a column; text columns are read as JSON.
    private func path(_ field: String) -> FieldExpression? {
        let steps = field.split(separator: ".", omittingEmptySubsequences: false)
        guard steps.count > 1, let column = column(String(steps[0])), let type = columns?[column],
            type == .dynamic || type == .string
        else { return nil }
        let root = type == .dynamic ? KQLText.column(column) : "parse_json(\(KQLText.column(column)))"
        return FieldExpression(raw: root + steps.dropFirst().map { KQLText.member($0) }.joined(), type: .dynamic)
    }

    private func column(_ name: String) -> String? {
        columns?[name] == nil ? byLowercase[name.lowercased()] : name
    }
}
