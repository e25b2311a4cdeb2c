/// What a record must satisfy for a program to accept it, as far as a search for texts can tell.
struct NecessaryTests: Sendable {
    /// Of each clause at least one test must hold; the clause that fewest records satisfy comes first.
    var clauses: [[Int32]] = []
    /// None of these may hold.
    var vetoes: [Int32] = []

    /// A program whose clauses are more than these is told by the first of them.
    static let mostClauses = 3
}

/// Reads a predicate's necessary tests from its form.
struct NecessityReader {
    /// Per test how often it will be found, roughly; nil: it is not searched for.
    private let frequencies: [Double?]
    /// Per test whether it holds wherever it is found.
    private let isProof: [Bool]

    /// - Parameters:
    ///   - lookouts: of all tests of the table.
    ///   - commonSlot: tests of this field are taken only for want of others, as nearly every event satisfies some.
    init(_ table: AtomTable, _ lookouts: [Lookout?], commonSlot: Int32) {
        frequencies = zip(table.atoms, lookouts).map { atom, lookout in
            lookout.map { $0.frequency * (atom.slot == commonSlot ? 10 : 1) }
        }
        isProof = lookouts.map { $0?.isProof ?? false }
    }

    func read(_ predicate: BoundPredicate) -> NecessaryTests {
        NecessaryTests(clauses: clauses(predicate), vetoes: Set(vetoes(predicate)).sorted())
    }

    private func clauses(_ predicate: BoundPredicate) -> [[Int32]] {
        switch predicate {
        case .test(let test): frequencies[Int(test)] == nil ? [] : [[test]]
        case .all(let parts): best(parts.flatMap { clauses($0) })
        case .any(let parts): union(parts)
        case .atLeast(let count, let parts): count > 0 ? union(parts) : []
        case .never: [[]]
        case .not: []
        }
    }

    /// Where one of the parts holds, one of its first clauses' tests holds, one of its second clauses', and so on.
    private func union(_ parts: [BoundPredicate]) -> [[Int32]] {
        let lists = parts.map { clauses($0) }
        guard !lists.contains(where: \.isEmpty) else { return [] }
        let count = lists.map(\.count).max() ?? 1
        return best((0..<count).map { place in lists.flatMap { $0[min(place, $0.count - 1)] } })
    }

    private func best(_ clauses: [[Int32]]) -> [[Int32]] {
        if clauses.count == 1 { return clauses }
        let distinct = Set(clauses.map { $0.count > 1 ? Set($0).sorted() : $0 })
        let ranked = distinct.map { (cost: cost($0), clause: $0) }
            .sorted { $0.cost != $1.cost ? $0.cost < $1.cost : $0.clause.lexicographicallyPrecedes($1.clause) }
        return ranked.prefix(NecessaryTests.mostClauses).map(\.clause)
    }

    /// How often a clause will be satisfied, roughly.
    private func cost(_ clause: [Int32]) -> Double { clause.reduce(0) { $0 + (frequencies[Int($1)] ?? 1) } }

    /// Tests that the predicate cannot hold with.
    private func vetoes(_ predicate: BoundPredicate) -> [Int32] {
        switch predicate {
        case .test, .any, .atLeast, .never: []
        case .all(let parts): parts.flatMap { vetoes($0) }
        case .not(let inner): sufficient(inner)
        }
    }

    /// Tests of which each alone makes the predicate hold.
    private func sufficient(_ predicate: BoundPredicate) -> [Int32] {
        switch predicate {
        case .test(let test): isProof[Int(test)] ? [test] : []
        case .any(let parts), .atLeast(1, let parts): parts.flatMap { sufficient($0) }
        case .all(let parts): parts.count == 1 ? sufficient(parts[0]) : []
        case .atLeast, .never: []
        case .not(let inner): vetoes(inner)
        }
    }
}

extension SigmaPredicate {
    /// The numbers of which the field must hold one, as far as the predicate's form shows; nil: any.
    func requiredNumbers(of field: String) -> Set<Int>? {
        switch self {
        case .test(let name, .text(let text, _)) where name?.lowercased() == field:
            return text.literal.flatMap { Int($0) }.map { [$0] }
        case .all(let parts):
            return parts.compactMap { $0.requiredNumbers(of: field) }.reduce(nil) { known, own in
                known.map { $0.intersection(own) } ?? own
            }
        case .any(let parts):
            var all: Set<Int> = []
            for part in parts {
                guard let own = part.requiredNumbers(of: field) else { return nil }
                all.formUnion(own)
            }
            return parts.isEmpty ? nil : all
        default: return nil
        }
    }
}
