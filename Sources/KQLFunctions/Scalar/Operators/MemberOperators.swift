import JSON
import KQLValues

/// `in` and its forms, `has_any`, `has_all`.
let memberOperators: [ScalarFunction] = scalars {
    member("in", "Whether a value is among the others; a dynamic array stands for its elements.", false, false)
    member("!in", "Whether a value is not among the others.", true, false)
    member("in~", "Whether a text is among the others, ignoring case.", false, true)
    member("!in~", "Whether a text is not among the others, ignoring case.", true, true)
    terms("has_any", "Whether a text holds one of the others as a term.", all: false, negated: false)
    terms("!has_any", "Whether a text holds none of the others as a term.", all: false, negated: true)
    terms("has_all", "Whether a text holds all of the others as terms.", all: true, negated: false)
    terms("!has_all", "Whether a text lacks one of the others as a term.", all: true, negated: true)
    ScalarFunction(
        "has_any_index", family: .string,
        summary: "The position of the first of the texts that is a term of the source, -1 when none is.",
        signatures: [.takes(.string("source"), .dynamic("values"), returns: .long)],
        evaluate: each { (source: String, values: JSON) -> Int64? in
            guard let values = values.arrayValue else { return nil }
            var source = source
            return source.withUTF8 { bytes in
                Int64(values.firstIndex { isTerm(Needle($0.kqlText, ignoringCase: true), bytes) } ?? -1)
            }
        })
}

private func isTerm(_ needle: Needle, _ text: UTF8Bytes) -> Bool {
    needle.test(text) { hasTerm($1, in: $0, edges: [.start, .end], folding: $2) }
}

private func member(_ name: String, _ summary: String, _ negated: Bool, _ ignoringCase: Bool) -> ScalarFunction {
    ScalarFunction(
        name, family: .comparison, summary: summary,
        signatures: [.takes(.any("value"), .any("member", .repeated), returns: .bool)],
        sql: .rules(
            duckDB: { SQLMembers.template(for: $0, .duckDB, negated: negated, ignoringCase: ignoringCase) },
            clickHouse: { SQLMembers.template(for: $0, .clickHouse, negated: negated, ignoringCase: ignoringCase) }),
        evaluate: membership(negated: negated, ignoringCase: ignoringCase))
}

private func terms(_ name: String, _ summary: String, all: Bool, negated: Bool) -> ScalarFunction {
    ScalarFunction(
        name, family: .stringOperator, summary: summary,
        signatures: [.takes(.any("text"), .any("term", .repeated), returns: .bool)],
        sql: .rules(
            duckDB: { SQLMembers.terms(for: $0, .duckDB, all: all, negated: negated) },
            clickHouse: { SQLMembers.terms(for: $0, .clickHouse, all: all, negated: negated) })
    ) { call in
        let list = MemberList(call)
        let needles = list.texts.map { Needle($0, ignoringCase: true) }
        let varying = list.varying.map { (column: call.arguments[$0], mask: -1) }
        let texts = call.arguments[0].texts
        var values = [Bool](repeating: false, count: call.rowCount)
        for row in 0..<call.rowCount {
            let own = MemberList.texts(varying, row: row).map { Needle($0, ignoringCase: true) }
            let holds = texts.withUTF8(call.row(row, of: 0)) { text in
                all
                    ? needles.allSatisfy { isTerm($0, text) } && own.allSatisfy { isTerm($0, text) }
                    : needles.contains { isTerm($0, text) } || own.contains { isTerm($0, text) }
            }
            values[row] = holds != negated
        }
        return .bool(Vector(values))
    }
}

/// Lists of constants in SQL.
enum SQLMembers {
    /// `$1 IN ('a', 'b')`, when the value is a string and so are all constants, or likewise long.
    static func template(
        for arguments: SQLArguments, _ dialect: SQLDialect, negated: Bool, ignoringCase: Bool
    ) -> String? {
        guard let members = constants(arguments), members.count <= 10_000,
            !ignoringCase || arguments.types[0] == .string
        else { return nil }
        var literals: [String] = []
        for member in members {
            switch (arguments.types[0], member) {
            case (.string, .string(let text)):
                guard !text.unicodeScalars.contains("\0") else { return nil }
                guard !ignoringCase || text.utf8.allSatisfy({ $0 < 0x80 }) else { return nil }
                literals.append(literal(ignoringCase ? text.lowercased() : text, dialect))
            case (.long, .long(let number)), (.int, .long(let number)): literals.append(String(number))
            case (.long, .int(let number)), (.int, .int(let number)): literals.append(String(number))
            default: return nil
            }
        }
        guard !literals.isEmpty else { return negated ? "true" : "false" }
        let value = ignoringCase ? SQLText.lowered(dialect) : "$1"
        let test = "coalesce(\(value) IN (\(literals.joined(separator: ", "))), false)"
        return negated ? "NOT \(test)" : test
    }

    private static func literal(_ text: String, _ dialect: SQLDialect) -> String {
        dialect == .clickHouse ? SQLText.clickHouseLiteral(text) : SQLText.literal(text)
    }

    /// A conjunction or disjunction of single terms.
    static func terms(for arguments: SQLArguments, _ dialect: SQLDialect, all: Bool, negated: Bool) -> String? {
        guard arguments.types[0] == .string, let members = constants(arguments), members.count <= 500 else {
            return nil
        }
        var tests: [String] = []
        for member in members {
            let pair = SQLArguments(types: [.string, .string], constants: [nil, member])
            let form =
                switch dialect {
                case .duckDB: SQLText.term.template(for: pair, ignoringCase: true, negated: false)
                case .clickHouse: SQLText.term.clickHouse(for: pair, ignoringCase: true, negated: false)
                }
            guard let test = form else { return nil }
            tests.append("(\(test))")
        }
        let joined = tests.isEmpty ? (all ? "true" : "false") : tests.joined(separator: all ? " AND " : " OR ")
        return negated ? "NOT (\(joined))" : joined
    }

    /// The constant members with dynamic arrays spread; nil when one is not constant or null.
    private static func constants(_ arguments: SQLArguments) -> [Value]? {
        var members: [Value] = []
        for constant in arguments.constants.dropFirst() {
            guard let constant, !constant.isNull else { return nil }
            if case .dynamic(.array(let elements)) = constant {
                for element in elements {
                    switch element {
                    case .string(let text): members.append(.string(text))
                    case .int(let number): members.append(.long(number))
                    default: return nil
                    }
                }
            } else {
                members.append(constant)
            }
        }
        return members
    }
}
