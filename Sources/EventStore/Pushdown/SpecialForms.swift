import Chronology
import JSON
import KQL
import KQLFunctions
import KQLValues

/// SQL for operators that the template of a function alone cannot tell: it depends on where they stand or what is known
/// of their operands.
extension ExpressionTranslator {
    /// A predicate's SQL that is true exactly where KQL's is; elsewhere it may be false or null. Nil: no such form.
    func exactCondition(_ expression: BoundExpression) -> SQLExpression? {
        guard case .call(let call) = expression, folding.value(of: expression) == nil else {
            return exact(expression)?.expression
        }
        switch call.function.name {
        case "and", "or":
            var operands: [SQLExpression] = []
            for argument in expression.chain(of: call.function.name) {
                guard let operand = try? condition(argument, of: call.function.name) else { return nil }
                operands.append(operand)
            }
            return .template(
                operands.indices.map { "$\($0 + 1)" }.joined(separator: " \(call.function.name) "), operands)
        case "==":
            guard let (left, right) = operands(call) else { break }
            return .template("$1 = $2\(unlessNaN(left, right))", [left.expression, right.expression])
        case "!=":
            guard let (left, right) = operands(call) else { break }
            let isPlain = !left.isNullable && !right.isNullable && left.type != .real
            return .template(isPlain ? "$1 <> $2" : differing(left, right), [left.expression, right.expression])
        case "<", "<=", ">", ">=":
            guard let (left, right) = operands(call), left.type.isOrderedInSQL else { break }
            return .template(
                "$1 \(call.function.name) $2\(unlessNaN(left, right))", [left.expression, right.expression])
        case "between":
            if let range = range(call) { return range }
        case "in", "!in":
            if let membership = membership(call) ?? listMembership(call) { return membership }
        default: break
        }
        return exact(expression)?.expression
    }

    /// Values of operators with forms of their own.
    func special(_ call: BoundCall) -> SQLTerm? {
        switch call.function.name {
        case "+", "-": sum(call)
        case "bin", "floor": bin(call)
        case "bin_at": binAt(call)
        case "extract": extract(call)
        case "startofday" where call.arguments.count == 1: startOfDay(call)
        case "=~": equalIgnoringCase(call, negated: false)
        case "!~": equalIgnoringCase(call, negated: true)
        case "contains", "has", "startswith", "endswith", "hasprefix", "hassuffix", "has_any", "in~":
            sieved(call)
        default: nil
        }
    }

    // MARK: - Comparison

    private func operands(_ call: BoundCall) -> (SQLTerm, SQLTerm)? {
        guard call.arguments.count == 2, call.arguments[0].type == call.arguments[1].type else { return nil }
        switch call.arguments[0].type {
        case .dynamic, .decimal: return nil
        default: break
        }
        if let pair = narrowed(call.arguments[0], call.arguments[1]) { return pair }
        if let pair = narrowed(call.arguments[1], call.arguments[0]) { return (pair.1, pair.0) }
        guard let left = operand(call.arguments[0]), let right = operand(call.arguments[1]) else { return nil }
        return (left, right)
    }

    /// An int widened to long for a small constant is compared as int, which DuckDB can hold against its block ranges.
    private func narrowed(_ widened: BoundExpression, _ constant: BoundExpression) -> (SQLTerm, SQLTerm)? {
        guard case .convert(let inner, to: .long) = widened, inner.type == .int,
            case .long(let number)? = folding.value(of: constant), let int = Int32(exactly: number),
            let value = operand(inner)
        else { return nil }
        return (value, SQLTerm(.value(.int(int)), .int, isNullable: false))
    }

    private func operand(_ expression: BoundExpression) -> SQLTerm? {
        // Without a host there may be no form at all; then the comparison has none either.
        exact(expression) ?? (try? hosted(expression, of: "comparison"))
    }

    /// DuckDB takes NaN for equal to itself and larger than all numbers; in KQL it compares to nothing.
    private func unlessNaN(_ left: SQLTerm, _ right: SQLTerm) -> String {
        left.type == .real && dialect == .duckDB ? " AND NOT isnan($1) AND NOT isnan($2)" : ""
    }

    private func differing(_ left: SQLTerm, _ right: SQLTerm) -> String {
        if dialect == .clickHouse { return "coalesce($1 <> $2, NOT ($1 IS NULL AND $2 IS NULL))" }
        let distinct = "$1 IS DISTINCT FROM $2"
        return left.type == .real
            ? "(\(distinct) OR (isnan($1) AND isnan($2)))" : distinct
    }

    private func range(_ call: BoundCall) -> SQLExpression? {
        guard call.arguments.count == 3, let value = operand(call.arguments[0]), value.type.isOrderedInSQL,
            value.type != .real, let lower = folding.value(of: call.arguments[1]),
            var upper = folding.value(of: call.arguments[2])
        else { return nil }
        if case .datetime(let start) = lower, case .timespan(let length) = upper { upper = .datetime(start + length) }
        guard lower.type == value.type, upper.type == value.type, !lower.isNull, !upper.isNull else { return nil }
        return .template("$1 BETWEEN $2 AND $3", [value.expression, .value(lower), .value(upper)])
    }

    /// `x in (subquery)` and `x !in (subquery)`.
    private func membership(_ call: BoundCall) -> SQLExpression? {
        guard call.arguments.count == 2, case .subquery(let query) = call.arguments[1], query.form == .firstColumn,
            let value = operand(call.arguments[0]), [.string, .long, .int].contains(value.type),
            // A subquery without SQL form leaves the whole predicate to the runtime.
            let relation = try? translation.relation(query.plan), let column = relation.columns.first,
            column.type == value.type
        else { return nil }
        var members = SQLSelect([.column(0)], from: .select(relation.select))
        if column.isNullable { members.conditions = [.template("$1 IS NOT NULL", [.column(0)])] }
        let isMember = SQLExpression.isMember(value.expression, members)
        if call.function.name == "in" { return isMember }
        return .template(value.isNullable ? "NOT coalesce($1, false)" : "NOT $1", [isMember])
    }

    /// `x in ('a', 'b')`: plain `IN`, which DuckDB can hold against the ranges of stored blocks.
    private func listMembership(_ call: BoundCall) -> SQLExpression? {
        guard call.function.name == "in", let value = operand(call.arguments[0]) else { return nil }
        var members: [SQLExpression] = []
        for argument in call.arguments.dropFirst() {
            guard let constant = folding.value(of: argument) else { return nil }
            for member in constant.spread {
                switch (value.type, member) {
                case (.string, .string), (.long, .long), (.long, .int), (.int, .int): members.append(.value(member))
                case (.int, .long(let number)):
                    if let int = Int32(exactly: number) { members.append(.value(.int(int))) }
                default: return nil
                }
            }
        }
        guard !members.isEmpty, members.count <= 10_000 else { return nil }
        let list = members.indices.map { "$\($0 + 2)" }.joined(separator: ", ")
        return .template("$1 IN (\(list))", [value.expression] + members)
    }

    // MARK: - Arithmetic

    private func sum(_ call: BoundCall) -> SQLTerm? {
        guard call.arguments.count == 2 else { return nil }
        let whole: Set<KQLType> = [.long, .datetime, .timespan]
        guard whole.contains(call.type), call.arguments.allSatisfy({ whole.contains($0.type) }),
            let left = operand(call.arguments[0]), let right = operand(call.arguments[1])
        else { return nil }
        return SQLTerm(
            .template("$1 \(call.function.name) $2", [left.expression, right.expression]), call.type,
            isNullable: left.isNullable || right.isNullable)
    }

    private func bin(_ call: BoundCall) -> SQLTerm? {
        guard call.arguments.count == 2, let size = folding.value(of: call.arguments[1]) else { return nil }
        let step: Int64
        switch (call.arguments[0].type, size) {
        case (.datetime, .timespan(let span)), (.timespan, .timespan(let span)): step = span.ticks
        case (.long, .long(let number)): step = number
        default: return nil
        }
        guard step > 0, call.type == call.arguments[0].type, let value = operand(call.arguments[0]) else { return nil }
        return rounded(value, to: step)
    }

    private func binAt(_ call: BoundCall) -> SQLTerm? {
        guard call.arguments.count == 3, let size = folding.value(of: call.arguments[1])?.wholeNumber, size > 0,
            let point = folding.value(of: call.arguments[2])?.wholeNumber, call.type == call.arguments[0].type,
            [.long, .datetime, .timespan].contains(call.type), let value = operand(call.arguments[0])
        else { return nil }
        return rounded(value, to: size, from: point)
    }

    private func startOfDay(_ call: BoundCall) -> SQLTerm? {
        guard call.arguments[0].type == .datetime, let value = operand(call.arguments[0]) else { return nil }
        return rounded(value, to: TimeSpan.ticksPerDay)
    }

    /// The largest multiple of `step`, counted from `start`, that is not above a whole number.
    private func rounded(_ value: SQLTerm, to step: Int64, from start: Int64 = 0) -> SQLTerm {
        // A literal's own type may be unsigned.
        let size = "CAST(\(step) AS BIGINT)"
        let distance = start == 0 ? "$1" : "($1 - CAST(\(start) AS BIGINT))"
        return SQLTerm(
            .template("$1 - ((\(distance) % \(size)) + \(size)) % \(size)", [value.expression]), value.type,
            isNullable: value.isNullable)
    }

    // MARK: - Text

    private func equalIgnoringCase(_ call: BoundCall, negated: Bool) -> SQLTerm? {
        guard call.arguments.count == 2, call.arguments[0].type == .string,
            case .string(let needle)? = folding.value(of: call.arguments[1]), needle.isPlainASCII,
            let text = operand(call.arguments[0])
        else { return nil }
        // A text of other than ASCII characters has more bytes than its lower case has ASCII characters.
        let equality = "lower($1) = \(dialect.literal(needle.lowercased()))"
        let template = dialect == .clickHouse ? equality : "strlen($1) = \(needle.utf8.count) AND \(equality)"
        return SQLTerm(
            .template(negated ? "NOT (\(template))" : template, [text.expression]), .bool, isNullable: false)
    }

    /// All use RE2; DuckDB takes the first nine groups.
    private func extract(_ call: BoundCall) -> SQLTerm? {
        guard call.arguments.count == 3, call.type == .string,
            case .string(let pattern)? = folding.value(of: call.arguments[0]), !pattern.utf8.contains(0),
            case .long(let group)? = folding.value(of: call.arguments[1]), (0...9).contains(group),
            let text = operand(call.arguments[2])
        else { return nil }
        let template =
            switch dialect {
            case .duckDB: "regexp_extract($1, \(dialect.literal(pattern)), \(group))"
            case .clickHouse: "regexpExtract($1, \(dialect.literal("(?-s)" + pattern)), \(group))"
            }
        return SQLTerm(.template(template, [text.expression]), .string)
    }

    /// A cheap test that lets no true row fall, in front of the exact one in Tocsin.
    private func sieved(_ call: BoundCall) -> SQLTerm? {
        guard call.arguments[0].type == .string, let sieve = sieve(call),
            let exact = try? hosted(.call(call), of: call.function.name)
        else { return nil }
        return SQLTerm(.template("$1 AND $2", [sieve, exact.expression]), .bool, isNullable: false)
    }

    /// A condition that is true wherever the expression is, and cheap.
    func sieve(over expression: BoundExpression) -> SQLExpression? {
        guard case .call(let call) = expression else { return nil }
        return sieve(readingText(call))
    }

    /// A condition that is true wherever the call is, and cheap.
    func sieve(_ call: BoundCall) -> SQLExpression? {
        guard let needles = needles(call), needles.count <= 32, needles.allSatisfy(\.isPlainASCII) else { return nil }
        if call.function.name == "==" || call.function.name == "in" { return dynamicSieve(call, needles) }
        guard call.arguments[0].type == .string, let text = operand(call.arguments[0])?.expression else { return nil }
        let literals = needles.map { dialect.literal($0.lowercased()) }
        let template: String
        switch call.function.name {
        case "contains", "has", "hasprefix", "hassuffix", "has_any":
            template = needles.map(containment).joined(separator: " OR ")
        case "startswith": template = "\(dialect.startsWith)(lower($1), \(literals[0]))"
        case "endswith": template = "\(dialect.endsWith)(lower($1), \(literals[0]))"
        case "in~": template = "lower($1) IN (\(literals.joined(separator: ", ")))"
        default: return nil
        }
        return .template(template, [text])
    }

    /// `ILIKE` makes no copies of texts, but has signs of its own.
    private func containment(of needle: String) -> String {
        if dialect == .clickHouse { return "positionCaseInsensitive($1, \(dialect.literal(needle))) > 0" }
        let hasSigns = needle.utf8.contains { [UInt8(ascii: "%"), UInt8(ascii: "_"), UInt8(ascii: "\\")].contains($0) }
        let text = SQLText.literal(hasSigns ? needle.lowercased() : "%\(needle)%")
        return hasSigns ? "contains(lower($1), \(text))" : "$1 ILIKE \(text)"
    }

    /// A dynamic value can only equal a text that is its own text.
    private func dynamicSieve(_ call: BoundCall, _ needles: [String]) -> SQLExpression? {
        guard call.arguments[0].type == .dynamic, case .call = call.arguments[0],
            let text = operand(asText(call.arguments[0]))
        else { return nil }
        let list = needles.map(dialect.literal).joined(separator: ", ")
        return .template("$1 IN (\(list))", [text.expression])
    }

    /// The same call with a dynamic first operand replaced by its text, for operators that look at nothing else.
    func readingText(_ call: BoundCall) -> BoundCall {
        guard Self.textOperators.contains(call.function.name), let first = call.arguments.first, first.type == .dynamic,
            let needles = needles(call), !needles.contains("")
        else { return call }
        return BoundCall(
            function: call.function, arguments: [asText(first)] + call.arguments.dropFirst(), type: call.type)
    }

    private static let textOperators: Set<String> = [
        "has", "!has", "has_cs", "!has_cs", "hasprefix", "hassuffix", "contains", "!contains", "contains_cs",
        "!contains_cs", "startswith", "!startswith", "endswith", "!endswith", "=~", "!~", "has_any", "in~",
    ]

    private func asText(_ expression: BoundExpression) -> BoundExpression {
        guard let tostring = FunctionCatalogue.standard.scalar("tostring") else { return expression }
        return .call(BoundCall(function: tostring, arguments: [expression], type: .string))
    }

    /// All arguments after the first as known texts, at least one.
    private func needles(_ call: BoundCall) -> [String]? {
        var needles: [String] = []
        for argument in call.arguments.dropFirst() {
            guard let texts = needleTexts(argument) else { return nil }
            needles += texts
        }
        return needles.isEmpty ? nil : needles
    }

    /// The texts of a constant argument, a dynamic array's elements one by one; nil when they are not all known texts.
    private func needleTexts(_ argument: BoundExpression) -> [String]? {
        switch folding.value(of: argument) {
        case .string(let text)?: return [text]
        case .dynamic(.array(let elements))?:
            let texts = elements.compactMap(\.stringValue)
            return texts.count == elements.count ? texts : nil
        default: return nil
        }
    }
}

extension String {
    /// Only printable ASCII, at least one character.
    fileprivate var isPlainASCII: Bool {
        !isEmpty && utf8.allSatisfy { (0x20..<0x7F).contains($0) }
    }
}

extension Value {
    /// The elements of a dynamic array of texts or whole numbers as values of their own; else this value.
    fileprivate var spread: [Value] {
        guard case .dynamic(.array(let elements)) = self else { return [self] }
        return elements.map { element in
            switch element {
            case .string(let text): .string(text)
            case .int(let number): .long(number)
            default: .dynamic(element)
            }
        }
    }
}

extension Value {
    /// A whole number, or the ticks of a time.
    fileprivate var wholeNumber: Int64? {
        switch self {
        case .long(let number): number
        case .datetime(let instant): instant.ticks
        case .timespan(let span): span.ticks
        default: nil
        }
    }
}

extension KQLType {
    /// Whether DuckDB orders the stored form as KQL orders the values.
    fileprivate var isOrderedInSQL: Bool {
        switch self {
        case .bool, .int, .long, .real, .datetime, .timespan: true
        case .decimal, .guid, .string, .dynamic: false
        }
    }
}
