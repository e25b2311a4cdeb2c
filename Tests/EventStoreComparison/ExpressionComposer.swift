package import KQLValues

/// The columns that an expression may use, with what is known of them.
package struct RandomScope {
    package var columns: [ColumnSchema]
    /// A column without equal values, for orders and choices without ties.
    package var unique: String?

    package func names(of types: KQLType...) -> [String] {
        columns.filter { types.contains($0.type) }.map(\.name)
    }
}

/// Composes scalar expressions of a wanted type.
package struct ExpressionComposer {
    package var random: SeededGenerator

    package mutating func pick<Element>(_ choices: [Element]) -> Element {
        choices[Int.random(in: 0..<choices.count, using: &random)]
    }

    package mutating func chance(_ oneIn: Int) -> Bool { Int.random(in: 0..<oneIn, using: &random) == 0 }

    /// A text literal with characters that SQL, regular expressions or KQL might take for signs.
    package mutating func textLiteral() -> String {
        pick([
            "'alice'", "'ALICE'", "'e'", "'a b'", "'sekurlsa'", "'shell'", "'host1'", "'%'", "'_'", "'100%'", "'$1'",
            #"'it\'s'"#, #"'\\'"#, "'naïve'", "'K'", "'K'", "'漢'", "'10.0'", "''", "'.'", "'a-b'", "'x'",
        ])
    }

    package mutating func expression(_ type: KQLType, _ scope: RandomScope, depth: Int = 2) -> String {
        let columns = scope.names(of: type)
        if depth == 0 || chance(3), !columns.isEmpty { return pick(columns) }
        switch type {
        case .long: return whole(scope, depth)
        case .string: return text(scope, depth)
        case .bool: return condition(scope, depth)
        case .datetime: return time(scope, depth)
        case .timespan: return span(scope, depth)
        case .real: return real(scope, depth)
        case .dynamic: return dynamic(scope, depth)
        case .int: return "toint(\(expression(.long, scope, depth: depth - 1)))"
        case .guid: return "guid(00000000-0000-0000-0000-000000000003)"
        case .decimal: return "decimal(2.5)"
        }
    }

    private mutating func whole(_ scope: RandomScope, _ depth: Int) -> String {
        let literal = pick(["0", "1", "-1", "7", "42", "-50", "4625"])
        guard depth > 0 else { return literal }
        let first = expression(.long, scope, depth: depth - 1)
        return switch Int.random(in: 0..<16, using: &random) {
        case 0: literal
        case 1: "(\(first) + \(expression(.long, scope, depth: depth - 1)))"
        case 2: "(\(first) - \(expression(.long, scope, depth: depth - 1)))"
        case 3: "(\(first) * \(pick(["2", "-3", "10"])))"
        case 4: "(\(first) / \(pick(["7", "-2", "0"])))"
        case 5: "(\(first) % \(pick(["5", "-3", "0"])))"
        case 6: "bin(\(first), \(pick(["7", "10", "1"])))"
        case 7: "bin_at(\(first), \(pick(["7", "10"])), \(pick(["3", "-4"])))"
        case 8: "strlen(\(expression(.string, scope, depth: depth - 1)))"
        case 9: "iff(\(condition(scope, depth - 1)), \(first), \(literal))"
        case 10: "coalesce(\(first), \(literal))"
        case 11: "abs(\(first))"
        case 12: "tolong(\(expression(pick([.string, .dynamic, .real]), scope, depth: depth - 1)))"
        case 13:
            "datetime_diff('\(pick(["minute", "hour", "day"]))', \(time(scope, depth - 1)), \(time(scope, depth - 1)))"
        case 14: "tolong(\(pick(["hourofday", "dayofmonth", "getmonth", "getyear"]))(\(time(scope, depth - 1))))"
        default: "array_length(\(dynamic(scope, depth - 1)))"
        }
    }

    private mutating func text(_ scope: RandomScope, _ depth: Int) -> String {
        guard depth > 0 else { return textLiteral() }
        let first = expression(.string, scope, depth: depth - 1)
        return switch Int.random(in: 0..<14, using: &random) {
        case 0: textLiteral()
        case 1: "tolower(\(first))"
        case 2: "toupper(\(first))"
        case 3: "strcat(\(first), \(textLiteral()), \(expression(.string, scope, depth: depth - 1)))"
        case 4: "substring(\(first), \(pick(["0", "1", "2"])), \(pick(["1", "3"])))"
        case 5:
            "tostring(\(expression(pick([.long, .bool, .datetime, .timespan, .dynamic, .real]), scope, depth: depth - 1)))"
        case 6: "extract(@'\(pick(["[a-z]+", #"(\w)(\w)"#, "(.)$", "^(h.)", "é|e"]))', \(pick(["0", "1"])), \(first))"
        case 7: "iff(\(condition(scope, depth - 1)), \(first), \(textLiteral()))"
        case 8: "case(\(condition(scope, depth - 1)), 'a', \(condition(scope, depth - 1)), \(first), 'z')"
        case 9: "coalesce(\(first), \(textLiteral()))"
        case 10: "replace_string(\(first), \(pick(["'e'", "'a b'"])), \(textLiteral()))"
        case 11: "trim(@'\\s', \(first))"
        case 12: "tostring(split(\(first), \(pick(["' '", "'e'"])))[\(pick(["0", "1", "-1"]))])"
        default: "tostring(\(dynamic(scope, depth - 1)))"
        }
    }

    package mutating func condition(_ scope: RandomScope, _ depth: Int = 2) -> String {
        guard depth > 0 else { return pick(scope.names(of: .bool) + ["true", "1 == 1"]) }
        switch Int.random(in: 0..<17, using: &random) {
        case 0, 1, 2: return comparison(scope, depth)
        case 3, 4, 5: return textCondition(scope, depth)
        case 6:
            return
                "\(expression(.string, scope, depth: depth - 1)) \(pick(["in", "!in", "in~", "!in~", "has_any"])) (\(textLiteral()), \(textLiteral()))"
        case 7: return "\(expression(.long, scope, depth: depth - 1)) \(pick(["in", "!in"])) (1, 4625, -3, 7)"
        case 8:
            return
                "\(pick(["isnull", "isnotnull"]))(\(expression(pick([.long, .real, .bool, .datetime]), scope, depth: depth - 1)))"
        case 9:
            return
                "\(pick(["isempty", "isnotempty"]))(\(expression(pick([.string, .dynamic]), scope, depth: depth - 1)))"
        case 10: return "\(expression(.long, scope, depth: depth - 1)) \(pick(["between", "!between"])) (-5 .. 4626)"
        case 11:
            let edge = pick(["(ago(2h) .. ago(1h))", "(bin(ago(3h), 1h) .. 2h)", "(datetime(2026-09-21) .. 1d)"])
            return "\(expression(.datetime, scope, depth: depth - 1)) \(pick(["between", "!between"])) \(edge)"
        case 12: return "not(\(condition(scope, depth - 1)))"
        case 13, 14: return "(\(condition(scope, depth - 1)) \(pick(["and", "or"])) \(condition(scope, depth - 1)))"
        case 15:
            return
                "\(expression(.string, scope, depth: depth - 1)) matches regex @'\(pick(["^h", #"\d+"#, "(?i)E$", "[^a-z]"]))'"
        default: return pick(scope.names(of: .bool) + ["true"])
        }
    }

    private mutating func comparison(_ scope: RandomScope, _ depth: Int) -> String {
        let type = pick([KQLType.long, .long, .int, .string, .datetime, .timespan, .real, .bool, .guid])
        let signs = [.string, .bool, .guid].contains(type) ? ["==", "!="] : ["==", "!=", "<", "<=", ">", ">="]
        return
            "\(expression(type, scope, depth: depth - 1)) \(pick(signs)) \(expression(type, scope, depth: depth - 1))"
    }

    private mutating func textCondition(_ scope: RandomScope, _ depth: Int) -> String {
        let sign = pick([
            "has", "!has", "has_cs", "contains", "!contains", "contains_cs", "startswith", "!startswith", "endswith",
            "hasprefix", "hassuffix", "=~", "!~", "startswith_cs", "!endswith_cs",
        ])
        let subject = expression(chance(6) ? .dynamic : .string, scope, depth: depth - 1)
        return "\(subject) \(sign) \(textLiteral())"
    }

    private mutating func time(_ scope: RandomScope, _ depth: Int) -> String {
        guard depth > 0 else { return pick(scope.names(of: .datetime) + ["datetime(2026-09-21 10:00:00)"]) }
        let first = expression(.datetime, scope, depth: depth - 1)
        return switch Int.random(in: 0..<7, using: &random) {
        case 0: "datetime(2026-09-21 10:00:00.0000001)"
        case 1: "bin(\(first), \(pick(["1h", "5m", "1d", "7d"])))"
        case 2: "startof\(pick(["day", "week", "month", "year"]))(\(first))"
        case 3: "(\(first) + \(span(scope, depth - 1)))"
        case 4: "(\(first) - \(pick(["1h", "1ms", "36m"])))"
        case 5: "ago(\(pick(["1h", "1d"])))"
        default: "todatetime(\(expression(pick([.string, .datetime]), scope, depth: depth - 1)))"
        }
    }

    private mutating func span(_ scope: RandomScope, _ depth: Int) -> String {
        guard depth > 0 else { return pick(scope.names(of: .timespan) + ["1h", "2m", "-5s"]) }
        return switch Int.random(in: 0..<4, using: &random) {
        case 0: pick(["1h", "2m", "-5s", "1tick"])
        case 1: "(\(time(scope, depth - 1)) - \(time(scope, depth - 1)))"
        case 2: "bin(\(expression(.timespan, scope, depth: depth - 1)), 1m)"
        default: "(\(expression(.timespan, scope, depth: depth - 1)) + 1m)"
        }
    }

    private mutating func real(_ scope: RandomScope, _ depth: Int) -> String {
        guard depth > 0 else { return pick(scope.names(of: .real) + ["1.5", "0.0"]) }
        return switch Int.random(in: 0..<6, using: &random) {
        case 0: pick(["1.5", "-2.25", "0.0", "real(nan)"])
        case 1: "(\(real(scope, depth - 1)) + \(expression(.long, scope, depth: depth - 1)))"
        case 2: "(\(real(scope, depth - 1)) * 2)"
        case 3: "(\(expression(.long, scope, depth: depth - 1)) / 4.0)"
        case 4: "todouble(\(expression(pick([.long, .string, .dynamic]), scope, depth: depth - 1)))"
        default: "round(\(real(scope, depth - 1)), 1)"
        }
    }

    private mutating func dynamic(_ scope: RandomScope, _ depth: Int) -> String {
        let columns = scope.names(of: .dynamic)
        guard depth > 0, !columns.isEmpty else { return pick(columns + ["dynamic([1, 2])", "dynamic(null)"]) }
        let first = pick(columns)
        return switch Int.random(in: 0..<8, using: &random) {
        case 0: "\(first).name"
        case 1: "\(first).list"
        case 2: "\(first).list[\(pick(["0", "1"]))]"
        case 3: "\(first).nested.deep"
        case 4: "\(first)['count']"
        case 5: "parse_json(\(expression(.string, scope, depth: depth - 1)))"
        case 6: "split(\(expression(.string, scope, depth: depth - 1)), ' ')"
        default: first
        }
    }
}
