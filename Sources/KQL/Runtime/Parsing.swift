import KQLFunctions
import KQLValues
import RE2

extension Execution {
    func parse(_ node: Parse) throws(ExecutionError) -> Table {
        let input = try table(node.input)
        guard case .string(let subjects) = try column(node.source, over: input) else {
            return Table(empty: node.schema)
        }
        let matcher = try PatternMatcher(node)
        var captures = Array(repeating: StringColumn(), count: matcher.columns.count)
        var isMatch: [Bool] = []
        for row in 0..<subjects.count {
            if row % 4096 == 0 { try check() }
            isMatch.append(subjects.withUTF8(row) { matcher.capture($0, into: &captures) })
        }
        var values: [Column] = []
        for (capture, column) in zip(captures, matcher.columns) {
            values.append(Column.string(capture).converted(to: column.type))
        }
        if node.mode != .relaxed { blankFailedRows(&values, captures: captures, isMatch: &isMatch) }
        var columns: [Column?] = Array(repeating: nil, count: node.schema.columns.count)
        for (column, value) in zip(matcher.columns, values) { columns[column.output] = value }
        let all = columns.enumerated().map { $1 ?? input.columns[$0] }
        let result = Table(schema: node.schema, columns: all, rowCount: input.rowCount)
        return node.dropsMisses ? result.gather(isMatch.indices.filter { isMatch[$0] }) : result
    }

    /// One value that does not convert blanks all columns of its row.
    private func blankFailedRows(_ values: inout [Column], captures: [StringColumn], isMatch: inout [Bool]) {
        var failed = false
        for (value, capture) in zip(values, captures) {
            if case .string = value { continue }
            for row in isMatch.indices where isMatch[row] && value.isNull(row) && !capture.isEmpty(row) {
                isMatch[row] = false
                failed = true
            }
        }
        guard failed else { return }
        let rows = isMatch.indices.map { isMatch[$0] ? $0 : -1 }
        values = values.map { $0.gather(rows) }
    }
}

/// A pattern of `parse` as one regular expression with a named group per column.
private struct PatternMatcher {
    struct Target {
        let output: Int
        let type: KQLType
        var group = 0
    }

    private(set) var columns: [Target] = []
    private let regex: RE2Pattern

    init(_ node: Parse) throws(ExecutionError) {
        let isRegex = node.mode == .regex
        var text = isRegex ? "" : "(?s)^"
        for (position, segment) in node.pattern.enumerated() {
            let isLast = position == node.pattern.count - 1
            switch segment {
            case .text(let literal):
                text += isRegex && PatternMatcher.isRegex(literal) ? literal : PatternMatcher.quoted(literal)
                if isLast, !isRegex { text += "$" }
            case .skip: text += isLast ? ".*" : ".*?"
            case .column(let output, let type):
                let body = PatternMatcher.body(of: type, mode: node.mode)
                text += "(?P<tocsin\(columns.count)>\(body))\(isLast ? "$" : "")"
                columns.append(Target(output: output, type: type))
            }
        }
        let flags = node.regexFlags.filter { "imsU".contains($0) }
        if !flags.isEmpty { text = "(?\(flags))" + text }
        do {
            regex = try RE2Pattern.shared(text)
        } catch {
            throw ExecutionError(.function, "the pattern of 'parse' is no regular expression: \(error.reason)")
        }
        for group in 0..<regex.groupCount {
            guard let name = regex.groupName(group + 1), name.hasPrefix("tocsin"), let index = Int(name.dropFirst(6))
            else { continue }
            columns[index].group = group + 1
        }
    }

    private static func body(of type: KQLType, mode: Parse.Mode) -> String {
        switch type {
        case .int, .long: mode == .relaxed ? ".*?" : "\\s*[-+]?\\d+\\s*"
        case .real, .decimal: mode == .relaxed ? ".*?" : "\\s*[-+]?\\d+(?:\\.\\d+)?(?:[eE][-+]?\\d+)?\\s*"
        case .bool: mode == .regex ? "(?i:true|false)" : ".*?"
        default: mode == .regex ? ".*" : ".*?"
        }
    }

    private static func isRegex(_ text: String) -> Bool {
        do {
            _ = try RE2Pattern(text)
            return true
        } catch {
            return false
        }
    }

    private static func quoted(_ text: String) -> String {
        text.unicodeScalars.reduce(into: "") { result, scalar in
            if "\\^$.|?*+()[]{}".unicodeScalars.contains(scalar) { result += "\\" }
            result.unicodeScalars.append(scalar)
        }
    }

    /// Appends the captures of one subject, or empty strings when it does not match.
    func capture(_ subject: UnsafeBufferPointer<UInt8>, into captures: inout [StringColumn]) -> Bool {
        let match = regex.firstMatch(in: subject)
        for (index, column) in columns.enumerated() {
            if let range = match?[column.group] {
                captures[index].append(utf8: UnsafeBufferPointer(rebasing: subject[range]))
            } else {
                captures[index].append("")
            }
        }
        return match != nil
    }
}
