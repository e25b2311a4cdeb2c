/// What a folder or file of rules gave: the rules that work and all findings.
public struct SigmaReading: Sendable {
    public var rules: [SigmaRule] = []
    public var correlations: [SigmaCorrelation] = []
    public var filters: [SigmaFilter] = []
    public var findings: [SigmaFinding] = []

    public init() {}

    /// Adds another file's reading.
    public mutating func append(_ other: SigmaReading) {
        rules += other.rules
        correlations += other.correlations
        filters += other.filters
        findings += other.findings
    }

    /// Lays the filters over the rules and leaves out correlations that name what is not there or lead back to themselves.
    /// To be called once, when all files are read.
    public mutating func link() {
        applyFilters()
        checkCorrelations()
    }

    private mutating func applyFilters() {
        for (number, filter) in filters.enumerated() {
            let prefix = "_filter\(number)_"
            let detections = filter.detections.map {
                SigmaNamedDetection(name: prefix + $0.name, detection: $0.detection)
            }
            let requirement = filter.requirement(prefix: prefix)
            var concerned = 0
            for index in rules.indices where filter.concerns(rules[index]) {
                rules[index].detections += detections
                rules[index].conditions = rules[index].conditions.map { .all([$0, requirement]) }
                concerned += 1
            }
            if concerned == 0 {
                findings.append(
                    SigmaFinding(
                        .warning, .unknownReference, "the filter '\(filter.header.title)' concerns none of the rules",
                        at: filter.header.position))
            }
        }
    }

    private mutating func checkCorrelations() {
        var known: Set<String> = []
        for rule in rules { known.formUnion([rule.id, rule.name ?? rule.id]) }
        // In each round, correlations join what is known whose parts are known; what is left then hangs in the air.
        var open = correlations
        var linked: [SigmaCorrelation] = []
        while true {
            let ready = open.filter { $0.rules.allSatisfy { known.contains($0) } }
            if ready.isEmpty { break }
            linked += ready
            open.removeAll { $0.rules.allSatisfy { known.contains($0) } }
            for correlation in ready {
                known.formUnion([correlation.header.id, correlation.header.name ?? correlation.header.id])
            }
        }
        let waiting = Set(open.flatMap { [$0.header.id, $0.header.name ?? $0.header.id] })
        for correlation in open {
            let missing = correlation.rules.filter { !known.contains($0) && !waiting.contains($0) }
            let message =
                missing.isEmpty
                ? "the correlation leads back to itself or to one that is left out"
                : "the correlation names rules that are not there: \(missing.joined(separator: ", "))"
            findings.append(
                SigmaFinding(.error, .unknownReference, message, at: correlation.header.position))
        }
        correlations = linked
    }
}
