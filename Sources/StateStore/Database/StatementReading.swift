public import GRDB

extension Statement {
    /// What `read` makes of each row, in their order.
    ///
    /// Rows are read while the statement stands on them: nothing is copied, and columns are looked up by name in a table,
    /// where a row that was fetched compares the name with each of its own.
    ///
    /// - Parameter read: takes what it needs out of the row, which is another one afterwards; it runs no statement.
    public func all<T>(_ arguments: StatementArguments, _ read: (Row) throws -> T) throws -> [T] {
        let rows = try Row.fetchCursor(self, arguments: arguments)
        var results: [T] = []
        while let row = try rows.next() { results.append(try read(row)) }
        return results
    }

    /// What `read` makes of the first row; nil when there is none.
    public func first<T>(_ arguments: StatementArguments, _ read: (Row) throws -> T) throws -> T? {
        // The statement is reset when its cursor goes.
        let rows = try Row.fetchCursor(self, arguments: arguments)
        return try withExtendedLifetime(rows) { try rows.next().map(read) }
    }
}
