public import KQLValues

extension EventBatch {
    /// The batch's columns in the places of a table's columns, in the table's types and with ill-formed text repaired; nil
    /// where the batch brings none.
    ///
    /// - Throws: `invalidBatch` when two columns go to one place or values do not fit.
    public func placed(by evolution: SchemaEvolution) throws(EventStoreError) -> [Column?] {
        var sources = [Column?](repeating: nil, count: evolution.schema.columns.count)
        for (placement, values) in zip(evolution.placements, columns) {
            let name = evolution.schema.columns[placement.column].name
            guard sources[placement.column] == nil else {
                throw EventStoreError(.invalidBatch, "A batch for \(table) brings column \(name) twice.")
            }
            guard let converted = values.widened(to: placement.type) else {
                throw EventStoreError(
                    .invalidBatch,
                    "A batch for \(table) holds \(values.type) values for the \(placement.type) column \(name).")
            }
            if case .string(let strings) = converted {
                sources[placement.column] = .string(strings.wellFormed)
            } else {
                sources[placement.column] = converted
            }
        }
        return sources
    }

    /// - Throws: `invalidBatch` when the batch does not keep its invariant.
    public func checkShape() throws(EventStoreError) {
        guard let fault else { return }
        throw EventStoreError(.invalidBatch, "A batch for \(table) cannot be stored: \(fault).")
    }
}

extension StoreLayout {
    /// - Throws: `invalidName` when a table or column cannot have that name.
    public static func check(_ name: String, _ kind: String) throws(EventStoreError) {
        guard (1...256).contains(name.utf8.count), name.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
            throw EventStoreError(
                .invalidName,
                "A \(kind) cannot be named '\(name.prefix(300))': names have 1 to 256 bytes and no control characters.")
        }
    }
}
