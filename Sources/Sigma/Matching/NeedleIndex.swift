/// Which tests a search for texts can decide, and which programs each may wake.
///
/// Most programs can accept an event only when at least one of a few texts is in a certain field: its cover. One pass
/// over a field finds all texts of all rules there (`NeedleSearch`); only programs with a text found are run, besides those
/// without a cover.
struct NeedleIndex: Sendable {
    /// Per test, whether only the search can find it true.
    private(set) var isIndexed: [Bool]
    /// Per test, where the programs that it wakes start in `woken`.
    private var wokenStarts: [Int32] = []
    private var woken: [Int32] = []
    /// Programs that must always be run.
    private(set) var uncovered: [Bool]

    /// - Parameter covers: per program its cover, nil when it has none.
    init(_ table: AtomTable, covers: [[Int32]?]) {
        isIndexed = table.atoms.map { NeedleIndex.canIndex($0) }
        uncovered = covers.map { $0 == nil }
        var lists = [[Int32]](repeating: [], count: table.atoms.count)
        for (program, cover) in covers.enumerated() {
            for atom in cover ?? [] { lists[Int(atom)].append(Int32(program)) }
        }
        wokenStarts = lists.reduce(into: [0]) { $0.append(($0.last ?? 0) + Int32($1.count)) }
        woken = lists.flatMap { $0 }
    }

    @inline(__always)
    func programs(wokenBy atom: Int) -> ArraySlice<Int32> {
        woken[Int(wokenStarts[atom])..<Int(wokenStarts[atom + 1])]
    }

    static func canIndex(_ atom: Atom) -> Bool {
        guard atom.casing == .ascii else { return false }
        switch atom.kind {
        case .equal, .prefix, .suffix, .contains: return atom.length > 0
        case .segments: return true
        default: return false
        }
    }
}

extension AtomTable {
    /// The needle of a text test; of one with several pieces the longest piece.
    func needle(of atom: Atom) -> Range<Int> {
        guard atom.kind == .segments else { return Int(atom.start)..<Int(atom.start + atom.length) }
        let pieces = segments[Int(atom.start)].pieces
        return pieces.max { $0.count < $1.count } ?? 0..<0
    }

    /// Adds the tests of those hits that a text satisfies, as far as the index decides it: of a test with several pieces, all
    /// are still to be looked at.
    func confirm(_ hits: [NeedleHit], _ text: FoldedText, into confirmed: inout [Int32]) {
        text.withBytes { bytes in
            atoms.withUnsafeBufferPointer { atoms in
                needles.withUnsafeBytes { needles in
                    for hit in hits {
                        let atom = atoms[Int(hit.atom)]
                        guard atom.kind != .segments else {
                            confirmed.append(hit.atom)
                            continue
                        }
                        let length = Int(atom.length)
                        guard hit.start >= 0, hit.start + length <= text.count,
                            atom.kind != .equal || length == text.count
                        else { continue }
                        let needle = UnsafeRawBufferPointer(rebasing: needles[Int(atom.start)...].prefix(length))
                        if ByteSearch.equal(bytes + hit.start, needle) { confirmed.append(hit.atom) }
                    }
                }
            }
        }
    }
}
