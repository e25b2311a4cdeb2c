import KQLValues

extension Execution {
    /// Groups strings whose terms agree but for a few; the differing terms become `*`.
    func reduce(_ node: Reduce) throws(ExecutionError) -> Table {
        let input = try table(node.input)
        guard case .string(let texts) = try column(node.source, over: input) else { return Table(empty: node.schema) }
        var clusters: [TermPattern] = []
        let separators = Set(node.characters)
        for row in 0..<texts.count {
            let pattern = TermPattern(texts[row], separators: separators)
            if let index = clusters.firstIndex(where: { $0.accepts(pattern, threshold: node.threshold) }) {
                clusters[index].absorb(pattern)
            } else {
                clusters.append(pattern)
            }
            if row % 256 == 0 { try check() }
        }
        let minimum = Double(input.rowCount) * node.threshold
        let kept = clusters.filter { Double($0.count) > minimum || $0.count > 1 }.sorted { $0.count > $1.count }
        let others = clusters.reduce(0) { $0 + $1.count } - kept.reduce(0) { $0 + $1.count }
        var result = Table(empty: node.schema)
        for cluster in kept {
            result.append([.string(cluster.text), .long(Int64(cluster.count)), .string(cluster.representative)])
        }
        if others > 0 { result.append([.string("others"), .long(Int64(others)), .string("")]) }
        return result
    }
}

/// A string's terms, some of them blotted out.
private struct TermPattern {
    private var terms: [String]
    private(set) var count = 1
    let representative: String

    /// Splits at everything but letters and digits, and at the given characters.
    init(_ text: String, separators: Set<Character>) {
        representative = text
        var terms: [String] = []
        var term = ""
        for character in text {
            if character.isLetter || character.isNumber, !separators.contains(character) {
                term.append(character)
            } else {
                if !term.isEmpty { terms.append(term) }
                terms.append(String(character))
                term = ""
            }
        }
        if !term.isEmpty { terms.append(term) }
        self.terms = terms
    }

    /// Whether another string has the same number of terms and most of them agree.
    func accepts(_ other: TermPattern, threshold: Double) -> Bool {
        guard terms.count == other.terms.count, terms.count > 1 else { return terms == other.terms }
        let agreeing = zip(terms, other.terms).count { $0 == $1 || $0 == "*" }
        return agreeing > 0 && Double(terms.count - agreeing) <= Double(terms.count) * (1 - threshold) / 1.5
    }

    mutating func absorb(_ other: TermPattern) {
        for index in terms.indices where terms[index] != other.terms[index] { terms[index] = "*" }
        count += 1
    }

    var text: String {
        var text = ""
        for (index, term) in terms.enumerated() {
            // Separators before a blotted term fall away with it.
            if index + 1 < terms.count, terms[index + 1] == "*", term.count == 1, term != "*" { continue }
            text += term
        }
        return text
    }
}

extension Table {
    /// Appends a row of values of the columns' types.
    mutating func append(_ values: [Value]) {
        for (index, value) in values.enumerated() { columns[index].append(value) }
        rowCount += 1
    }
}
