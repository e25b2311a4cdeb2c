internal import EventStore
internal import Foundation
internal import Logging
internal import StateStore

/// Checks that a data folder, or a back-up, is whole.
public enum DataFolderCheck {
    /// What was found, a sentence each; `isSound` is false when something must be mended.
    public struct Report: Sendable {
        public var findings: [String] = []
        public var isSound = true
    }

    public static func run(_ settings: Settings) async -> Report {
        var report = Report()
        let folder = settings.dataFolder
        let isBackUp = FileManager.default.fileExists(atPath: folder.appending(path: "manifest.json").path)
        if isBackUp { checkManifest(folder, &report) }
        do {
            switch try await BackUp.journal(of: settings.stateFile) {
            case .intact(let count, _): report.findings.append("state: the journal is intact, \(count) entries")
            case .broken(let sequence, let flaw):
                report.isSound = false
                report.findings.append("state: the journal is broken at entry \(sequence): \(flaw.explanation)")
            }
        } catch {
            report.isSound = false
            report.findings.append("state: \(error)")
            return report
        }
        // Opening the events would change a back-up's files; their digests have told already.
        if isBackUp { return report }
        if let server = RunningServer.read(folder) {
            report.findings.append("events: \(server.address) has them open; `tocsin store status` asks it")
            return report
        }
        await checkEvents(settings, &report)
        return report
    }

    private static func checkManifest(_ folder: URL, _ report: inout Report) {
        do {
            let faults = try BackUpManifest(of: folder).faults(in: folder)
            report.isSound = report.isSound && faults.isEmpty
            report.findings += faults.isEmpty ? ["back-up: all files are as they were written"] : faults
        } catch {
            report.isSound = false
            report.findings.append("back-up: \(error)")
        }
    }

    private static func checkEvents(_ settings: Settings, _ report: inout Report) async {
        do {
            let core = try await Core.open(settings, time: .system, logger: Logger(label: "tocsin"))
            let tables = try await core.upkeep().statistics().filter { $0.rows > 0 }
            let rows = tables.reduce(0) { $0 + $1.rows }
            report.findings.append("events: \(rows) rows in \(tables.count) tables")
            await core.close()
        } catch {
            report.isSound = false
            report.findings.append("events: \(error)")
        }
    }
}
