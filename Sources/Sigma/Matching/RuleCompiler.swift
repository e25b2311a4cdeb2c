/// Turns predicates into decision programs. Steps are made from the end of a program to its start, so that each knows
/// where to go on.
struct RuleCompiler {
    private(set) var slotTable: SlotTable
    private(set) var table = AtomTable()
    private(set) var steps: [SigmaRuleSet.Step] = []

    init(slotTable: SlotTable) {
        self.slotTable = slotTable
    }

    /// The entry of the program that accepts the events of `route` that satisfy `predicate`.
    mutating func compile(_ predicate: SigmaPredicate, route: SigmaPipeline.Route) -> Int32 {
        let conditions = route.conditions.map { condition in
            SigmaPredicate.any(
                condition.values.map {
                    .test(field: condition.field, .text(SigmaText(literal: $0), isCased: false))
                })
        }
        let names = route.fieldNames
        let entry = compile(predicate, names, SigmaRuleSet.accept, SigmaRuleSet.reject)
        return compile(.all(conditions), [:], entry, SigmaRuleSet.reject)
    }

    /// Tests of which one must hold for the program, compiled before, to accept.
    func cover(_ predicate: SigmaPredicate, route: SigmaPipeline.Route, commonSlot: Int32) -> [Int32]? {
        let names = route.fieldNames
        let cover = ProgramCover(
            table: table,
            atom: { field, test in
                guard let field else { return table.number(slot: -1, test: test) }
                return slotTable.slots[(names[field] ?? field).lowercased()].flatMap {
                    table.number(slot: $0, test: test)
                }
            }, commonSlot: commonSlot)
        return cover.cover(predicate)
    }

    private mutating func compile(
        _ predicate: SigmaPredicate, _ names: [String: String], _ onTrue: Int32, _ onFalse: Int32
    ) -> Int32 {
        switch predicate {
        case .test(let field, let test):
            let slot = field.map { slotTable.slot(names[$0] ?? $0) } ?? -1
            var slots = slotTable
            let atom = table.intern(slot: slot, test: test) { slots.slot(names[$0] ?? $0) }
            slotTable = slots
            guard let atom else { return onFalse }
            return emit(atom, onTrue, onFalse)
        case .all(let parts):
            return parts.reversed().reduce(onTrue) { compile($1, names, $0, onFalse) }
        case .any(let parts):
            return parts.reversed().reduce(onFalse) { compile($1, names, onTrue, $0) }
        case .not(let inner): return compile(inner, names, onFalse, onTrue)
        case .atLeast(let count, let parts): return compile(atLeast: count, of: parts, names, onTrue, onFalse)
        }
    }

    private mutating func compile(
        atLeast count: Int, of parts: [SigmaPredicate], _ names: [String: String], _ onTrue: Int32, _ onFalse: Int32
    ) -> Int32 {
        guard count <= parts.count else { return onFalse }
        // entries[k]: where to go on from the part under work when k more must hold.
        var entries = [onTrue] + [Int32](repeating: onFalse, count: count)
        for part in parts.reversed() {
            var earlier = entries
            for needed in 1...count { earlier[needed] = compile(part, names, entries[needed - 1], entries[needed]) }
            entries = earlier
        }
        return entries[count]
    }

    private mutating func emit(_ atom: Int32, _ onTrue: Int32, _ onFalse: Int32) -> Int32 {
        steps.append(SigmaRuleSet.Step(atom: atom, onTrue: onTrue, onFalse: onFalse))
        return Int32(steps.count - 1)
    }
}
