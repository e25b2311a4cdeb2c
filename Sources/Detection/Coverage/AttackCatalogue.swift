public import Foundation
public import Vocabulary

/// The techniques of MITRE ATT&CK, as `content/attack/techniques.tsv` lists them.
public struct AttackCatalogue: Sendable {
    /// A technique or sub-technique.
    public struct Technique: Sendable, Hashable {
        /// `T1110` or `T1110.003`.
        public var id: String
        public var name: String
        public var tactics: [Tactic]

        /// The technique that this one is part of; nil for techniques.
        public var parent: String? {
            id.firstIndex(of: ".").map { String(id[..<$0]) }
        }
    }

    /// By id, in order.
    public private(set) var techniques: [Technique] = []
    /// `18.1`; empty when there is no list.
    public private(set) var version = ""
    private var positions: [String: Int] = [:]

    /// Reads lines of `id`, `name` and `tactics,…` with tabs between; the first names the version.
    public init(_ text: String) {
        for line in text.split(separator: "\n") {
            if line.hasPrefix("#") {
                if version.isEmpty, let found = line.firstMatch(of: /[0-9]+\.[0-9]+/) { version = String(found.output) }
                continue
            }
            let fields = line.split(separator: "\t", omittingEmptySubsequences: false)
            guard fields.count == 3, AttackReference.technique(fields[0]) != nil else { continue }
            techniques.append(
                Technique(
                    id: String(fields[0]), name: String(fields[1]),
                    tactics: fields[2].split(separator: ",").compactMap { Tactic(lenient: $0) }))
        }
        techniques.sort { $0.id < $1.id }
        positions = Dictionary(
            techniques.enumerated().map { ($1.id, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// Reads the list of the content folder; without one no technique has a name.
    public init(content: URL) {
        let file = content.appending(path: "attack/techniques.tsv")
        self.init(FileManager.default.contents(atPath: file.path).map { String(decoding: $0, as: UTF8.self) } ?? "")
    }

    public subscript(id: String) -> Technique? { positions[id].map { techniques[$0] } }
}
