/// Where a search for texts must find something for a test to hold.
struct Lookout {
    /// Texts of which the value must hold one, as ranges of `AtomTable.needles`; none where it must hold other characters than
    /// ASCII's.
    var needles: [Range<Int>]
    var place = NeedleSearch.Needle.Place.anywhere
    /// Whether the test holds wherever its text is found, so that nothing more is to be looked at.
    var isProof = false
    /// Whether a value with characters beyond ASCII is to be looked at in any case, as the search folds ASCII's letters alone.
    var mindsOtherCharacters = false

    /// How often something will be found, roughly: short texts are in many values.
    var frequency: Double {
        if needles.isEmpty { return 0.01 }
        return needles.reduce(0) { $0 + 1 / Double(max(1, $1.count * (place == .anywhere ? 1 : 2))) }
    }
}

extension AtomTable {
    /// nil: the test may hold wherever it likes.
    func lookout(for atom: Atom) -> Lookout? {
        let range = Int(atom.start)..<Int(atom.start + atom.length)
        switch atom.kind {
        case .equal, .prefix, .suffix, .contains:
            guard atom.casing != .unicode else { return Lookout(needles: [], mindsOtherCharacters: true) }
            guard atom.casing == .ascii, !range.isEmpty else { return nil }
            return Lookout(needles: [range], place: Self.place(of: atom.kind), isProof: true)
        case .segments:
            guard atom.casing != .unicode else { return Lookout(needles: [], mindsOtherCharacters: true) }
            let pieces = segments[Int(atom.start)].pieces
            guard atom.casing == .ascii, let longest = pieces.max(by: { $0.count < $1.count }) else { return nil }
            return Lookout(needles: [longest])
        case .expression:
            guard let needles = expressionNeedles[Int(atom.start)] else { return nil }
            return Lookout(needles: needles, mindsOtherCharacters: true)
        default: return nil
        }
    }

    private static func place(of kind: Atom.Kind) -> NeedleSearch.Needle.Place {
        switch kind {
        case .equal: .whole
        case .prefix: .beginning
        case .suffix: .end
        default: .anywhere
        }
    }
}

/// Who tells whether a test holds.
enum TestAnswer: UInt8 {
    /// The test is made.
    case made
    /// The search, where it finds nothing; else the test is made.
    case madeWhereFound
    /// The search.
    case found

    init(_ lookout: Lookout?) {
        self = lookout.map { $0.isProof ? .found : .madeWhereFound } ?? .made
    }
}
