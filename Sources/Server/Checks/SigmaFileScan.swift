internal import Detection
public import Foundation
public import JSON
internal import Records
internal import Sigma

/// Sigma rules over files of events, without a server.
public struct SigmaFileScan: Sendable {
    /// How log sources map to Windows channels.
    public enum Pipeline: String, Sendable, CaseIterable {
        case sysmon
        /// Process creation and registry rules read the Security log's audit events.
        case audit = "windows-audit"
    }

    /// Why a file cannot be scanned.
    public struct Failure: Error, Sendable, CustomStringConvertible {
        public let description: String
    }

    /// Rules that were left out, one line each.
    public let problems: [String]
    private let ruleSet: SigmaRuleSet

    public init(rules: URL, pipeline: Pipeline) {
        let (reading, findings) = RuleFolder.sigmaRules(in: [rules])
        problems = findings.filter { $0.gravity == .error }.map(\.description)
        ruleSet = SigmaRuleSet(
            reading.rules, pipelines: pipeline == .sysmon ? [.windowsSysmon] : [.windowsAudit])
    }

    /// One line per matching rule of a file: file, rule, title, level, number of events.
    ///
    /// - Throws: `Failure` when the file cannot be read.
    public func lines(of file: String) throws -> [JSON] {
        guard let handle = FileHandle(forReadingAtPath: file) else {
            throw Failure(description: "the file cannot be read")
        }
        defer { handle.closeFile() }
        var scan = SigmaScan(ruleSet)
        var reader = RecordReader()
        while let chunk = try handle.read(upToCount: 1 << 20), !chunk.isEmpty {
            chunk.withUnsafeBytes { reader.feed($0) }
            while let block = reader.next() { scan.add(block.records) }
        }
        reader.finish()
        while let block = reader.next() { scan.add(block.records) }
        if let block = reader.flush() { scan.add(block.records) }
        return scan.lines(file: file)
    }
}
