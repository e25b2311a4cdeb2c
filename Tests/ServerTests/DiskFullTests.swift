import Foundation
import JSON
import Testing

/// Mounts a small disk, which only root may.
@Suite(.serialized, .enabled(if: geteuid() == 0, "a small disk can only be mounted by root"))
struct DiskFullTests {
    @Test func `a full disk refuses with 507, loses nothing, and goes on when there is room`() async throws {
        let data = try RunningTocsin.temporaryFolder()
        let settings = try RunningTocsin.temporaryFolder().appending(path: "tocsin.yaml")
        try Data("events:\n  reserveMiB: 24\n".utf8).write(to: settings)
        let server = try await RunningTocsin(
            data: data, arguments: ["--config", settings.path],
            launcher: RunningTocsin.onDisk(of: 96, at: data))
        let disk = server.root + data.path
        let ballast = disk + "/ballast"
        var acknowledged: Set<Int> = []
        func send(_ batch: Int) async throws -> Int {
            let numbers = (0..<20).map { batch * 100 + $0 }
            let answer = try await server.send(
                "POST", "/api/ingest?source=test",
                body: numbers.map { SampleEvents.row($0) }.joined(separator: "\n") + "\n",
                type: "application/x-ndjson", token: server.token)
            if answer.status == 200 { acknowledged.formUnion(numbers) }
            return answer.status
        }
        #expect(try await send(0) == 200)
        let attributes = try FileManager.default.attributesOfFileSystem(forPath: disk)
        let free = try #require(attributes[.systemFreeSize] as? Int)
        try Data(repeating: 1, count: free - (20 << 20)).write(to: URL(filePath: ballast))
        let refused = try await send(1)
        #expect(refused == 507)
        #expect(try await server.query("Marks_CL | count")[0][0].intValue == 20)
        try FileManager.default.removeItem(atPath: ballast)
        for batch in 2..<10 { #expect(try await send(batch) == 200) }
        let copies = try await server.query(
            "Marks_CL | summarize Copies = count() by Number | where Copies == 1 | count")
        #expect(copies[0][0].intValue == Int64(acknowledged.count))
        #expect(acknowledged.count == 180)
        await server.stop()
    }
}
