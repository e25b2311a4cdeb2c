/// A Sigma detection rule (specification 2), read but not yet bound to any event's field names.
public struct SigmaRule: Sendable {
    /// The rule's `id`; where a file has none, its title.
    public var id: String
    /// By which correlation rules may refer to it.
    public var name: String?
    public var title: String
    public var description: String
    public var level: SigmaLevel
    public var status: String
    public var author: String
    public var references: [String]
    /// As written: `attack.credential-access`, `attack.t1003.001`, `cve.2021-44228`…
    public var tags: [String]
    public var falsePositives: [String]
    public var logSource: SigmaLogSource
    /// The named detections, in the order of the file.
    public var detections: [SigmaNamedDetection]
    /// One or more conditions; an event that satisfies any of them matches the rule.
    public var conditions: [SigmaCondition]
    /// Top-level keys that the specification does not name, such as `tests`.
    public var extras = YAMLMapping()
    public var position: SigmaPosition
}

/// Where something stands in a rule file; lines and columns count from 1.
public struct SigmaPosition: Sendable, Hashable {
    public var file: String
    public var line: Int
    public var column: Int

    public init(file: String, line: Int = 1, column: Int = 1) {
        self.file = file
        self.line = line
        self.column = column
    }
}

/// How bad a match is, in Sigma's five steps.
public enum SigmaLevel: String, Sendable, Hashable, CaseIterable {
    case informational, low, medium, high, critical
}

/// Which log a rule reads; names are in lower case.
public struct SigmaLogSource: Sendable, Hashable {
    public var category: String?
    public var product: String?
    public var service: String?

    public init(category: String? = nil, product: String? = nil, service: String? = nil) {
        self.category = category
        self.product = product
        self.service = service
    }
}

/// A named part of a rule's `detection`, to which conditions refer.
public struct SigmaNamedDetection: Sendable {
    public var name: String
    public var detection: SigmaDetection

    public init(name: String, detection: SigmaDetection) {
        self.name = name
        self.detection = detection
    }
}

/// The content of a detection: field items joined by and (maps) or by or (lists).
public indirect enum SigmaDetection: Sendable {
    case all([SigmaDetection])
    case any([SigmaDetection])
    case item(SigmaItem)
}

/// A field with its tests, or keywords when it names no field.
public struct SigmaItem: Sendable {
    /// The name as the rule writes it; nil: any field (keywords).
    public var field: String?
    public var tests: [SigmaTest]
    /// All tests must hold (`all`), not just one.
    public var requiresAll: Bool
    /// The whole item is negated (`neq`).
    public var isNegated: Bool
    public var position: SigmaPosition

    public init(
        field: String?, tests: [SigmaTest], requiresAll: Bool = false, isNegated: Bool = false, position: SigmaPosition
    ) {
        self.field = field
        self.tests = tests
        self.requiresAll = requiresAll
        self.isNegated = isNegated
        self.position = position
    }
}
