import Collection
import EventStore
import KQLValues

extension CollectedChunk {
    var tables: [String] { batches.map(\.table) }

    /// The values of a column of a table, as text; nulls are left out.
    func values(_ table: String, _ column: String) -> [String] {
        batches.filter { $0.table == table }.flatMap { batch -> [String] in
            guard let index = batch.schema.index(of: column) else { return [] }
            return (0..<batch.rowCount).compactMap { row in
                switch batch.columns[index][row] {
                case .string(let text): text
                case .int(let number): String(number)
                case .long(let number): String(number)
                default: nil
                }
            }
        }
    }
}
