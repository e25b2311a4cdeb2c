import Foundation
import TestSupport
import Testing

struct GeneratedDocumentTests {
    @Test func `the KQL reference is what the program prints`() async throws {
        let printed = try await Command.run(["kql", "reference"])
        let kept = try String(contentsOf: SharedFolder.checkout.appending(path: "docs/kql.md"), encoding: .utf8)
        #expect(printed.output == kept, "run 'make generate'")
    }

    @Test func `the table of shipped content is what the program prints`() async throws {
        let printed = try await Command.run(["rule", "reference"])
        let kept = try String(contentsOf: SharedFolder.checkout.appending(path: "docs/content.md"), encoding: .utf8)
        #expect(printed.output == kept, "run 'make generate'")
    }
}
