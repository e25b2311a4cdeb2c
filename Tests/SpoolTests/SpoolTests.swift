import Chronology
import EventStore
import Foundation
import JSON
import KQLValues
import Spool
import Testing

struct SpoolTests {
    private func folder() -> URL {
        FileManager.default.temporaryDirectory.appending(path: "tocsin-spool-\(UUID().uuidString)")
    }

    private func delivery(_ number: Int, rows: Int = 3) -> SpooledDelivery {
        let schema = TableSchema([
            ColumnSchema("TimeGenerated", .datetime), ColumnSchema("Text", .string), ColumnSchema("Flag", .bool),
            ColumnSchema("Small", .int), ColumnSchema("Ratio", .real), ColumnSchema("Exact", .decimal),
            ColumnSchema("Id", .guid), ColumnSchema("Span", .timespan), ColumnSchema("More", .dynamic),
        ])
        let table = Table(
            schema: schema,
            rows: (0..<rows).map { row in
                [
                    .datetime(Instant(ticks: Int64(number * 1000 + row))), .string("Ä\(number)/\(row)"),
                    row == 1 ? .null(.bool) : .bool(true), .int(Int32(-row)), .real(.infinity),
                    .decimal(Decimal(string: "12.50") ?? 0), .guid(Column.noGUID), .timespan(.seconds(-1)),
                    .dynamic(["n": .int(Int64(row))]),
                ]
            })
        return SpooledDelivery(id: DeliveryID("d\(number)"), batches: [EventBatch(table: "T_CL", rows: table)])
    }

    /// All that waits, handed on.
    private func drain(_ spool: Spool) async throws -> [String] {
        var ids: [String] = []
        while spool.backlog.deliveries > 0 {
            guard let next = try await spool.next() else { break }
            ids.append(next.id.text)
            try await spool.acknowledge()
        }
        return ids
    }

    @Test func `a delivery comes back as it was`() throws {
        let original = delivery(7)
        let copy = try SpooledDelivery(bytes: original.bytes)
        #expect(copy.id == original.id)
        let (before, after) = (original.batches[0], copy.batches[0])
        #expect(after.table == "T_CL")
        #expect(after.schema == before.schema)
        for (left, right) in zip(before.columns, after.columns).dropLast() {
            for row in 0..<3 { #expect(left[row] == right[row]) }
        }
        #expect(after.columns.last?[2] == .string(#"{"n":2}"#))
    }

    @Test func `bytes that are no delivery are refused, whatever is wrong with them`() {
        let bytes = delivery(1, rows: 2).bytes
        for length in stride(from: 0, to: bytes.count, by: 7) {
            #expect(throws: SpoolError.self) { try SpooledDelivery(bytes: bytes.prefix(length)) }
        }
        var random = SystemRandomNumberGenerator()
        for _ in 0..<500 {
            var broken = bytes
            broken[Int.random(in: 0..<broken.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            // It is read or refused; it never crashes.
            _ = try? SpooledDelivery(bytes: broken)
        }
    }

    @Test func `deliveries come out in order, once each, over restarts and segments`() async throws {
        let folder = folder()
        let options = Spool.Options(folder: folder, segmentBytes: 2000)
        let first = try Spool(options)
        for number in 0..<20 { try await first.append(delivery(number)) }
        for _ in 0..<5 {
            _ = try await first.next()
            try await first.acknowledge()
        }
        // What was given and not acknowledged waits again.
        #expect(try await first.next()?.id.text == "d5")
        let second = try Spool(options)
        #expect(second.backlog.deliveries == 15)
        try await second.append(delivery(20))
        #expect(try await drain(second) == (5...20).map { "d\($0)" })
        #expect(second.backlog.bytes == 0)
        let third = try Spool(options)
        #expect(third.backlog.deliveries == 0)
        try await third.append(delivery(21))
        #expect(try await drain(third) == ["d21"])
    }

    @Test func `a record torn by a crash is cut off, and what was acknowledged before it stays`() async throws {
        let folder = folder()
        let spool = try Spool(.init(folder: folder))
        for number in 0..<3 { try await spool.append(delivery(number)) }
        let file = try #require(
            try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
                .first { $0.pathExtension == "spool" })
        let whole = try Data(contentsOf: file)
        for torn in [1, 7, 8, 40, whole.count / 3 - 1] {
            try (whole + whole.prefix(torn)).write(to: file)
            let opened = try Spool(.init(folder: folder))
            #expect(opened.backlog.deliveries == 3)
            #expect(opened.damagedSegments.isEmpty)
            #expect(try Data(contentsOf: file) == whole)
        }
    }

    @Test func `what follows damage is kept beside, never dropped`() async throws {
        let folder = folder()
        let spool = try Spool(.init(folder: folder))
        for number in 0..<3 { try await spool.append(delivery(number)) }
        let file = try #require(
            try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
                .first { $0.pathExtension == "spool" })
        var bytes = try Data(contentsOf: file)
        bytes[bytes.count / 3 + 20] ^= 0xFF
        try bytes.write(to: file)
        let opened = try Spool(.init(folder: folder))
        #expect(opened.backlog.deliveries == 1)
        #expect(opened.damagedSegments.count == 1)
        #expect(try await drain(opened) == ["d0"])
    }

    @Test func `a full spool refuses and keeps what it has`() async throws {
        let spool = try Spool(.init(folder: folder(), mostBytes: 3000, segmentBytes: 1000))
        var kept = 0
        let error = await #expect(throws: SpoolError.self) {
            while true {
                try await spool.append(delivery(kept))
                kept += 1
            }
        }
        #expect(error?.code == .full)
        #expect(kept > 2)
        _ = try await spool.next()
        try await spool.acknowledge()
        try await spool.append(delivery(kept))
        #expect(try await drain(spool) == (1...kept).map { "d\($0)" })
    }

    @Test func `many at once are all kept, once each`() async throws {
        let folder = folder()
        let spool = try Spool(.init(folder: folder, segmentBytes: 4000))
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<200 { group.addTask { try await spool.append(self.delivery(number)) } }
            try await group.waitForAll()
        }
        let opened = try Spool(.init(folder: folder))
        #expect(Set(try await drain(opened)) == Set((0..<200).map { "d\($0)" }))
    }
}
