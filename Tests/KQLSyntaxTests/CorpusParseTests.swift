import KQLSyntax
import TestSupport
import Testing

/// How many queries of each corpus parse; the floors may rise, never fall.
@Suite(.enabled(if: SharedFolder.isPresent, Comment(rawValue: SharedFolder.absence)))
struct CorpusParseTests {
    @Test(arguments: [
        ("docs_cases.jsonl", 478), ("emulator_cases.jsonl", 456), ("measured_cases.jsonl", 722),
        ("loco_cases.jsonl", 292), ("real_queries.jsonl", 4366),
    ])
    func `queries of the corpus parse`(file: String, floor: Int) throws {
        let queries = try Corpus.queries(file)
        let sound = file == "docs_cases.jsonl" ? queries : queries.filter { $0.grammarOk ?? true }
        let failures = sound.filter { !Parser.analyze(Source($0.query)).isValid }
        #expect(sound.count - failures.count >= floor, "\(failures.prefix(5).map(\.id))")
    }

    @Test func `queries of analytics rules parse`() throws {
        let queries = try Corpus.ruleQueries()
        let failures = queries.filter { !Parser.analyze(Source($0.query)).isValid }
        // One rule of the corpus is broken at its source: a verbatim string lost its quotes.
        #expect(queries.count >= 100)
        #expect(failures.count <= 1, "\(failures.prefix(5).map(\.id))")
    }

    @Test func `broken queries are told apart with a place and a sentence`() throws {
        let broken = try Corpus.queries("real_queries.jsonl").filter { $0.grammarOk == false }
        let rejected = broken.filter { !Parser.analyze(Source($0.query)).isValid }
        #expect(rejected.count >= 70)
    }
}
