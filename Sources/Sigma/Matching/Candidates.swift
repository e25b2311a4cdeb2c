/// The programs for one kind of record, with searches for just their needles.
final class Candidates: Sendable {
    /// Programs without a cover, to be run on each record.
    let always: [Int32]
    /// Per program, whether it belongs here.
    let isMember: [Bool]
    /// The fields that these programs search for texts.
    let searches: [(slot: Int32, needles: NeedleSearch)]
    /// What they search all fields for.
    let keywords: NeedleSearch?

    init(_ members: [Int32], of programs: [SigmaRuleSet.Program], _ index: NeedleIndex, _ table: AtomTable) {
        always = members.filter { index.uncovered[Int($0)] }
        var isMember = [Bool](repeating: false, count: programs.count)
        var isSearched = [Bool](repeating: false, count: table.atoms.count)
        var needles: [Int32: [NeedleSearch.Needle]] = [:]
        for member in members {
            isMember[Int(member)] = true
            for number in programs[Int(member)].atoms where index.isIndexed[Int(number)] && !isSearched[Int(number)] {
                isSearched[Int(number)] = true
                let atom = table.atoms[Int(number)]
                needles[atom.slot, default: []].append(
                    NeedleSearch.Needle(atom: number, kind: atom.kind, bytes: table.needle(of: atom)))
            }
        }
        self.isMember = isMember
        keywords = needles.removeValue(forKey: -1).map { NeedleSearch($0, in: table.needles) }
        searches = needles.sorted { $0.key < $1.key }.map { ($0.key, NeedleSearch($0.value, in: table.needles)) }
    }
}
