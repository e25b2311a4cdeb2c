internal import ArgumentParser
internal import Foundation
internal import JSON
internal import Server

/// `tocsin indicator`: threat intelligence.
struct IndicatorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "indicator", abstract: "Import, list and remove indicators of threats.",
        subcommands: [Import.self, List.self, Show.self, Remove.self, Sources.self, Allow.self, Disallow.self])

    struct Import: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Import indicators: STIX 2.1 bundles, bodies of Sentinel's API, or CSV.",
            discussion:
                "Defanged values (hxxps://evil[.]example) are understood. What cannot be taken is told with its place; "
                + "the rest is imported. History is searched for the new ones in the background.")

        @Argument(help: "Files; '-' is the standard input.")
        var files: [String]

        @Option(help: "The feed's name, where the file gives none.")
        var source: String?

        @OptionGroup var installation: InstallationOptions

        func run() async throws {
            try await Installation.with(installation) { client in
                var faults = 0
                for file in files {
                    let bytes =
                        file == "-"
                        ? FileHandle.standardInput.readDataToEndOfFile() : try Data(contentsOf: URL(filePath: file))
                    let feed = source ?? (file == "-" ? "import" : URL(filePath: file).lastPathComponent)
                    let answer = try await client.post(
                        "/api/indicators?source=\(APIClient.escaped(feed))", bytes: bytes,
                        type: "application/octet-stream")
                    for fault in answer["faults"]?.arrayValue ?? [] {
                        Terminal.line("\(file): \(fault.stringValue ?? "")")
                    }
                    faults += Int(answer["faultCount"]?.intValue ?? 0)
                    func number(_ name: String) -> Int64 { answer[name]?.intValue ?? 0 }
                    Terminal.line(
                        "\(file): \(number("added")) added, \(number("changed")) changed, "
                            + "\(number("unchanged")) unchanged")
                }
                if faults > 0 { throw ExitCode.failure }
            }
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List indicators, the last changed first.")

        @Option(help: "Only those whose name, id, source or value has this.") var search = ""
        @Option(help: "At most so many.") var limit = 50
        @OptionGroup var installation: InstallationOptions

        func run() async throws {
            try await Installation.with(installation) { client in
                let answer = try await client.get(
                    "/api/indicators?limit=\(limit)&search=\(APIClient.escaped(search))")
                for indicator in answer["value"]?.arrayValue ?? [] {
                    let values = (indicator["observables"]?.arrayValue ?? []).map { observable in
                        "\(observable["type"]?.stringValue ?? "") \(observable["value"]?.stringValue ?? "")"
                    }
                    let state = indicator["active"]?.boolValue == true ? "" : " (not active)"
                    Terminal.line(
                        "\(indicator["id"]?.stringValue ?? "")  \(values.joined(separator: ", "))  "
                            + "\(indicator["source"]?.stringValue ?? "")\(state)")
                }
                Terminal.line("\(answer["total"]?.intValue ?? 0) in all")
            }
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Show an indicator as STIX.")

        @Argument(help: "Its id.") var id: String
        @OptionGroup var installation: InstallationOptions

        func run() async throws {
            try await Installation.with(installation) { client in
                let answer = try await client.get("/api/indicators/\(APIClient.escaped(id))")
                Terminal.line(answer["stix"]?.indented ?? "")
            }
        }
    }

    struct Remove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Remove an indicator: it is matched no more.")

        @Argument(help: "Its id.") var id: String
        @OptionGroup var installation: InstallationOptions

        func run() async throws {
            try await Installation.with(installation) { client in
                _ = try await client.delete("/api/indicators/\(APIClient.escaped(id))")
            }
        }
    }

    struct Sources: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the sources with their numbers of indicators.")

        @OptionGroup var installation: InstallationOptions

        func run() async throws {
            try await Installation.with(installation) { client in
                for source in try await client.get("/api/indicators/sources")["value"]?.arrayValue ?? [] {
                    Terminal.line(
                        "\(source["source"]?.stringValue ?? ""): \(source["active"]?.intValue ?? 0) active of "
                            + "\(source["total"]?.intValue ?? 0)")
                }
            }
        }
    }

    struct Allow: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Let a value pass, whatever indicators say of it.",
            discussion: "A domain with its subdomains, a network with its addresses.")

        @Argument(help: "An address, network, domain, URL, hash or mail address.") var value: String
        @Option(help: "Why.") var reason = ""
        @OptionGroup var installation: InstallationOptions

        func run() async throws {
            try await Installation.with(installation) { client in
                _ = try await client.post(
                    "/api/indicators/allowed", json: ["value": .string(value), "reason": .string(reason)])
            }
        }
    }

    struct Disallow: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Take a value off the allow-list.")

        @Argument(help: "As it was allowed.") var value: String
        @OptionGroup var installation: InstallationOptions

        func run() async throws {
            try await Installation.with(installation) { client in
                _ = try await client.delete("/api/indicators/allowed?value=\(APIClient.escaped(value))")
            }
        }
    }
}
