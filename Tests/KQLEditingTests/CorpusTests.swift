import Chronology
import Foundation
import JSON
import KQL
import KQLConformance
import KQLEditing
import KQLFunctions
import KQLSyntax
import KQLValues
import TestSupport
import Testing

/// Real queries, broken off at many places.
@Suite(.enabled(if: SharedFolder.isPresent, Comment(rawValue: SharedFolder.absence)))
struct CorpusTests {
    private static func json(_ path: String) throws -> JSON {
        try JSON(parsing: try Data(contentsOf: SharedFolder.file(path)))
    }

    private static func environment() throws -> EditingEnvironment {
        EditingEnvironment(
            query: QueryEnvironment(
                catalogue: .standard, tables: ConformanceFiles.tables(try json("corpus/kql/schemas.json")),
                functions: ConformanceFiles.functions(try json("corpus/kql/functions.json"))),
            now: Instant(unixSeconds: 1_700_000_000))
    }

    /// Every n-th of the queries that are known to be well-formed, but the longest.
    private static func queries(every step: Int) throws -> [String] {
        let text = try String(contentsOf: SharedFolder.file("corpus/kql/real_queries.jsonl"), encoding: .utf8)
        return try text.split(separator: "\n").enumerated().compactMap { place, line in
            guard place % step == 0 else { return nil }
            let record = try JSON(parsing: String(line))
            guard record["grammar_ok"]?.boolValue == true, let query = record["query"]?.stringValue,
                query.utf8.count < 4000
            else { return nil }
            return query
        }
    }

    @Test func `any beginning of a query gets answers`() throws {
        let environment = try Self.environment()
        var generator = Numbers(state: 7)
        for query in try Self.queries(every: 900) {
            for _ in 0..<3 {
                let cut = generator.next(below: query.unicodeScalars.count + 1)
                let text = String(String.UnicodeScalarView(query.unicodeScalars.prefix(cut)))
                let edited = EditedQuery(text, in: environment)
                let place = text.utf8.count
                #expect(edited.completions(at: place).replaced.upper >= place)
                _ = edited.signatureHelp(at: place)
                _ = edited.hover(at: place)
                for token in edited.semanticTokens { #expect(token.span.upper <= place) }
                for finding in edited.diagnostics { #expect(finding.span.upper <= place) }
            }
        }
    }

    @Test func `the word that really follows is offered, and is often among the first`() throws {
        let environment = try Self.environment()
        var generator = Numbers(state: 11)
        var asked = 0
        var offered = 0
        var early = 0
        for query in try Self.queries(every: 300) {
            let edited = EditedQuery(query, in: environment)
            let words = edited.followingWords
            guard !words.isEmpty else { continue }
            for _ in 0..<3 {
                let word = words[generator.next(below: words.count)]
                let labels = EditedQuery(query, in: environment).completions(at: word.offset, limit: 5000).items
                    .map(\.label)
                asked += 1
                if labels.contains(word.text) { offered += 1 }
                let begun = edited.source.text(in: Span(0, word.offset)) + word.text.prefix(2)
                let first = EditedQuery(begun, in: environment).completions(at: begun.utf8.count, limit: 10)
                if first.items.contains(where: { $0.label == word.text }) { early += 1 }
            }
        }
        let shares = "offered \(offered), among the first ten after two letters \(early), of \(asked)"
        #expect(asked > 40)
        #expect(Double(offered) >= 0.9 * Double(asked), "\(shares)")
        #expect(Double(early) >= 0.8 * Double(asked), "\(shares)")
    }
}

extension EditedQuery {
    /// The words of a query that stand for something known, not those that the query makes up.
    fileprivate var followingWords: [(text: String, offset: Int)] {
        let tokens = semanticTokens.filter { $0.role != .comment }
        let defined = Set(analysis.definitions.map(\.span.lower))
        return tokens.indices.compactMap { index in
            let token = tokens[index]
            let text = source.text(in: token.span)
            guard text.first?.isLetter == true || text.hasPrefix("_"), !defined.contains(token.span.lower) else {
                return nil
            }
            let next = index + 1 < tokens.count ? source.text(in: tokens[index + 1].span) : ""
            let previous = index > 0 ? source.text(in: tokens[index - 1].span) : ""
            switch token.role {
            case .table, .function, .variable, .parameter, .plugin, .type: break
            case .column:
                // Only stored columns: computed ones may be named by the very operator.
                guard next != "=", previous != "as", previous != ".",
                    analysis.step(at: token.span.lower)?.input?.schema.index(of: text) != nil
                else { return nil }
            case .operation where text != "regex": break
            case .keyword where next != "-" && previous != "-" && text != "query_parameters": break
            default: return nil
            }
            return (text == "matches" ? "matches regex" : text, token.span.lower)
        }
    }
}

/// Numbers that look random and are the same each time.
struct Numbers {
    var state: UInt64

    mutating func next(below bound: Int) -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int((state >> 33) % UInt64(max(bound, 1)))
    }
}
