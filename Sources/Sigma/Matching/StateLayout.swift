/// How a record's state against many programs is laid out in bits, and what tests found in the record change in it.
///
/// For 64 programs, a group, there are four words: one for each clause of their necessary tests, whose bits are set when one of
/// the clause's tests is found (or the program has no such clause), and one for tests found that they cannot hold with. A
/// program is worth running when all of its clauses are set and its veto is not.
struct StateLayout: Sendable {
    /// Bits of one word that a test sets.
    struct Mark {
        var word: Int32
        var bits: UInt64
    }

    /// Programs of one group for which a search matters.
    struct Stake {
        /// Of the group.
        var firstWord: Int32
        var programs: UInt64
        /// Those whose clause this or a later search may still set.
        var open: (UInt64, UInt64, UInt64) = (0, 0, 0)
    }

    static let wordsPerGroup = 4

    /// The state of a record in which nothing is found.
    private(set) var start: [UInt64]
    /// Where the marks of each test start.
    private let markStarts: [Int32]
    private let marks: [Mark]

    /// - Parameters:
    ///   - necessary: of each program.
    ///   - places: of the tests that are searched for, from 0.
    init(_ necessary: [NecessaryTests], places: [Int32: Int]) {
        start = [UInt64](repeating: 0, count: (necessary.count + 63) / 64 * Self.wordsPerGroup)
        var marks = [[Mark]](repeating: [], count: places.count)
        for (place, necessary) in necessary.enumerated() {
            let (word, bit) = Self.position(of: place)
            for clause in 0..<NecessaryTests.mostClauses where clause >= necessary.clauses.count {
                start[word + clause] |= bit
            }
            for (word, tests) in zip(word..., necessary.clauses) + [
                (word + NecessaryTests.mostClauses, necessary.vetoes)
            ] {
                for test in tests {
                    if let test = places[test] { marks[test].append(Mark(word: Int32(word), bits: bit)) }
                }
            }
        }
        let merged = marks.map { Self.merged($0) }
        markStarts = merged.reduce(into: [0]) { $0.append(($0.last ?? 0) + Int32($1.count)) }
        self.marks = merged.flatMap { $0 }
    }

    private static func position(of program: Int) -> (firstWord: Int, bit: UInt64) {
        (program / 64 * wordsPerGroup, 1 << UInt64(program % 64))
    }

    /// For which programs each search matters, given the order of searches.
    ///
    /// - Parameters:
    ///   - necessary: of each program, as before.
    ///   - uses: of each program, the fields whose searches its tests ask.
    ///   - fieldOf: a test's field.
    static func stakes(
        _ order: [Int32], _ necessary: [NecessaryTests], uses: [Set<Int32>], fieldOf: (Int32) -> Int32
    ) -> [[Stake]] {
        let clauseFields = necessary.map { $0.clauses.map { Set($0.map(fieldOf)) } }
        var groups = (0..<((necessary.count + 63) / 64)).map { group in
            Stake(firstWord: Int32(group * wordsPerGroup), programs: 0)
        }
        let stakes = order.reversed().map { field in
            for group in groups.indices { groups[group].programs = 0 }
            for program in necessary.indices where uses[program].contains(field) {
                let bit = position(of: program).bit
                groups[program / 64].programs |= bit
                for (clause, fields) in clauseFields[program].enumerated() where fields.contains(field) {
                    switch clause {
                    case 0: groups[program / 64].open.0 |= bit
                    case 1: groups[program / 64].open.1 |= bit
                    default: groups[program / 64].open.2 |= bit
                    }
                }
            }
            return groups.filter { $0.programs != 0 }
        }
        return stakes.reversed()
    }

    /// What a test sets when it is found.
    @inline(__always)
    func marks(of test: Int32) -> ArraySlice<Mark> {
        marks[Int(markStarts[Int(test)])..<Int(markStarts[Int(test) + 1])]
    }

    /// Adds the places of the programs that the state leaves.
    func collect(_ state: [UInt64], into programs: inout [Int32]) {
        state.withUnsafeBufferPointer { state in
            for group in 0..<(state.count / Self.wordsPerGroup) {
                let word = group * Self.wordsPerGroup
                var bits = state[word] & state[word + 1] & state[word + 2] & ~state[word + 3]
                while bits != 0 {
                    programs.append(Int32(group * 64 + bits.trailingZeroBitCount))
                    bits &= bits - 1
                }
            }
        }
    }

    /// Whether the state leaves any of the programs for which the search matters.
    @inline(__always)
    static func isOpen(_ stakes: [Stake], _ state: [UInt64]) -> Bool {
        for stake in stakes {
            let word = Int(stake.firstWord)
            let bits = stake.programs & ~state[word + 3] & (state[word] | stake.open.0)
            if bits & (state[word + 1] | stake.open.1) & (state[word + 2] | stake.open.2) != 0 { return true }
        }
        return false
    }

    /// The marks with those of one word in one, in the order of words.
    static func merged(_ marks: [Mark]) -> [Mark] {
        var merged: [Mark] = []
        for mark in marks.sorted(by: { $0.word < $1.word }) {
            if merged.last?.word == mark.word {
                merged[merged.count - 1].bits |= mark.bits
            } else {
                merged.append(mark)
            }
        }
        return merged
    }
}
