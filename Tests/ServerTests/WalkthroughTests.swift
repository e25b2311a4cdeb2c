import Foundation
import TestSupport
import Testing

/// Runs the commands of docs/walkthrough.md as they stand there, one after the other in one shell.
@Suite(.serialized)
struct WalkthroughTests {
    private static let mailServer = SharedFolder.checkout.appending(path: ".deps/venv/bin/python")
    private static let hasMailServer = FileManager.default.isExecutableFile(atPath: mailServer.path)
    private static let capture =
        "realdata/otrf/lsass_campaign/metasploit_comsvcs_lsass_memory_dump/metasploit_comsvcs_lsass_memory_dump.json.gz"

    @Test(.enabled(if: hasMailServer, "scripts/bootstrap --test installs the mail server that the walkthrough uses"))
    func `the walkthrough runs with the simulation`() async throws {
        let output = try await run(capture: nil)
        try check(output)
        #expect(output.contains("to DeadLetter_CL") == false)
    }

    @Test(
        .enabled(if: hasMailServer, "scripts/bootstrap --test installs the mail server that the walkthrough uses"),
        .enabled(if: SharedFolder.isPresent, Comment(rawValue: SharedFolder.absence)))
    func `the walkthrough runs with a real capture`() async throws {
        try check(try await run(capture: SharedFolder.file(Self.capture)))
    }

    private func check(_ output: String) throws {
        #expect(output.contains("sent to lead@example.org"))
        #expect(output.contains("why this priority"))
        #expect(output.contains("[Tocsin] "))
        #expect(output.contains("\ncomments\n"))
        #expect(output.contains("TruePositive"))
        #expect(output.contains("the journal is intact"))
    }

    private func run(capture: URL?) async throws -> String {
        let folder = try RunningTocsin.temporaryFolder()
        let text = try String(
            contentsOf: SharedFolder.checkout.appending(path: "docs/walkthrough.md"), encoding: .utf8)
        let commands = Self.shellBlocks(of: text).filter { !$0.contains("make release") }.joined(separator: "\n")
        let script = """
            set -euo pipefail
            trap 'trap - EXIT; kill -KILL $(jobs -p) 2>/dev/null || true; wait' EXIT
            \(commands)
            """
        let programs = RunningTocsin.program.deletingLastPathComponent().path
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
        var environment = [
            "PATH": "\(programs):\(path)", "TOCSIN_DATA": folder.appending(path: "data").path,
            "WALKTHROUGH_PORT": "0", "WALKTHROUGH_MAIL_PORT": String(try Self.freePort()),
        ]
        if let capture { environment["CAPTURE"] = capture.path }
        let result = try await Command.run(
            URL(filePath: "/usr/bin/timeout"), ["240", "/bin/bash", "-c", script], environment: environment,
            folder: SharedFolder.checkout)
        #expect(result.status == 0, "\(result.output)\n\(result.errors)")
        return result.output
    }

    static func shellBlocks(of markdown: String) -> [String] {
        var blocks: [String] = []
        var current: [Substring]?
        for line in markdown.split(separator: "\n", omittingEmptySubsequences: false) {
            if line == "```sh" {
                current = []
            } else if line == "```", let lines = current {
                blocks.append(lines.joined(separator: "\n"))
                current = nil
            } else {
                current?.append(line)
            }
        }
        return blocks
    }

    /// A port that is free now.
    private static func freePort() throws -> UInt16 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length) == 0 && getsockname(descriptor, $0, &length) == 0
            }
        }
        try #require(bound)
        return UInt16(bigEndian: address.sin_port)
    }
}
