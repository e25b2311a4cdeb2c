internal import RE2
internal import Records

/// The regular expressions by which sources describe their lines; the named groups of the first that matches a line are its
/// fields.
final class LinePatterns: Sendable {
    private struct Pattern: Sendable {
        var source: String
        var expression: RE2Pattern
        /// For each group its field, nil for groups without a name.
        var fields: [String?]
    }

    private let patterns: [Pattern]

    /// The patterns of all sources, or of one alone.
    init(_ sources: [SourceDefinition]) {
        patterns = sources.flatMap { source -> [Pattern] in
            guard case .lines(let texts) = source.format else { return [] }
            return texts.compactMap { text in
                // Each was checked when the content was read.
                guard let expression = try? RE2Pattern(text) else { return nil }
                let groups = (0..<expression.groupCount).map { expression.groupName($0 + 1) }
                return Pattern(source: source.name, expression: expression, fields: groups)
            }
        }
    }

    /// Adds the line as a record with the source's name in `line.source`; false when no pattern matches it.
    func read(_ line: UnsafeBufferPointer<UInt8>, into records: inout RecordBuilder) -> Bool {
        for pattern in patterns {
            guard let groups = pattern.expression.firstMatch(in: line) else { continue }
            records.append("line.source", pattern.source)
            for (name, group) in zip(pattern.fields, groups.dropFirst()) {
                guard let name, let group, !group.isEmpty else { continue }
                let field = records.intern(name)
                records.append(field: field, utf8: UnsafeBufferPointer(rebasing: line[group]))
            }
            records.append("line.text", String(decoding: line, as: UTF8.self))
            records.endRecord()
            return true
        }
        return false
    }
}
