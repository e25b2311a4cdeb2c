internal import RE2
internal import Sigma

/// A rule on its way through pipelines.
struct PipelineRun {
    private(set) var rule: SigmaRule
    /// What steps have set: `query_table`, `other_fields`, `keyword_fields` and whatever conditions ask for.
    private(set) var state: [String: [String]] = [:]
    /// The ids of the steps that were applied.
    private(set) var applied: Set<String> = []
    /// The mapping's targets that are expressions.
    private(set) var expressions: Set<String> = []
    private(set) var findings: [SigmaFinding] = []

    /// Larger rules are refused: mappings to several fields can multiply a rule.
    private static let mostTests = 20_000

    init(_ rule: SigmaRule, pipelines: [ProcessingPipeline]) {
        self.rule = rule
        for pipeline in pipelines.sorted(by: { $0.priority < $1.priority }) {
            for step in pipeline.steps {
                apply(step)
                if findings.contains(where: { $0.gravity == .error }) { return }
            }
        }
    }

    private mutating func apply(_ step: ProcessingPipeline.Step) {
        let before = self
        guard step.ruleConditions.holds({ $0.holds(before) }) else { return }
        if let id = step.id { applied.insert(id) }
        switch step.transformation {
        case .setState(let key, let values): state[key] = values
        case .changeLogSource(let source): rule.logSource = source
        case .fail(let message): fail(message)
        case .addCondition(let fields, let isNegated): require(fields, isNegated: isNegated)
        case .routeWindows(let pipeline, let channel, let eventID):
            route(pipeline, channel: channel, eventID: eventID)
        default:
            let mapped = Self.mapping(rule.detections) { item in
                guard step.fieldConditions.holds({ $0.holds(item.field, before) }) else { return [item] }
                return items(item, by: step.transformation)
            }
            take(mapped)
        }
    }

    /// What one item becomes; nothing when it is dropped.
    private mutating func items(_ item: SigmaItem, by transformation: Transformation) -> [SigmaItem] {
        switch transformation {
        case .mapFields(let names): return renamed(item) { names[$0] ?? [$0] }
        case .mapPrefixes(let prefixes):
            return renamed(item) { field in
                guard let (from, to) = prefixes.first(where: { field.hasPrefix($0.from) }) else { return [field] }
                return to.map { $0 + field.dropFirst(from.count) }
            }
        case .addPrefix(let prefix): return renamed(item) { [prefix + $0] }
        case .addSuffix(let suffix): return renamed(item) { [$0 + suffix] }
        case .dropItems: return []
        case .replaceText(let pattern, let replacement): return [replaced(item, pattern, replacement)]
        case .mapText(let texts): return [mapped(item, texts)]
        case .splitHashes(let algorithms, let prefix, let dropsName):
            return HashFields(algorithms: algorithms, prefix: prefix, dropsName: dropsName).split(item)
        case .failItems(let message):
            fail(message)
            return [item]
        default: return [item]
        }
    }

    private mutating func renamed(_ item: SigmaItem, _ names: (String) -> [String]) -> [SigmaItem] {
        var item = item
        item.tests = item.tests.map { test in
            guard case .field(let other, let anchor, let isCased) = test else { return test }
            return .field(names(other).first ?? other, anchor, isCased: isCased)
        }
        guard let field = item.field else { return [item] }
        let targets = names(field)
        expressions.formUnion(targets.filter { $0 != field && $0.contains("(") })
        return targets.map { name in
            var copy = item
            copy.field = name
            return copy
        }
    }

    private func replaced(_ item: SigmaItem, _ pattern: String, _ replacement: String) -> SigmaItem {
        // The reader of pipelines has compiled the expression, so a failure here cannot be the author's.
        guard let expression = try? RE2Pattern(pattern) else { return item }
        let change = TextReplacement(expression: expression, replacement: replacement)
        return withTexts(item) { $0.mapLiterals { change.applied(to: $0) } }
    }

    private func mapped(_ item: SigmaItem, _ texts: [String: [String]]) -> SigmaItem {
        var item = item
        item.tests = item.tests.flatMap { test in
            guard case .text(let text, let isCased) = test, let literal = text.literal, let others = texts[literal]
            else { return [test] }
            return others.map { .text(SigmaText(parsing: $0), isCased: isCased) }
        }
        return item
    }

    private func withTexts(_ item: SigmaItem, _ change: (SigmaText) -> SigmaText) -> SigmaItem {
        var item = item
        item.tests = item.tests.map { test in
            if case .text(let text, let isCased) = test { .text(change(text), isCased: isCased) } else { test }
        }
        return item
    }

    /// The detections with each item replaced by one of those that `change` makes of it, and how many tests that makes.
    private static func mapping(
        _ detections: [SigmaNamedDetection], _ change: (SigmaItem) -> [SigmaItem]
    ) -> (detections: [SigmaNamedDetection], tests: Int) {
        var count = 0
        func mapped(_ detection: SigmaDetection) -> SigmaDetection {
            switch detection {
            case .all(let parts): return .all(parts.map(mapped))
            case .any(let parts): return .any(parts.map(mapped))
            case .item(let item):
                let items = change(item)
                count += items.reduce(0) { $0 + $1.tests.count }
                // A dropped item demands nothing.
                if items.isEmpty { return .all([]) }
                return items.count == 1 ? .item(items[0]) : .any(items.map { .item($0) })
            }
        }
        return (detections.map { SigmaNamedDetection(name: $0.name, detection: mapped($0.detection)) }, count)
    }

    private mutating func take(_ mapped: (detections: [SigmaNamedDetection], tests: Int)) {
        rule.detections = mapped.detections
        if mapped.tests > Self.mostTests { fail("the pipelines make more than \(Self.mostTests) tests of this rule") }
    }

    private mutating func require(_ fields: [(field: String, values: [String])], isNegated: Bool) {
        if fields.isEmpty { return }
        let name = "_pipeline\(rule.detections.count)"
        let items = fields.map { field, values in
            SigmaDetection.item(
                SigmaItem(
                    field: field, tests: values.map { .text(SigmaText(literal: $0), isCased: false) },
                    position: rule.position))
        }
        rule.detections.append(SigmaNamedDetection(name: name, detection: .all(items)))
        let added = isNegated ? SigmaCondition.not(.detection(name)) : .detection(name)
        rule.conditions = rule.conditions.map { .all([added, $0]) }
    }

    private mutating func route(_ pipeline: SigmaPipeline, channel: String, eventID: String) {
        guard let route = pipeline.route(for: rule.logSource) else { return }
        let missing = SigmaPredicate(rule).fields.intersection(route.missingFields).sorted()
        if !missing.isEmpty {
            return fail("the events of pipeline \(pipeline.name) have no field \(missing.joined(separator: ", "))")
        }
        let names = route.fieldNames
        take(Self.mapping(rule.detections) { item in renamed(item) { [names[$0] ?? $0] } })
        var fields = route.conditions
        if !route.eventIDs.isEmpty { fields.insert((eventID, route.eventIDs.map(String.init)), at: 0) }
        if !route.channels.isEmpty, !channel.isEmpty { fields.insert((channel, route.channels), at: 0) }
        require(fields, isNegated: false)
    }

    private mutating func fail(_ message: String) {
        findings.append(SigmaFinding(.error, .unsupported, message, at: rule.position))
    }
}
