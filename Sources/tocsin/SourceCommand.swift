internal import ArgumentParser
internal import Chronology
internal import Collection
internal import Foundation
internal import JSON
internal import Records

/// `tocsin source`: log sources, which are folders of content.
struct SourceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "source", abstract: "Log sources: list them, test them, tell of what source a file is.",
        subcommands: [List.self, Show.self, Detect.self, Test.self])

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the sources with their tables.")

        func run() throws {
            let shipped = ShippedSources()
            for source in shipped.sources {
                let tables = source.mapping.tables.joined(separator: ", ")
                let name = source.name.padding(toLength: max(28, source.name.count + 1), withPad: " ", startingAt: 0)
                Terminal.line("\(name) \(tables.isEmpty ? "by channel" : tables): \(source.summary)")
            }
            try shipped.report()
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Show the files of a source.")

        @Argument(help: "The name of the source.")
        var name: String

        func run() throws {
            let folder = try ShippedSources().folder(of: name)
            for file in ["source.yaml", "transform.kql"] {
                let url = folder.appending(path: file)
                guard FileManager.default.fileExists(atPath: url.path) else { continue }
                Terminal.line("# \(url.path)")
                Terminal.line(try String(contentsOf: url, encoding: .utf8))
            }
        }
    }

    struct Detect: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Tell of what source a file is, with a confidence from 0 to 1.",
            discussion: "Reads up to 4 MB of each file, gzip or plain. Ends with 1 when a file is not recognised.")

        @Argument(help: "Files.")
        var files: [String]

        @Flag(help: "Print a JSON object per file.")
        var json = false

        func run() throws {
            let shipped = ShippedSources()
            try shipped.report()
            var isComplete = true
            for file in files {
                let handle = try FileHandle(forReadingFrom: URL(filePath: file))
                let bytes = try [UInt8](handle.read(upToCount: 4 << 20) ?? Data())
                try handle.close()
                let detection = shipped.collector.detect(bytes, now: Instant(unixSeconds: Date().timeIntervalSince1970))
                if detection.candidates.isEmpty { isComplete = false }
                Terminal.line(json ? Detect.json(file, detection).description : Detect.line(file, detection))
            }
            if !isComplete { throw ExitCode.failure }
        }

        private static func line(_ file: String, _ detection: SourceDetection) -> String {
            let names = detection.candidates.prefix(2).map { candidate in
                let kind = candidate.isTable ? "table " : ""
                return "\(kind)\(candidate.name) \(text(of: candidate.confidence))"
            }
            let second = names.count > 1 ? " (else \(names[1]))" : ""
            let found = names.first.map { $0 + second } ?? "not recognised"
            return "\(file): \(found), \(detection.recordCount) records, \(detection.rejectCount) unreadable"
        }

        private static func text(of confidence: Double) -> String { String(format: "%.2f", confidence) }

        private static func json(_ file: String, _ detection: SourceDetection) -> JSON {
            [
                "file": .string(file), "records": .int(Int64(detection.recordCount)),
                "unreadable": .int(Int64(detection.rejectCount)),
                "candidates": .array(
                    detection.candidates.prefix(5).map { candidate in
                        [
                            "name": .string(candidate.name), "kind": candidate.isTable ? "table" : "source",
                            "confidence": .double((candidate.confidence * 1000).rounded() / 1000),
                            "records": .int(Int64(candidate.records)),
                        ]
                    }),
            ]
        }
    }

    struct Test: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Collect the samples of sources and compare the rows with those expected.")

        @Argument(help: "Names of sources; all that have samples when none is given.")
        var names: [String] = []

        @Flag(help: "Write the rows found as those expected; look at the difference before you keep it.")
        var write = false

        func run() throws {
            let shipped = ShippedSources()
            try shipped.report()
            var failures = 0
            var count = 0
            for name in names.isEmpty ? shipped.sources.map(\.name) : names {
                let samples = SourceSamples(name, in: try shipped.folder(of: name))
                let results = try samples.run(shipped.collector)
                if results.isEmpty, !names.isEmpty { Terminal.note("\(name) has no samples") }
                for (file, result) in zip(samples.files(), results) {
                    count += 1
                    if write { try Test.write(result, to: samples.expectation(of: file)) }
                    if result.differences.isEmpty { continue }
                    failures += 1
                    Terminal.line("\(name)/\(result.file):")
                    for difference in result.differences { Terminal.line("  \(difference)") }
                }
            }
            Terminal.line("\(count) samples, \(failures) with differences")
            if failures > 0, !write { throw ExitCode.failure }
        }

        private static func write(_ result: SourceSamples.Result, to url: URL) throws {
            try FileManager.default.createDirectory(
                at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data((JSON.array(result.rows).indented + "\n").utf8).write(to: url)
        }
    }
}

/// The sources of this installation's content.
private struct ShippedSources {
    let collector: Collector
    let folder: URL
    private let faults: [ContentFault]

    init() {
        let content = Home.folder.appending(path: "content")
        let loaded = CollectionContent.load(from: content)
        collector = Collector(loaded.content)
        faults = loaded.faults
        folder = content.appending(path: "sources")
    }

    /// By name.
    var sources: [SourceDefinition] { collector.content.sources.sources.sorted { $0.name < $1.name } }

    func folder(of name: String) throws -> URL {
        guard sources.contains(where: { $0.name == name }) else {
            throw CommandFailure("no source is called '\(name)'; `tocsin source list` names all")
        }
        return folder.appending(path: name)
    }

    /// Ends the command when some file of content is faulty.
    func report() throws {
        for fault in faults { Terminal.note(fault.description) }
        if !faults.isEmpty { throw ExitCode.failure }
    }
}

extension SourceDefinition.Mapping {
    fileprivate var tables: [String] {
        switch self {
        case .windows: []
        case .columns(let table): [table]
        case .transformations(let outputs): outputs.map(\.table)
        }
    }
}
