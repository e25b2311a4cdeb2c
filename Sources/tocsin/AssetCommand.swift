internal import ArgumentParser
internal import Foundation
internal import JSON

/// `tocsin asset`: the inventory.
struct AssetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "asset", abstract: "Import, list and show assets and how sensitive they are.",
        subcommands: [Import.self, List.self, Show.self, Remove.self])

    struct Import: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Import assets: exports of Azure Resource Graph and AWS, CSV, YAML.",
            discussion:
                "A file is taken for all that its source knows: what an earlier import had and this one lacks is gone, unless "
                + "--partial is given or the file has faults. Importing again changes nothing. What cannot be read is told "
                + "with its place; the rest is imported.")

        @Argument(help: "Files; '-' is the standard input.")
        var files: [String]

        @Option(help: "The name of the source, where several of one form are imported.")
        var source: String?

        @Option(help: "resourceGraph, aws, csv or yaml; else it is recognised.")
        var format: String?

        @Flag(help: "The source knows more than these files.")
        var partial = false

        @Flag(help: "Tell the difference, change nothing.")
        var dryRun = false

        @OptionGroup var installation: InstallationOptions

        func run() async throws {
            try await Installation.with(installation) { client in
                var faults = 0
                for file in files {
                    let bytes =
                        file == "-"
                        ? FileHandle.standardInput.readDataToEndOfFile() : try Data(contentsOf: URL(filePath: file))
                    let answer = try await client.post(path(file), bytes: bytes, type: "application/octet-stream")
                    for fault in answer["faults"]?.arrayValue ?? [] { Terminal.line(fault.stringValue ?? "") }
                    faults += Int(answer["faultCount"]?.intValue ?? 0)
                    func number(_ name: String) -> Int64 { answer[name]?.intValue ?? 0 }
                    Terminal.line(
                        "\(file) (\(answer["source"]?.stringValue ?? "")): \(number("added")) added, "
                            + "\(number("changed")) changed, \(number("gone")) gone, \(number("unchanged")) unchanged, "
                            + "\(number("joined")) joined" + (dryRun ? "; nothing was changed" : ""))
                    for (sign, name) in [("+", "addedNames"), ("~", "changedNames"), ("-", "goneNames")] where dryRun {
                        for asset in answer[name]?.arrayValue ?? [] {
                            Terminal.line("  \(sign) \(asset.stringValue ?? "")")
                        }
                    }
                }
                if faults > 0 { throw ExitCode.failure }
            }
        }

        private func path(_ file: String) -> String {
            var query = ["file=\(APIClient.escaped(file == "-" ? "import" : file))"]
            if let source { query.append("source=\(APIClient.escaped(source))") }
            if let format { query.append("format=\(APIClient.escaped(format))") }
            // Of several files none is the whole of what the source knows.
            if partial || files.count > 1 { query.append("partial=true") }
            if dryRun { query.append("dryRun=true") }
            return "/api/assets/import?" + query.joined(separator: "&")
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List assets, the most sensitive first.")

        @Option(help: "Only those whose name, tag, owner or type has this.") var search = ""
        @Option(help: "Only those of this sensitivity.") var sensitivity: String?
        @Option(help: "At most so many.") var limit = 50
        @OptionGroup var installation: InstallationOptions

        func run() async throws {
            try await Installation.with(installation) { client in
                let level = sensitivity.map { "&sensitivity=\(APIClient.escaped($0))" } ?? ""
                let answer = try await client.get(
                    "/api/assets?limit=\(limit)&search=\(APIClient.escaped(search))\(level)")
                for asset in answer["value"]?.arrayValue ?? [] {
                    let name = asset["names"]?[0]?.stringValue ?? ""
                    let level = asset["sensitivity"]?.stringValue ?? "–"
                    Terminal.line(
                        "\(level.padding(toLength: 9, withPad: " ", startingAt: 0)) "
                            + "\((asset["kind"]?.stringValue ?? "").padding(toLength: 14, withPad: " ", startingAt: 0)) \(name)"
                            + (asset["id"]?.stringValue.map { "  \($0)" } ?? ""))
                }
                Terminal.line("\(answer["total"]?.intValue ?? 0) in all")
            }
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Show an asset, and why it is as sensitive as it is.")

        @Argument(help: "The asset's id.") var asset: String
        @OptionGroup var installation: InstallationOptions

        func run() async throws {
            try await Installation.with(installation) { client in
                Terminal.line(try await client.get("/api/assets/\(APIClient.escaped(asset))").indented)
            }
        }
    }

    struct Remove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Remove an asset; a source that still knows it brings it back.")

        @Argument(help: "The asset's id.") var asset: String
        @OptionGroup var installation: InstallationOptions

        func run() async throws {
            try await Installation.with(installation) { client in
                _ = try await client.delete("/api/assets/\(APIClient.escaped(asset))")
            }
        }
    }
}
