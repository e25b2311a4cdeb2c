import Foundation
import TestSupport

/// The queries of the shared corpora.
enum Corpus {
    struct Query: Decodable {
        var id: String
        var query: String
        /// False where the source text itself is broken.
        var grammarOk: Bool?

        enum CodingKeys: String, CodingKey {
            case id, query
            case grammarOk = "grammar_ok"
        }
    }

    /// The records of a JSON Lines file.
    static func queries(_ file: String) throws -> [Query] {
        let data = try Data(contentsOf: SharedFolder.file("corpus/kql/" + file))
        let decoder = JSONDecoder()
        return try data.split(separator: UInt8(ascii: "\n")).map { try decoder.decode(Query.self, from: $0) }
    }

    /// The `query: |` block of each analytics rule.
    static func ruleQueries() throws -> [Query] {
        let folder = SharedFolder.file("corpus/sentinel_rules")
        let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        return try files.filter { $0.pathExtension == "yaml" }
            .sorted { $0.path < $1.path }
            .compactMap { file in
                let text = try String(contentsOf: file, encoding: .utf8)
                return block("query", in: text).map { Query(id: file.lastPathComponent, query: $0) }
            }
    }

    /// The literal block scalar of a top-level key.
    private static func block(_ key: String, in yaml: String) -> String? {
        let lines = yaml.split(separator: "\n", omittingEmptySubsequences: false)
        guard let start = lines.firstIndex(where: { $0.hasPrefix(key + ": |") }) else { return nil }
        let body = lines[(start + 1)...].prefix { $0.hasPrefix(" ") || $0.allSatisfy(\.isWhitespace) }
        let indentation = body.first { !$0.allSatisfy(\.isWhitespace) }?.prefix { $0 == " " }.count ?? 0
        return body.map { $0.dropFirst(indentation) }.joined(separator: "\n")
    }
}
