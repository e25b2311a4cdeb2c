internal import ArgumentParser

/// The command line.
@main
struct Tocsin: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tocsin",
        abstract: "A self-hosted incident response system.",
        version: "0.1.0",
        subcommands: [
            Serve.self, Ingest.self, Query.self, IncidentCommand.self, RuleCommand.self,
            SigmaCommand.self, IndicatorCommand.self, AssetCommand.self, PriorityCommand.self, WatchlistCommand.self,
            SourceCommand.self,
            KQLCommand.self, Simulate.self,
            JournalCommand.self,
            NotifyCommand.self, SensorCommand.self, TokenCommand.self, StoreCommand.self, DeadLetterCommand.self,
            BackUp.self, Restore.self, Check.self,
        ])
}
