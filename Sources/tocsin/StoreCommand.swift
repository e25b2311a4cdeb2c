internal import ArgumentParser
internal import Foundation
internal import JSON
internal import Server

/// `tocsin store`: what the event store holds, and for how long.
struct StoreCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "store", abstract: "Look after the event store.",
        subcommands: [Status.self, Retain.self, Expire.self, Compact.self])

    struct Status: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Show rows, bytes and times of each table.")

        @Argument(help: "One table, with its months; else all that hold rows.")
        var table: String?

        @OptionGroup var installation: InstallationOptions

        func run() async throws {
            try await Installation.with(installation) { client in
                let tables = try await client.get("/api/store/tables")["value"]?.arrayValue ?? []
                if let table {
                    guard let found = tables.first(where: { $0["table"]?.stringValue == table }) else {
                        throw CommandFailure("there is no table '\(table)'")
                    }
                    for segment in found["segments"]?.arrayValue ?? [] {
                        Terminal.line(Status.line(segment, "partition"))
                    }
                    return
                }
                for table in tables where table["rows"]?.intValue ?? 0 > 0 {
                    Terminal.line(Status.line(table, "table"))
                }
            }
        }

        private static func line(_ json: JSON, _ name: String) -> String {
            let bytes = json["bytes"]?.intValue ?? 0
            var parts = [
                json[name]?.stringValue ?? "", "\(json["rows"]?.intValue ?? 0) rows",
                bytes < 1 << 20 ? "\(bytes >> 10) KiB" : "\(bytes >> 20) MiB",
                "\(json["first"]?.stringValue ?? "-") to \(json["last"]?.stringValue ?? "-")",
            ]
            if let days = json["retentionInDays"]?.intValue, let total = json["totalRetentionInDays"]?.intValue {
                parts.append(days == total ? "kept \(days) days" : "kept \(days) days, archived to \(total)")
            }
            if json["archived"]?.boolValue == true { parts.append("archived") }
            return parts.joined(separator: "\t")
        }
    }

    struct Retain: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Set how long a table's rows are kept.",
            discussion: "Without days the table is kept as configured (retention.interactiveDays, retention.totalDays)."
        )

        @Argument var table: String
        @Option(help: "Days in the database.") var days: Int?
        @Option(help: "Days in the database and the archive together.") var total: Int?
        @OptionGroup var installation: InstallationOptions

        func run() async throws {
            let path = "/api/store/tables/\(APIClient.escaped(table))/retention"
            try await Installation.with(installation) { client in
                guard let days else {
                    _ = try await client.delete(path)
                    return
                }
                var body: JSONObject = ["retentionInDays": .int(Int64(days))]
                if let total { body["totalRetentionInDays"] = .int(Int64(total)) }
                _ = try await client.put(path, json: .object(body))
            }
        }
    }

    struct Expire: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Archive and drop what is old enough now; the server does so every hour.")

        @OptionGroup var installation: InstallationOptions

        func run() async throws {
            try await Installation.with(installation) { client in
                let report = try await client.post("/api/store/retention", json: [:])
                for word in ["archived", "dropped"] {
                    for name in report[word]?.arrayValue ?? [] { Terminal.line("\(word)\t\(name.stringValue ?? "")") }
                }
            }
        }
    }

    struct Compact: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Fold the write-ahead log in and give the room of deleted rows back.")

        @OptionGroup var installation: InstallationOptions

        func run() async throws {
            try await Installation.with(installation) { client in
                _ = try await client.post("/api/store/compact", json: [:])
            }
        }
    }
}
