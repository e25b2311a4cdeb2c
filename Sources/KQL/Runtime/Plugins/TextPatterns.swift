import KQLFunctions
import KQLValues

extension Plugin {
    static let diffpatternsText = Plugin(
        "diffpatterns_text", "The patterns of words that differ most in their share between two sets of texts.",
        [
            .value("text"), .value("condition"), .constant("minTokens", .long, .optional),
            .constant("threshold", .real, .optional), .constant("maxTokens", .long, .optional),
        ],
        schema: { _ in textDifferenceSchema }
    ) { input throws(ExecutionError) in
        guard case .string(let texts) = try input.column(0).converted(to: .string),
            case .bool(let marks) = try input.column(1).converted(to: .bool)
        else { return Table(empty: textDifferenceSchema) }
        let minimum = try input.maximum(2, default: 1)
        let threshold = try input.fraction(3, default: 0.05, in: 0.015...1)
        let maximum = try input.maximum(4, default: 20)
        var search = TextPatternSearch(minimum: minimum, maximum: min(20, maximum), threshold: threshold)
        for row in 0..<texts.count { search.add(texts[row], isTrue: marks[row] == true) }
        let patterns = try search.patterns(check: input.execution.check)
        let totals = search.totals
        return Table(
            schema: textDifferenceSchema,
            columns: [
                .long(Vector(patterns.map { Int64($0.counts.0) })), .long(Vector(patterns.map { Int64($0.counts.1) })),
                .real(Vector(patterns.map { 100 * Double($0.counts.0) / Double(max(1, totals.0)) })),
                .real(Vector(patterns.map { 100 * Double($0.counts.1) / Double(max(1, totals.1)) })),
                .string(StringColumn(patterns.map(\.text))),
            ], rowCount: patterns.count)
    }

    private static let textDifferenceSchema = TableSchema([
        ColumnSchema("Count_of_True", .long), ColumnSchema("Count_of_False", .long),
        ColumnSchema("Percent_of_True", .real), ColumnSchema("Percent_of_False", .real),
        ColumnSchema("Pattern", .string),
    ])
}

/// Looks for sequences of words, with gaps, that the texts of one side have and those of the other have not.
private struct TextPatternSearch {
    let minimum: Int
    let maximum: Int
    let threshold: Double
    private(set) var totals = (0, 0)
    private var texts: [(words: [Int], isTrue: Bool)] = []
    private var numbers: [Substring: Int] = [:]
    private var words: [Substring] = []

    struct Found {
        let text: String
        let counts: (Int, Int)
    }

    /// A pattern grown so far: per text that has it, the position after its last word.
    private struct Candidate {
        var words: [(word: Int, followsGap: Bool)]
        var places: [(text: Int, next: Int)]
    }

    init(minimum: Int, maximum: Int, threshold: Double) {
        self.minimum = minimum
        self.maximum = maximum
        self.threshold = threshold
    }

    mutating func add(_ text: String, isTrue: Bool) {
        var codes: [Int] = []
        for word in text.split(whereSeparator: \.isWhitespace) {
            if let known = numbers[word] {
                codes.append(known)
            } else {
                numbers[word] = words.count
                codes.append(words.count)
                words.append(word)
            }
        }
        texts.append((codes, isTrue))
        if isTrue { totals.0 += 1 } else { totals.1 += 1 }
    }

    /// The patterns that differ most, in order of the difference.
    func patterns(check: () throws(ExecutionError) -> Void) throws(ExecutionError) -> [Found] {
        var uncovered = Set(texts.indices)
        var found: [Found] = []
        while found.count < 10 {
            try check()
            guard let best = grown(in: uncovered), best.words.count >= minimum else { break }
            let counts = counts(of: best)
            guard difference(counts) >= threshold else { break }
            found.append(Found(text: text(of: best), counts: counts))
            let covered = best.places.map(\.text).filter(uncovered.contains)
            guard !covered.isEmpty else { break }
            uncovered.subtract(covered)
        }
        return found.sorted { difference($0.counts) > difference($1.counts) }
    }

    /// Grows one pattern word by word, always by the word that keeps the difference greatest.
    private func grown(in uncovered: Set<Int>) -> Candidate? {
        var current = Candidate(words: [], places: uncovered.sorted().map { ($0, 0) })
        while current.words.count < maximum {
            var next: [Int: [(text: Int, next: Int)]] = [:]
            for place in current.places {
                var seen: Set<Int> = []
                for (offset, word) in texts[place.text].words.enumerated().dropFirst(place.next)
                where seen.insert(word).inserted {
                    next[word, default: []].append((place.text, offset + 1))
                }
            }
            let best = next.min { left, right in
                let (first, second) = (score(left.value), score(right.value))
                return (-first, left.key) < (-second, right.key)
            }
            guard let best else { break }
            let isEnough = current.words.count >= minimum
            if isEnough, score(best.value) < score(current.places) * 0.999 { break }
            let before = Dictionary(
                current.places.map { ($0.text, $0.next) }, uniquingKeysWith: { first, _ in first })
            let isAdjacent = best.value.allSatisfy { before[$0.text] == $0.next - 1 }
            current.words.append((best.key, !isAdjacent && !current.words.isEmpty))
            current.places = best.value
        }
        return current.words.isEmpty ? nil : current
    }

    private func score(_ places: [(text: Int, next: Int)]) -> Double {
        var counts = (0, 0)
        for place in places { if texts[place.text].isTrue { counts.0 += 1 } else { counts.1 += 1 } }
        return difference(counts)
    }

    private func counts(of candidate: Candidate) -> (Int, Int) {
        var counts = (0, 0)
        for place in candidate.places { if texts[place.text].isTrue { counts.0 += 1 } else { counts.1 += 1 } }
        return counts
    }

    private func difference(_ counts: (Int, Int)) -> Double {
        abs(Double(counts.0) / Double(max(1, totals.0)) - Double(counts.1) / Double(max(1, totals.1)))
    }

    private func text(of candidate: Candidate) -> String {
        candidate.words.map { ($0.followsGap ? "* " : "") + words[$0.word] }.joined(separator: " ")
    }
}
