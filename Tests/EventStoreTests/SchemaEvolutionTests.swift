import EventStore
import KQLValues
import Testing

@Suite struct `Fitting columns into a table` {
    let existing = TableSchema([ColumnSchema("A", .string), ColumnSchema("N", .long), ColumnSchema("N_d", .real)])

    @Test func `known columns stay and new ones come at the end`() {
        let evolution = SchemaEvolution(
            existing: existing, arriving: TableSchema([ColumnSchema("B", .guid), ColumnSchema("A", .string)]))
        #expect(evolution.addedCount == 1)
        #expect(evolution.schema.columns.last == ColumnSchema("B", .guid))
        #expect(evolution.placements.map(\.column) == [3, 0])
    }

    @Test func `a wider number takes a narrower one`() {
        let evolution = SchemaEvolution(existing: existing, arriving: TableSchema([ColumnSchema("N", .int)]))
        #expect(evolution.addedCount == 0)
        #expect(evolution.placements[0].type == .long)
    }

    @Test func `another type goes to the column with its suffix`() {
        let evolution = SchemaEvolution(
            existing: existing,
            arriving: TableSchema([ColumnSchema("N", .real), ColumnSchema("A", .datetime), ColumnSchema("A", .dynamic)])
        )
        #expect(evolution.placements.map(\.column) == [2, 3, 4])
        #expect(evolution.schema.columns.suffix(2) == [ColumnSchema("A_t", .datetime), ColumnSchema("A_s", .string)])
    }

    @Test func `stored names differ even when case is disregarded`() {
        var names = StoredNames(taken: ["Account"])
        #expect(names.claim("account") == "account#2")
        #expect(names.claim("ACCOUNT") == "ACCOUNT#3")
        #expect(names.claim("Other") == "Other")
    }
}
