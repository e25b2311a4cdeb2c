import KQLValues

/// Composes queries whose result does not depend on the order of rows, except where they order them.
package struct QueryComposer {
    private var expressions: ExpressionComposer
    private var nameCount = 0

    package init(seed: UInt64) {
        expressions = ExpressionComposer(random: SeededGenerator(seed: seed))
    }

    package mutating func query() -> RandomQuery {
        var definitions: [RandomQuery.Definition] = []
        var scope = RandomScope(columns: TestEvents.schema.columns, unique: "Id")
        var source = "Events"
        if expressions.chance(5) {
            let word = expressions.pick(["materialize", ""])
            definitions.append(.init(name: "part", value: .query(before: word, rows(&scope, steps: 2), after: "")))
            source = "part"
        }
        var pipeline = RandomPipeline(source: source)
        addSteps(
            &pipeline, &scope, count: Int.random(in: 1...4, using: &expressions.random), isPartKnown: source == "part")
        return RandomQuery(definitions: definitions, pipeline: pipeline)
    }

    /// A pipeline that starts at a stored table.
    private mutating func rows(_ scope: inout RandomScope, steps: Int) -> RandomPipeline {
        scope = RandomScope(columns: TestEvents.schema.columns, unique: "Id")
        var pipeline = RandomPipeline(source: expressions.pick(["Events", "Other"]))
        addSteps(&pipeline, &scope, count: Int.random(in: 0...steps, using: &expressions.random), isNested: true)
        return pipeline
    }

    private mutating func addSteps(
        _ pipeline: inout RandomPipeline, _ scope: inout RandomScope, count: Int, isNested: Bool = false,
        isPartKnown: Bool = false
    ) {
        for _ in 0..<count where !scope.columns.isEmpty {
            switch Int.random(in: 0..<(isNested ? 9 : 15), using: &expressions.random) {
            case 0, 1, 2: pipeline.steps.append(filter(scope))
            case 3: pipeline.steps.append(extend(&scope))
            case 4: pipeline.steps.append(project(&scope))
            case 5, 6: pipeline.steps.append(summarize(&scope))
            case 7: pipeline.steps.append(distinct(&scope))
            case 8: pipeline.steps += top(&scope)
            case 9, 10: pipeline.steps.append(join(&scope))
            case 11: pipeline.steps.append(union(&scope, isPartKnown: isPartKnown))
            case 12: pipeline.steps += expand(&scope)
            case 13: pipeline.steps += series(&scope)
            default: pipeline.steps.append(parse(&scope))
            }
        }
    }

    private mutating func newName(_ prefix: String) -> String {
        nameCount += 1
        return "\(prefix)\(nameCount)"
    }

    // MARK: - Rows

    private mutating func filter(_ scope: RandomScope) -> RandomStep {
        var conditions = [expressions.condition(scope)]
        if expressions.chance(3) { conditions.append(expressions.condition(scope)) }
        if expressions.chance(6), let name = scope.names(of: .string).first {
            var inner = scope
            let part = rows(&inner, steps: 1)
            if let column = inner.names(of: .string).first {
                var part = part
                part.steps.append(RandomStep("project", [column]))
                let word = expressions.pick(["in", "!in", "in~", "has_any"])
                return RandomStep(.init(word: "where", parts: [.query(before: "\(name) \(word) (", part, after: ")")]))
            }
        }
        if expressions.chance(8), let name = scope.names(of: .long).first {
            var inner = scope
            var part = rows(&inner, steps: 1)
            if let column = inner.names(of: .long).first {
                part.steps.append(RandomStep("summarize", ["max(\(column))"]))
                return RandomStep(.init(word: "where", parts: [.query(before: "\(name) < toscalar", part, after: "")]))
            }
        }
        return RandomStep("where", conditions, separator: expressions.pick([" and ", " or "]))
    }

    private mutating func extend(_ scope: inout RandomScope) -> RandomStep {
        let type = expressions.pick([KQLType.long, .string, .bool, .datetime, .timespan, .real, .dynamic, .string])
        let name = newName("x")
        let value = expressions.expression(type, scope, depth: 3)
        scope.columns.append(ColumnSchema(name, type))
        return RandomStep("extend", ["\(name) = \(value)"])
    }

    private mutating func project(_ scope: inout RandomScope) -> RandomStep {
        let kept = scope.columns.filter { $0.name == scope.unique || Bool.random(using: &expressions.random) }
        guard !kept.isEmpty else { return RandomStep("where", ["true"]) }
        scope.columns = kept
        return RandomStep("project", kept.map(\.name))
    }

    private mutating func distinct(_ scope: inout RandomScope) -> RandomStep {
        let kept = scope.columns.filter { _ in expressions.chance(4) }
        guard !kept.isEmpty else { return RandomStep("where", ["true"]) }
        scope = RandomScope(columns: kept, unique: kept.contains { $0.name == scope.unique } ? scope.unique : nil)
        return RandomStep("distinct", kept.map(\.name))
    }

    /// The first rows of a total order.
    private mutating func top(_ scope: inout RandomScope) -> [RandomStep] {
        guard let unique = scope.unique else { return [filter(scope)] }
        let sortable = scope.names(of: .long, .int, .string, .datetime, .timespan, .real, .bool) + [unique]
        let direction = expressions.pick(["asc", "desc", "asc nulls last", "desc nulls first"])
        let keys = ["\(expressions.pick(sortable)) \(direction)", "\(unique) asc"]
        let count = expressions.pick(["0", "1", "7", "40"])
        if expressions.chance(2) { return [RandomStep(.init(word: "top \(count) by", parts: keys.map { .text($0) }))] }
        return [RandomStep("sort by", keys), RandomStep("take", [count])]
    }

    // MARK: - Groups

    private mutating func key(_ scope: RandomScope) -> (text: String, column: ColumnSchema) {
        let name = newName("k")
        let type = expressions.pick([KQLType.string, .string, .long, .datetime, .bool, .int, .real])
        if let column = expressions.pick(scope.columns.filter { $0.type != .decimal } + [nil]), expressions.chance(2) {
            return ("\(name) = \(column.name)", ColumnSchema(name, column.type))
        }
        return ("\(name) = \(expressions.expression(type, scope, depth: 1))", ColumnSchema(name, type))
    }

    private mutating func aggregate(_ scope: RandomScope) -> (text: String, column: ColumnSchema) {
        let name = newName("a")
        func value(_ type: KQLType) -> String { expressions.expression(type, scope, depth: 1) }
        let condition = expressions.condition(scope, 1)
        let anyType = expressions.pick([KQLType.long, .string, .datetime, .timespan, .real, .bool, .int])
        let (text, type): (String, KQLType) =
            switch Int.random(in: 0..<17, using: &expressions.random) {
            case 0: ("count()", .long)
            case 1: ("countif(\(condition))", .long)
            case 2: ("dcount(\(value(anyType)))", .long)
            case 3: ("dcountif(\(value(.string)), \(condition))", .long)
            case 4: ("sum(\(value(.long)))", .long)
            case 5: ("sumif(\(value(.long)), \(condition))", .long)
            case 6: ("avg(\(value(.long)))", .real)
            case 7: ("\(expressions.pick(["min", "max"]))(\(value(anyType)))", anyType)
            case 8: ("\(expressions.pick(["minif", "maxif"]))(\(value(anyType)), \(condition))", anyType)
            case 9: ("tostring(array_sort_asc(make_set(\(value(expressions.pick([.string, .long, .bool]))))))", .string)
            case 10: ("tostring(array_sort_asc(make_list(\(value(expressions.pick([.string, .long]))))))", .string)
            case 11: ("array_length(make_set_if(\(value(.string)), \(condition)))", .long)
            case 12: ("percentile(\(value(.long)), \(expressions.pick(["50", "95", "0", "100", "33.3"])))", .long)
            case 13: ("\(expressions.pick(["stdev", "variance"]))(\(value(.long)))", .real)
            case 14: ("sum(\(value(.real)))", .real)
            case 15: ("avgif(\(value(.real)), \(condition))", .real)
            default: ("count_distinct(\(value(.string)))", .long)
            }
        return ("\(name) = \(text)", ColumnSchema(name, type))
    }

    private mutating func summarize(_ scope: inout RandomScope) -> RandomStep {
        let keys = (0..<Int.random(in: 0...2, using: &expressions.random)).map { _ in key(scope) }
        if let unique = scope.unique, expressions.chance(4), !keys.isEmpty {
            // The row with the extreme of a column without ties.
            let word = expressions.pick(["arg_max", "arg_min"])
            let rest = expressions.chance(3) ? ["*"] : scope.columns.filter { $0.name != unique }.prefix(3).map(\.name)
            if !rest.isEmpty {
                let others =
                    rest == ["*"]
                    ? scope.columns.filter { $0.name != unique }
                    : Array(scope.columns.filter { $0.name != unique }.prefix(3))
                let step = RandomStep(
                    .init(word: "summarize", parts: [.text("\(word)(\(([unique] + rest).joined(separator: ", ")))")]),
                    .init(word: "by", parts: keys.map { .text($0.text) }))
                scope.columns = keys.map(\.column) + [ColumnSchema(unique, .long)] + others
                return step
            }
        }
        let aggregates = (0..<Int.random(in: 1...3, using: &expressions.random)).map { _ in aggregate(scope) }
        scope = RandomScope(columns: keys.map(\.column) + aggregates.map(\.column), unique: nil)
        return RandomStep(
            .init(word: "summarize", parts: aggregates.map { .text($0.text) }),
            .init(word: "by", parts: keys.map { .text($0.text) }))
    }

    // MARK: - Several inputs

    private mutating func join(_ scope: inout RandomScope) -> RandomStep {
        let types: [KQLType] = [.string, .long, .int, .bool, .datetime, .guid, .timespan, .real]
        let usable = scope.columns.filter { types.contains($0.type) }
        guard let left = usable.isEmpty ? nil : expressions.pick(usable) else { return filter(scope) }
        var inner = scope
        var right = rows(&inner, steps: 2)
        guard let other = inner.columns.first(where: { $0.type == left.type }) else { return filter(scope) }
        let value = inner.columns.last ?? other
        let (keyName, valueName) = (newName("r"), newName("r"))
        right.steps.append(RandomStep("project", ["\(keyName) = \(other.name)", "\(valueName) = \(value.name)"]))
        right.steps.append(RandomStep("distinct", [keyName, valueName]))
        if [.dynamic, .decimal].contains(value.type) { right.steps.removeLast() }
        let kinds = [
            "inner", "leftouter", "rightouter", "fullouter", "leftanti", "leftsemi", "rightanti", "rightsemi",
        ]
        let kind = expressions.pick(kinds)
        let added = [ColumnSchema(keyName, other.type), ColumnSchema(valueName, value.type)]
        switch kind {
        case "leftanti", "leftsemi": break
        case "rightanti", "rightsemi": scope = RandomScope(columns: added, unique: nil)
        default: scope = RandomScope(columns: scope.columns + added, unique: nil)
        }
        return RandomStep(
            .init(
                word: "join kind=\(kind)",
                parts: [.query(before: "", right, after: " on $left.\(left.name) == $right.\(keyName)")]))
    }

    private mutating func union(_ scope: inout RandomScope, isPartKnown: Bool) -> RandomStep {
        var inner = scope
        var other = isPartKnown && expressions.chance(2) ? RandomPipeline(source: "part") : rows(&inner, steps: 1)
        if other.source == "part" || inner.columns.isEmpty { other = RandomPipeline(source: "Other") }
        scope.unique = nil
        // Only columns that have one type on both sides keep their names.
        let theirs = Dictionary(
            (other.source == "Other" && other.steps.isEmpty ? TestEvents.schema.columns : inner.columns)
                .map { ($0.name, $0.type) }, uniquingKeysWith: { first, _ in first })
        scope.columns.removeAll { column in theirs[column.name].map { $0 != column.type } ?? false }
        return RandomStep(.init(word: "union", parts: [.query(before: "", other, after: "")]))
    }

    // MARK: - Arrays

    private mutating func expand(_ scope: inout RandomScope) -> [RandomStep] {
        let columns = scope.names(of: .dynamic)
        guard !columns.isEmpty else { return [filter(scope)] }
        let (name, number) = (newName("e"), newName("i"))
        let source = expressions.pick(columns.flatMap { [$0, "\($0).list"] } + ["split(tostring(\(columns[0])), 'e')"])
        let index = expressions.chance(4) ? "with_itemindex=\(number) " : ""
        let kind = expressions.chance(5) ? "kind=array " : ""
        let limit = expressions.chance(6) ? " limit 1" : ""
        scope.unique = nil
        scope.columns.append(ColumnSchema(name, .dynamic))
        if !index.isEmpty { scope.columns.append(ColumnSchema(number, .long)) }
        let text = newName("x")
        scope.columns.append(ColumnSchema(text, .string))
        return [
            RandomStep(.init(word: "mv-expand \(kind)\(index)", parts: [.text("\(name) = \(source)")], end: limit)),
            RandomStep("extend", ["\(text) = tostring(\(name)\(expressions.pick(["", ".n", ".name", "[0]"])))"]),
        ]
    }

    private mutating func series(_ scope: inout RandomScope) -> [RandomStep] {
        guard let axis = scope.names(of: .datetime).first else { return [filter(scope)] }
        let keys = (0..<Int.random(in: 0...1, using: &expressions.random)).map { _ in key(scope) }
        let aggregates = [
            "count()", "sum(\(expressions.expression(.long, scope, depth: 1)))",
            "dcount(\(expressions.expression(.string, scope, depth: 1)))",
            "max(\(expressions.expression(.long, scope, depth: 1)))",
        ]
        let (name, value) = (newName("s"), expressions.pick(aggregates))
        let range = expressions.pick([
            "from ago(1d) to now() ", "from bin(ago(6h), 1h) to ago(1h) ", "from ago(3h) ", "to ago(2h) ", "",
            "from datetime(2026-09-21 10:00:00.0000001) to datetime(2026-09-22) ",
        ])
        let step = expressions.pick(["1h", "36m", "1d"])
        scope = RandomScope(columns: keys.map(\.column) + [ColumnSchema(name, .string)], unique: nil)
        return [
            RandomStep(
                .init(
                    word: "make-series", parts: [.text("\(name) = \(value) default=\(expressions.pick(["0", "-1"]))")]),
                .init(word: "on", parts: [.text("\(axis) \(range)step \(step)")]),
                .init(word: "by", parts: keys.map { .text($0.text) })),
            RandomStep("project", keys.map(\.column.name) + ["\(name) = tostring(\(name))"]),
        ]
    }

    private mutating func parse(_ scope: inout RandomScope) -> RandomStep {
        guard let source = scope.names(of: .string).last else { return filter(scope) }
        let name = newName("p")
        let pattern = expressions.pick([
            "* 'e' \(name)", "\(name) ' ' *", "'cat=' \(name) ';' *", "* '=' \(name):long ';' *", "* '%' \(name)",
        ])
        scope.columns.append(ColumnSchema(name, pattern.contains(":long") ? .long : .string))
        return RandomStep("\(expressions.pick(["parse", "parse-where"])) \(source) with", [pattern], separator: " ")
    }
}
