internal import Sigma

/// Splits the field in which Sysmon writes all hashes of a file (`SHA1=…,MD5=…`) into a field for each algorithm.
struct HashFields {
    let algorithms: [String]
    let prefix: String
    let dropsName: Bool

    /// The items by algorithm; the item itself when it names none of them.
    func split(_ item: SigmaItem) -> [SigmaItem] {
        var byField: [(field: String, tests: [SigmaTest])] = []
        for test in item.tests {
            guard let (field, value) = hash(test) else { return [item] }
            if let place = byField.firstIndex(where: { $0.field == field }) {
                byField[place].tests.append(value)
            } else {
                byField.append((field, [value]))
            }
        }
        return byField.map { field, tests in
            var copy = item
            copy.field = field
            copy.tests = tests
            return copy
        }
    }

    private func hash(_ test: SigmaTest) -> (field: String, SigmaTest)? {
        guard case .text(let text, _) = test else { return nil }
        let literals = text.parts.compactMap { if case .literal(let literal) = $0 { literal } else { nil } }
        guard literals.count == 1 else { return nil }
        let halves = literals[0].split(separator: "=", maxSplits: 1)
        let algorithm = halves.count == 2 ? String(halves[0]).uppercased() : Self.algorithm(ofLength: literals[0].count)
        guard let algorithm, let value = halves.last, algorithms.contains(algorithm) else { return nil }
        return (prefix + (dropsName ? "" : algorithm), .text(SigmaText(literal: String(value)), isCased: false))
    }

    private static func algorithm(ofLength length: Int) -> String? {
        switch length {
        case 32: "MD5"
        case 40: "SHA1"
        case 64: "SHA256"
        default: nil
        }
    }
}
