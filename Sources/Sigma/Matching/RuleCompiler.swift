/// Turns predicates into decision programs. Steps are made from the end of a program to its start, so that each knows
/// where to go on.
struct RuleCompiler {
    private(set) var slotTable: SlotTable
    private(set) var table = AtomTable()
    private(set) var steps: [SigmaRuleSet.Step] = []

    init(slotTable: SlotTable) {
        self.slotTable = slotTable
    }

    /// The predicate with the names and conditions of `route`, its tests added to the table.
    mutating func bind(_ predicate: SigmaPredicate, route: SigmaPipeline.Route) -> BoundPredicate {
        let conditions = route.conditions.map { condition in
            BoundPredicate.any(
                condition.values.map {
                    bind(field: condition.field, .text(SigmaText(literal: $0), isCased: false), [:])
                })
        }
        let bound = bind(predicate, route.fieldNames)
        return conditions.isEmpty ? bound : .all(conditions + [bound])
    }

    private mutating func bind(_ predicate: SigmaPredicate, _ names: [String: String]) -> BoundPredicate {
        switch predicate {
        case .test(let field, let test): bind(field: field, test, names)
        case .all(let parts): .all(parts.map { bind($0, names) })
        case .any(let parts): .any(parts.map { bind($0, names) })
        case .not(let inner): .not(bind(inner, names))
        case .atLeast(let count, let parts): .atLeast(count, parts.map { bind($0, names) })
        }
    }

    private mutating func bind(field: String?, _ test: SigmaTest, _ names: [String: String]) -> BoundPredicate {
        let slot = field.map { slotTable.slot(names[$0] ?? $0) } ?? -1
        var slots = slotTable
        let number = table.intern(slot: slot, test: test) { slots.slot(names[$0] ?? $0) }
        slotTable = slots
        return number.map { .test($0) } ?? .never
    }

    /// The entry of the program that accepts the records that satisfy the predicate.
    mutating func compile(_ predicate: BoundPredicate) -> Int32 {
        compile(predicate, SigmaRuleSet.accept, SigmaRuleSet.reject)
    }

    private mutating func compile(_ predicate: BoundPredicate, _ onTrue: Int32, _ onFalse: Int32) -> Int32 {
        switch predicate {
        case .test(let number): emit(number, onTrue, onFalse)
        case .all(let parts): parts.reversed().reduce(onTrue) { compile($1, $0, onFalse) }
        case .any(let parts): parts.reversed().reduce(onFalse) { compile($1, onTrue, $0) }
        case .not(let inner): compile(inner, onFalse, onTrue)
        case .atLeast(let count, let parts): compile(atLeast: count, of: parts, onTrue, onFalse)
        case .never: onFalse
        }
    }

    private mutating func compile(
        atLeast count: Int, of parts: [BoundPredicate], _ onTrue: Int32, _ onFalse: Int32
    ) -> Int32 {
        guard count <= parts.count else { return onFalse }
        // entries[k]: where to go on from the part under work when k more must hold.
        var entries = [onTrue] + [Int32](repeating: onFalse, count: count)
        for part in parts.reversed() {
            var earlier = entries
            for needed in 1...count { earlier[needed] = compile(part, entries[needed - 1], entries[needed]) }
            entries = earlier
        }
        return entries[count]
    }

    private mutating func emit(_ atom: Int32, _ onTrue: Int32, _ onFalse: Int32) -> Int32 {
        steps.append(SigmaRuleSet.Step(atom: atom, onTrue: onTrue, onFalse: onFalse))
        return Int32(steps.count - 1)
    }
}
