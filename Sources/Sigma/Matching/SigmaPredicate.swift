/// A rule's condition with its detections put in: tests of fields joined by and, or and not.
package indirect enum SigmaPredicate {
    case test(field: String?, SigmaTest)
    case all([SigmaPredicate])
    case any([SigmaPredicate])
    case not(SigmaPredicate)
    case atLeast(Int, [SigmaPredicate])

    /// The predicate that a rule's events satisfy.
    package init(_ rule: SigmaRule) {
        let conditions = rule.conditions.map { SigmaPredicate($0, rule.detections) }
        self = conditions.count == 1 ? conditions[0] : .any(conditions)
    }

    private init(_ condition: SigmaCondition, _ detections: [SigmaNamedDetection]) {
        switch condition {
        case .detection(let name):
            let found = detections.first { $0.name == name }
            self = found.map { SigmaPredicate($0.detection) } ?? .any([])
        case .all(let parts): self = .all(parts.map { SigmaPredicate($0, detections) })
        case .any(let parts): self = .any(parts.map { SigmaPredicate($0, detections) })
        case .not(let inner): self = .not(SigmaPredicate(inner, detections))
        case .quantified(let count, let pattern):
            let chosen = detections.filter { pattern.matches($0.name) }.map { SigmaPredicate($0.detection) }
            switch count {
            case nil: self = .all(chosen)
            case 1: self = .any(chosen)
            case .some(let count): self = .atLeast(count, chosen)
            }
        }
    }

    private init(_ detection: SigmaDetection) {
        switch detection {
        case .all(let parts): self = .all(parts.map { SigmaPredicate($0) })
        case .any(let parts): self = .any(parts.map { SigmaPredicate($0) })
        case .item(let item):
            let tests = item.tests.map { SigmaPredicate.test(field: item.field, $0) }
            let joined: SigmaPredicate =
                tests.count == 1 ? tests[0] : item.requiresAll ? .all(tests) : .any(tests)
            self = item.isNegated ? .not(joined) : joined
        }
    }

    /// The names of all fields tested, the fields compared with included.
    package var fields: Set<String> {
        switch self {
        case .test(let field, let test):
            var names = Set([field].compactMap { $0 })
            if case .field(let other, _, _) = test { names.insert(other) }
            return names
        case .all(let parts), .any(let parts), .atLeast(_, let parts):
            return parts.reduce(into: []) { $0.formUnion($1.fields) }
        case .not(let inner): return inner.fields
        }
    }
}
