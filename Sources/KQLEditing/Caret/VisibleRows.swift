import KQL
import KQLSyntax
import KQLValues

/// The columns that an expression at a place may name.
struct VisibleRows: Sendable {
    var columns: [ColumnSchema]
    /// Whether data or something unknown decides on further columns.
    var isOpen: Bool
    /// The stored table whose columns these are, as far as they still are; nil when there is none.
    var table: String?

    init(_ shape: TableShape, table: String? = nil) {
        columns = shape.schema.columns
        isOpen = shape.isOpen
        self.table = table
    }

    func column(_ name: String) -> ColumnSchema? { columns.first { $0.name == name } }
}

extension QueryAnalysis {
    /// The columns at an offset: those before the operator there, or of one side of a join behind `$left.` or `$right.`
    func rows(at offset: Int, side: String?) -> VisibleRows? {
        guard let step = step(at: offset), let input = step.input else { return nil }
        switch side {
        case "$right": return step.right.map { VisibleRows($0) }
        default: return VisibleRows(input, table: sourceTable(of: step))
        }
    }

    /// The table at the beginning of the pipeline that a step is part of.
    private func sourceTable(of step: PipelineStep) -> String? {
        var current = step
        for _ in steps.indices {
            if current.role == .source {
                let text = tree.source.text(in: current.span).unquotedName
                return text.utf8.allSatisfy(\.isWordByte) ? text : nil
            }
            guard let before = steps.last(where: { $0.reach.upper == current.reach.lower - 1 }) else { return nil }
            current = before
        }
        return nil
    }
}
