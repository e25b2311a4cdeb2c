/// Chooses for a predicate a small set of tests of which at least one must hold where the predicate holds.
struct ProgramCover {
    let table: AtomTable
    /// The test's number, nil when it was not compiled.
    let atom: (_ field: String?, _ test: SigmaTest) -> Int32?
    /// Tests of this field are taken only for want of others, as nearly every event satisfies some.
    let commonSlot: Int32

    /// The cover, nil when there is none.
    func cover(_ predicate: SigmaPredicate) -> [Int32]? {
        switch predicate {
        case .test(let field, let test):
            guard let number = atom(field, test), NeedleIndex.canIndex(table.atoms[Int(number)]) else { return nil }
            return [number]
        case .all(let parts): return parts.compactMap { cover($0) }.min { cost($0) < cost($1) }
        case .any(let parts), .atLeast(_, let parts): return union(parts)
        case .not: return nil
        }
    }

    private func union(_ parts: [SigmaPredicate]) -> [Int32]? {
        var all: Set<Int32> = []
        for part in parts {
            guard let own = cover(part) else { return nil }
            all.formUnion(own)
        }
        return all.sorted()
    }

    /// How often a cover will be found, roughly: short needles are found in many events.
    private func cost(_ cover: [Int32]) -> Double {
        cover.reduce(0) { sum, number in
            let atom = table.atoms[Int(number)]
            let length = table.needle(of: atom).count
            let anchored = atom.kind == .equal || atom.kind == .suffix || atom.kind == .prefix
            let own = (atom.slot == commonSlot ? 10 : 1) / Double(max(1, length * (anchored ? 2 : 1)))
            return sum + own
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
