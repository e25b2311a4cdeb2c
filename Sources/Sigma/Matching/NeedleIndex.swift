/// The needles of all rules, per field, and which programs each may wake.
///
/// Most programs can accept an event only when at least one of a few texts is in a certain field: its cover. One pass
/// over a field finds all texts of all rules there; only programs with a text found are run, besides those without a
/// cover.
struct NeedleIndex: Sendable {
    /// Per slot the automaton of its tests.
    private(set) var automata: [NeedleAutomaton?]
    /// The automaton of keywords, which are searched in all fields.
    let keywords: NeedleAutomaton?
    /// Per test, whether only the automaton can find it true.
    private(set) var isIndexed: [Bool]
    /// Per test, where the programs that it wakes start in `woken`.
    private var wokenStarts: [Int32] = []
    private var woken: [Int32] = []
    /// Programs that must always be run.
    private(set) var uncovered: [Bool]

    /// - Parameter covers: per program its cover, nil when it has none.
    init(_ table: AtomTable, slotCount: Int, covers: [[Int32]?]) {
        isIndexed = table.atoms.map { NeedleIndex.canIndex($0) }
        var needles = [[(bytes: ArraySlice<UInt8>, number: Int32)]](repeating: [], count: slotCount)
        var keywords: [(bytes: ArraySlice<UInt8>, number: Int32)] = []
        for (number, atom) in table.atoms.enumerated() where isIndexed[number] {
            let needle = table.needles[table.window(of: atom)]
            if atom.slot < 0 {
                keywords.append((needle, Int32(number)))
            } else {
                needles[Int(atom.slot)].append((needle, Int32(number)))
            }
        }
        self.keywords = keywords.isEmpty ? nil : NeedleAutomaton(keywords)
        automata = needles.map { $0.isEmpty ? nil : NeedleAutomaton($0) }
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
    /// Longer needles are searched by so many of their bytes, and compared whole where those are found.
    static let longestWindow = 10

    /// The needle of a text test; of one with several pieces the longest piece.
    func needle(of atom: Atom) -> Range<Int> {
        guard atom.kind == .segments else { return Int(atom.start)..<Int(atom.start + atom.length) }
        let pieces = segments[Int(atom.start)].pieces
        return pieces.max { $0.count < $1.count } ?? 0..<0
    }

    /// The part of a test's needle that the automaton searches: the end of it, of prefixes the beginning.
    func window(of atom: Atom) -> Range<Int> {
        let needle = needle(of: atom)
        guard needle.count > Self.longestWindow else { return needle }
        return atom.kind == .prefix
            ? needle.lowerBound..<(needle.lowerBound + Self.longestWindow)
            : (needle.upperBound - Self.longestWindow)..<needle.upperBound
    }

    /// Whether a text in which the test's window ends at `end` satisfies the test, as far as the index decides it.
    @inline(__always)
    func confirms(_ atom: Atom, _ text: UnsafeBufferPointer<UInt8>, end: Int) -> Bool {
        let length = Int(atom.length)
        let start: Int
        switch atom.kind {
        case .equal:
            guard end == text.count, length == end else { return false }
            start = 0
        case .prefix:
            guard end == min(length, Self.longestWindow), length <= text.count else { return false }
            start = 0
        case .suffix:
            guard end == text.count, length <= end else { return false }
            start = end - length
        case .contains:
            guard length <= end else { return false }
            start = end - length
        default: return true
        }
        guard length > Self.longestWindow else { return true }
        return needles.withUnsafeBufferPointer { needles in
            let needle = UnsafeBufferPointer(rebasing: needles[Int(atom.start)..<(Int(atom.start) + length)])
            return ByteSearch.matches(text, at: start, needle, folding: true)
        }
    }
}
