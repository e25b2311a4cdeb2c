import Foundation
import Sigma
import TestSupport
import Testing

@Suite struct RuleReadingTests {
    @Test func `a broken document among good ones is reported with its line`() {
        let text = """
            title: A
            id: a
            logsource: {product: windows, category: process_creation}
            detection:
              sel: {Image|endswith: '\\a.exe'}
              condition: sel
            ---
            title: B
            detection:
              sel:
                Image|sideways: x
              condition: sel and other
            """
        let reading = SigmaReader().read(text, file: "r.yml")
        #expect(reading.rules.map(\.id) == ["a"])
        #expect(
            reading.findings.map { "\($0.position.line) \($0.code.rawValue)" }.sorted() == [
                "11 unknown-modifier", "12 unknown-detection",
            ])
    }

    @Test(.enabled(if: SharedFolder.isPresent, Comment(rawValue: SharedFolder.absence)))
    func `every rule of SigmaHQ is read`() throws {
        let root = SharedFolder.file("corpus/sigma_rules")
        let files =
            FileManager.default.enumerator(at: root, includingPropertiesForKeys: nil)?
            .compactMap { $0 as? URL }.filter { $0.pathExtension == "yml" } ?? []
        var reading = SigmaReading()
        for file in files {
            reading.append(
                SigmaReader().read(try String(contentsOf: file, encoding: .utf8), file: file.lastPathComponent))
        }
        #expect(reading.rules.count >= 3_750)
    }
}
