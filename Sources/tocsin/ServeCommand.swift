internal import ArgumentParser
internal import Foundation
internal import Logging
internal import Server

/// `tocsin serve`: runs the server until it is told to stop.
struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Run Tocsin.")

    @OptionGroup var installation: InstallationOptions

    @Option(help: "The port of the portal and the API.")
    var port: Int?

    @Flag(help: "Let a simulated intrusion unfold among ordinary traffic.")
    var simulate = false

    @Option(help: "How many times faster than real time the simulation runs.")
    var simulationSpeed: Double = 60

    @Option(help: "The least that is logged: trace, debug, info, notice, warning, error.")
    var logLevel: String = "notice"

    func run() async throws {
        guard let level = Logger.Level(rawValue: logLevel) else {
            throw CommandFailure("'\(logLevel)' is no log level")
        }
        var settings = try await installation.settings()
        if let port { settings.http.port = port }
        if simulate { settings.applyDemonstrationTiming() }
        var logger = Logger(label: "tocsin")
        logger.logLevel = level
        let simulation = simulate ? SimulationPlan(seed: 7) : nil
        try await TocsinServer.run(settings, simulation: simulation, logger: logger) { report in
            Serve.announce(report)
        }
    }

    private static func announce(_ report: StartReport) {
        Terminal.line("Tocsin is running on \(report.address)")
        if let link = report.invitation {
            Terminal.line("First administrator: open this link once, within 24 hours:")
            Terminal.line("  \(link)")
        }
        for note in report.notes { Terminal.line(note) }
        Terminal.line("Stop with Ctrl-C.")
    }
}
