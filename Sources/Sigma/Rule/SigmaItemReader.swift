internal import RE2

/// Reads one field of a detection: its name, modifiers and values.
struct SigmaItemReader {
    let placeholders: [String: [String]]
    private(set) var findings: [SigmaFinding] = []

    init(placeholders: [String: [String]]) {
        self.placeholders = placeholders
    }

    /// The item, or nil when a finding says why not.
    mutating func read(key: String, value: YAMLValue) -> SigmaItem? {
        let pieces = key.split(separator: "|", omittingEmptySubsequences: false)
        let field = pieces.first.map(String.init) ?? ""
        var item = SigmaItem(
            field: field.isEmpty ? nil : field, tests: [], requiresAll: false, isNegated: false,
            position: value.position)
        var modifiers: [SigmaModifier] = []
        for name in pieces.dropFirst() {
            guard let modifier = SigmaModifier(rawValue: name.lowercased()) else {
                report(.unknownModifier, "'\(name)' is no modifier of Sigma 2", value.position)
                return nil
            }
            switch modifier {
            case .all: item.requiresAll = true
            case .neq: item.isNegated = true
            default: modifiers.append(modifier)
            }
        }
        if modifiers.contains(.exists) && item.field == nil {
            report(.modifierMismatch, "'exists' needs a field", value.position)
            return nil
        }
        // Placeholders stand for what the author would have written, so they are filled before anything else is done.
        if let expand = modifiers.firstIndex(of: .expand) { modifiers.insert(modifiers.remove(at: expand), at: 0) }
        item.tests = tests(of: value, modifiers: modifiers)
        return findings.isEmpty ? item : nil
    }

    private mutating func tests(of value: YAMLValue, modifiers: [SigmaModifier]) -> [SigmaTest] {
        switch value.content {
        case .null: return [.isNull]
        case .scalar(let text): return tests(of: text, modifiers: modifiers, at: value.position)
        case .sequence(let values):
            return values.flatMap { element in
                if case .sequence = element.content { return reject(element.position) }
                return tests(of: element, modifiers: modifiers)
            }
        case .mapping: return reject(value.position)
        }
    }

    private mutating func reject(_ position: SigmaPosition) -> [SigmaTest] {
        report(.invalidValue, "a field's value is a text, number, boolean, null or a list of these", position)
        return []
    }

    private mutating func tests(
        of text: String, modifiers: [SigmaModifier], at position: SigmaPosition
    ) -> [SigmaTest] {
        var drafts = [SigmaDraft(original: text)]
        for modifier in modifiers {
            var results: [SigmaDraft] = []
            for draft in drafts {
                do {
                    results += try modifier.apply(to: draft, placeholders: placeholders)
                } catch {
                    report(error.code, error.reason, position)
                    return []
                }
            }
            drafts = results
        }
        return drafts.map(\.test).filter { isSound($0, at: position) }
    }

    private mutating func isSound(_ test: SigmaTest, at position: SigmaPosition) -> Bool {
        guard case .expression(let pattern, _) = test else { return true }
        do {
            _ = try RE2Pattern(pattern)
            return true
        } catch {
            report(.invalidRegularExpression, "\(error.reason) in '\(pattern)'", position)
            return false
        }
    }

    private mutating func report(_ code: SigmaFinding.Code, _ message: String, _ position: SigmaPosition) {
        findings.append(SigmaFinding(.error, code, message, at: position))
    }
}
