import Foundation
import JSON
import TestSupport
import Testing

@Suite(.serialized)
struct DeadLetterTests {
    @Test func `letters are taken in once the content is mended, and what still fails stays`() async throws {
        let content = try copyOfContent()
        let data = try RunningTocsin.temporaryFolder()
        try Data("content: \(content.path)\n".utf8).write(to: data.appending(path: "tocsin.yaml"))
        let server = try await RunningTocsin(data: data)
        let lines = (0..<3).map { #"{"gadget":"door-\#($0)","swings":\#($0),"when":"2026-11-20T10:00:0\#($0)Z"}"# }
        let answer = try await server.ingest((lines + ["{broken"]).joined(separator: "\n") + "\n", "source=gate")
        #expect(answer["rejected"]?.intValue == 4)

        let listing = try await server.get("/api/deadletters?source=gate")
        let counts = listing["counts"]?.arrayValue ?? []
        #expect(counts.map { $0["count"]?.intValue } == [3, 1])
        #expect(listing["value"]?.arrayValue?.count == 4)

        let folder = content.appending(path: "sources/gadget")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try Data(Self.source.utf8).write(to: folder.appending(path: "source.yaml"))
        try Data(Self.table.utf8).write(to: content.appending(path: "schemas/Gadgets_CL.yaml"))
        let redriven = try await Command.run(["deadletter", "redrive", "--source", "gate", "--data", data.path])
        #expect(redriven.status == 0, "\(redriven.errors)")
        #expect(redriven.output.contains("4 letters: 3 rows stored, 1 failed again"), "\(redriven.output)")
        let rows = try await server.query("Gadgets_CL | order by Swings asc | project Gadget, Swings")
        #expect(rows.map { $0[0].stringValue } == ["door-0", "door-1", "door-2"])
        #expect(try await server.query("DeadLetter_CL | count")[0][0].intValue == 1)

        let once = try await Command.run(["deadletter", "redrive", "--data", data.path])
        #expect(once.output.contains("1 letters: 0 rows stored, 1 failed again"))
        #expect(try await server.query("Gadgets_CL | count")[0][0].intValue == 3)
        await server.stop()
    }

    @Test func `the portal lists letters and takes them in again`() async throws {
        let data = try RunningTocsin.temporaryFolder()
        let server = try await RunningTocsin(data: data)
        let portal = try await PortalSession.signUp(server)
        _ = try await server.ingest("{<script>alert(1)</script>\n", "source=gate")
        let page = try await portal.page("/dead-letters?source=gate")
        #expect(page.status == 200)
        #expect(page.text.contains("&lt;script&gt;"))
        #expect(!page.text.contains("<script>alert"))
        #expect(page.text.contains("Take in again"))
        let answer = try await portal.post(
            "/dead-letters/redrive", from: "/dead-letters?source=gate", ["source": "gate"])
        #expect(answer.status == 200 || answer.status == 303)
        #expect(try await server.query("DeadLetter_CL | count")[0][0].intValue == 1)
        await server.stop()
    }

    private func copyOfContent() throws -> URL {
        let folder = try RunningTocsin.temporaryFolder().appending(path: "content")
        try FileManager.default.copyItem(at: SharedFolder.checkout.appending(path: "content"), to: folder)
        return folder
    }

    private static let table = """
        table: Gadgets_CL
        description: Doors that swing.
        columns:
          TimeGenerated: datetime
          Gadget: string
          Swings: long

        """

    private static let source = """
        source: gadget
        description: Doors that swing.
        recognize:
          - field: gadget
          - field: swings
        table: Gadgets_CL
        columns:
          TimeGenerated: when
          Gadget: gadget
          Swings: swings

        """
}
