internal import ArgumentParser
internal import Foundation
internal import JSON

/// `tocsin watchlist`: the lists that queries and rules read.
struct WatchlistCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "watchlist", abstract: "List, show, import, export and delete watchlists.",
        subcommands: [List.self, Show.self, Import.self, Export.self, Delete.self])

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the watchlists.")

        @OptionGroup var installation: InstallationOptions

        func run() async throws {
            try await Installation.with(installation) { client in
                for list in try await client.pages("/api/watchlists") {
                    let facts = list["properties"] ?? .null
                    Terminal.line(
                        "\(list["name"]?.stringValue ?? "")\t\(facts["itemCount"]?.intValue ?? 0) items\t"
                            + "by \(facts["itemsSearchKey"]?.stringValue ?? "")\t\(facts["displayName"]?.stringValue ?? "")"
                    )
                }
            }
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Show what is said about a watchlist, and its items.")

        @Argument(help: "The watchlist's alias.") var alias: String
        @Option(help: "Only items that hold this word.") var search = ""
        @Option(help: "At most so many items.") var limit = 20
        @OptionGroup var installation: InstallationOptions

        func run() async throws {
            try await Installation.with(installation) { client in
                let path = "/api/watchlists/\(APIClient.escaped(alias))"
                let list = try await client.get(path)["properties"] ?? .null
                for name in [
                    "displayName", "description", "itemsSearchKey", "provider", "source", "defaultDuration", "updated",
                ] {
                    if let text = list[name]?.stringValue, !text.isEmpty { Terminal.line("\(name): \(text)") }
                }
                Terminal.line("items: \(list["itemCount"]?.intValue ?? 0)")
                let items = try await client.get(
                    "\(path)/watchlistItems?$top=\(max(1, limit))&search=\(APIClient.escaped(search))")
                for item in items["value"]?.arrayValue ?? [] {
                    Terminal.line((item["properties"]?["itemsKeyValue"] ?? .null).description)
                }
            }
        }
    }

    struct Import: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Add the items of a CSV file; a watchlist that is not there is made.",
            discussion:
                "Items that are there already stay, unless --replace is given. A line that cannot be an item is left out and "
                + "told with its number; the command fails then, and the rest is imported.")

        @Argument(help: "The watchlist's alias.") var alias: String
        @Argument(help: "The file; '-' is the standard input.") var file: String
        @Option(help: "The column by which items are looked up; needed for a new watchlist.") var searchKey: String?
        @Option(help: "What people read as its name.") var displayName: String?
        @Option(help: "How long an item is kept after its last change, such as P90D.") var duration: String?
        @Option(help: "Lines before the header.") var skipLines: Int?
        @Flag(help: "The fields are parted by tabs.") var tabs = false
        @Flag(help: "Take the old items away.") var replace = false
        @OptionGroup var installation: InstallationOptions

        func run() async throws {
            try await Installation.with(installation) { client in
                let bytes =
                    file == "-"
                    ? FileHandle.standardInput.readDataToEndOfFile() : try Data(contentsOf: URL(filePath: file))
                let report = try await client.post(path, bytes: bytes, type: tabs ? "text/tsv" : "text/csv")
                for finding in report["findings"]?.arrayValue ?? [] {
                    Terminal.line("\(file):\(finding["line"]?.intValue ?? 0): \(finding["message"]?.stringValue ?? "")")
                }
                let leftOut = report["leftOut"]?.intValue ?? 0
                Terminal.line(
                    "\(alias): \(report["added"]?.intValue ?? 0) added, \(report["repeated"]?.intValue ?? 0) there already, "
                        + "\(leftOut) left out")
                if leftOut > 0 { throw ExitCode.failure }
            }
        }

        private var path: String {
            var query = ["mode=\(replace ? "replace" : "append")"]
            if let searchKey { query.append("searchKey=\(APIClient.escaped(searchKey))") }
            if let displayName { query.append("displayName=\(APIClient.escaped(displayName))") }
            if let duration { query.append("duration=\(APIClient.escaped(duration))") }
            if let skipLines { query.append("skipLines=\(skipLines)") }
            return "/api/watchlists/\(APIClient.escaped(alias))/content?" + query.joined(separator: "&")
        }
    }

    struct Export: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write the items as CSV to the standard output, as import reads them.")

        @Argument(help: "The watchlist's alias.") var alias: String
        @OptionGroup var installation: InstallationOptions

        func run() async throws {
            try await Installation.with(installation) { client in
                let path = "/api/watchlists/\(APIClient.escaped(alias))"
                let columns = (try await client.get(path)["properties"]?["columns"]?.arrayValue ?? [])
                    .compactMap(\.stringValue)
                Terminal.line(Self.line(columns))
                for item in try await client.pages("\(path)/watchlistItems") {
                    let values = item["properties"]?["itemsKeyValue"] ?? .null
                    Terminal.line(
                        Self.line(
                            columns.map { name in
                                values[name].map { $0.stringValue ?? ($0 == .null ? "" : $0.description) } ?? ""
                            }))
                }
            }
        }

        /// One record (RFC 4180).
        private static func line(_ fields: [String]) -> String {
            fields.map { field in
                let isPlain =
                    !field.contains { $0 == "," || $0 == "\"" || $0.isNewline } && field.first != " "
                    && field.last != " "
                return isPlain ? field : "\"" + field.replacing("\"", with: "\"\"") + "\""
            }.joined(separator: ",")
        }
    }

    struct Delete: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Delete a watchlist with its items.")

        @Argument(help: "The watchlist's alias.") var alias: String
        @OptionGroup var installation: InstallationOptions

        func run() async throws {
            try await Installation.with(installation) { client in
                let path = "/api/watchlists/\(APIClient.escaped(alias))"
                _ = try await client.get(path)
                _ = try await client.delete(path)
                Terminal.line("\(alias) is deleted.")
            }
        }
    }
}
