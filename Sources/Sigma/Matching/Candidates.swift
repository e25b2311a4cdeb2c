internal import Synchronization

/// The programs for one kind of record, with searches for just their needles, and what each needle tells of them.
final class Candidates: Sendable {
    /// A field that is searched for texts.
    struct Search {
        /// -1: all fields.
        let slot: Int32
        /// Distinct among all searches of a rule set.
        let number: UInt32
        let needles: NeedleSearch
        /// The programs for which it matters.
        let stakes: [StateLayout.Stake]
    }

    /// The programs by their place in the layout.
    let members: [Int32]
    /// The tests that are searched for, by the numbers that searches give them.
    let tests: [Int32]
    /// Those that tell most programs apart come first, the one of all fields last.
    let searches: [Search]
    let layout: StateLayout

    /// - Parameter firstNumber: of its searches.
    init(
        _ members: [Int32], of programs: [SigmaRuleSet.Program], _ table: AtomTable, firstNumber: UInt32
    ) {
        self.members = members
        var tests: [Int32] = []
        var places: [Int32: Int] = [:]
        var sought: [Int32: SoughtTexts] = [:]
        for member in members {
            for number in programs[Int(member)].atoms where places[number] == nil {
                let atom = table.atoms[Int(number)]
                guard let lookout = table.lookout(for: atom) else { continue }
                places[number] = tests.count
                sought[atom.slot, default: SoughtTexts()].add(Int32(tests.count), lookout)
                tests.append(number)
            }
        }
        self.tests = tests
        let necessary = members.map { programs[Int($0)].necessary }
        layout = StateLayout(necessary, places: places)
        let fieldOf = { (test: Int32) in table.atoms[Int(test)].slot }
        let uses = members.map { member in
            Set(programs[Int(member)].atoms.filter { places[$0] != nil }.map(fieldOf))
        }
        let order = Self.order(sought.keys.sorted(), necessary, fieldOf)
        let stakes = StateLayout.stakes(order, necessary, uses: uses, fieldOf: fieldOf)
        searches = zip(order, stakes).enumerated().map { place, field in
            let (slot, stakes) = field
            return Search(
                slot: slot, number: firstNumber + UInt32(place),
                needles: (sought[slot] ?? SoughtTexts()).search(in: table.needles), stakes: stakes)
        }
    }

    /// The fields, those of most clauses first.
    private static func order(
        _ slots: [Int32], _ necessary: [NecessaryTests], _ fieldOf: (Int32) -> Int32
    ) -> [Int32] {
        var clauses: [Int32: Int] = [:]
        for clause in necessary.lazy.flatMap(\.clauses) {
            for slot in Set(clause.map(fieldOf)) { clauses[slot, default: 0] += 1 }
        }
        let ranked = slots.filter { $0 >= 0 }.sorted { (clauses[$1] ?? 0, $0) < (clauses[$0] ?? 0, $1) }
        return ranked + slots.filter { $0 < 0 }
    }
}

/// What tests look for in one field.
private struct SoughtTexts {
    private var needles: [NeedleSearch.Needle] = []
    private var mindful: [Int32] = []

    mutating func add(_ test: Int32, _ lookout: Lookout) {
        needles += lookout.needles.map { NeedleSearch.Needle(test: test, place: lookout.place, bytes: $0) }
        if lookout.mindsOtherCharacters { mindful.append(test) }
    }

    func search(in bytes: [UInt8]) -> NeedleSearch {
        NeedleSearch(needles, in: bytes, mindingOtherCharacters: mindful)
    }
}

/// The candidates of a rule set's kinds of records, each made when the first such record comes.
final class CandidateStore: Sendable {
    private struct State {
        var known: [[Int32]: Candidates] = [:]
        var searches: UInt32 = 0
    }

    private let state = Mutex(State())

    /// Records of more kinds than these can only be made up; what was made for them is made anew.
    private static let most = 1_000

    func candidates(_ members: [Int32], of programs: [SigmaRuleSet.Program], _ table: AtomTable) -> Candidates {
        state.withLock { state in
            if let known = state.known[members] { return known }
            if state.known.count >= Self.most { state.known = [:] }
            let made = Candidates(members, of: programs, table, firstNumber: state.searches)
            state.searches &+= UInt32(made.searches.count)
            state.known[members] = made
            return made
        }
    }
}
