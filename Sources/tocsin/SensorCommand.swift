internal import ArgumentParser
internal import Logging
internal import Server

/// `tocsin sensor`: runs a sensor, and makes tokens for those who send to it.
struct SensorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sensor", abstract: "Collect where the events are, and hand them on to a hub.",
        subcommands: [Run.self, Token.self], defaultSubcommand: Run.self)

    struct Run: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Run a sensor until it is told to stop.",
            discussion: "Set sensor.hub and sensor.token, or TOCSIN_SENSOR_HUB and TOCSIN_SENSOR_TOKEN.")

        @OptionGroup var installation: InstallationOptions

        @Option(help: "The port on which events are taken in over HTTP.")
        var port: Int?

        @Option(help: "The least that is logged: trace, debug, info, notice, warning, error.")
        var logLevel: String = "notice"

        func run() async throws {
            guard let level = Logger.Level(rawValue: logLevel) else {
                throw CommandFailure("'\(logLevel)' is no log level")
            }
            var settings = try await installation.settings()
            if let port { settings.http.port = port }
            var logger = Logger(label: "tocsin")
            logger.logLevel = level
            try await TocsinSensor.run(settings, logger: logger) { report in
                Terminal.line("The sensor takes events in on \(report.address)")
                for note in report.notes { Terminal.line(note) }
                Terminal.line("Stop with Ctrl-C.")
            }
        }
    }

    struct Token: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make a token with which a program may send events to this sensor; it is shown once.")

        @Argument(help: "What the token is for.")
        var name: String

        @OptionGroup var installation: InstallationOptions

        func run() async throws {
            Terminal.line(try await TocsinSensor.makeToken(name: name, try await installation.settings()))
        }
    }
}
