public import Casebook
public import JSON
internal import Records

/// The entities that a row of a query's result names in the usual columns.
public enum RowEntities {
    /// - Parameter row: An object with a member for each column.
    public static func read(_ row: JSON) -> [Entity] {
        var batch = RecordBatch()
        for (name, value) in row.objectValue ?? [:] where value != .null {
            batch.append(name, value.stringValue ?? value.description)
        }
        batch.endRecord()
        return RecordEntities.read(RecordFields(batch, 0))
    }
}
