internal import ArgumentParser
internal import Foundation
internal import Server

/// `tocsin simulate`: our own attack scenarios through the real ingestion path.
struct Simulate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Play an attack scenario.", subcommands: [Intrusion.self])

    struct Intrusion: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract:
                "A password spray that ends in exfiltration, hidden in the traffic of 50 users and 30 hosts.",
            discussion: "Without a speed the whole scenario is sent at once, with times that end now.")

        @Option(help: "The same seed gives the same events.")
        var seed: UInt64 = 7

        @Option(help: "How many times faster than real time; 1 is real time.")
        var speed: Double?

        @Option(help: "Write the events as files into this folder instead of sending them.")
        var output: String?

        @OptionGroup var installation: InstallationOptions

        func run() async throws {
            if let output {
                let files = try SimulationPlayback(seed: seed, speed: nil).write(to: URL(filePath: output))
                for file in files { Terminal.line("\(file.name): \(file.count) events") }
                return
            }
            try await Installation.with(installation) { client in
                let playback = SimulationPlayback(seed: seed, speed: speed)
                try await playback.run { part in
                    _ = try await client.post(
                        "/api/ingest?source=simulation", bytes: part.bytes,
                        type: "application/x-ndjson")
                    Terminal.line("\(part.title): \(part.count) events")
                }
            }
        }
    }
}
