public import JSON

/// The subset of JSONPath that Kusto reads: `$.a.b`, `$['a b'][0]`, `$.a[-1]`.
public struct JSONPath: Sendable {
    enum Step: Sendable {
        case member(String)
        case element(Int64)
    }

    let steps: [Step]

    /// Reads a path; nil when it is malformed.
    public init?(_ text: String) {
        guard text.utf8.count <= 4096 else { return nil }
        var rest = text[...]
        if rest.first == "$" { rest = rest.dropFirst() }
        var steps: [Step] = []
        if let first = rest.first, first != ".", first != "[" { rest = "." + rest }
        while let mark = rest.first {
            rest = rest.dropFirst()
            if mark == "." {
                let name = rest.prefix { $0 != "." && $0 != "[" }
                guard !name.isEmpty else { return nil }
                steps.append(.member(String(name)))
                rest = rest.dropFirst(name.count)
            } else if mark == "[", let step = JSONPath.bracket(&rest) {
                steps.append(step)
            } else {
                return nil
            }
        }
        self.steps = steps
    }

    /// Reads what follows `[`, up to and with `]`.
    private static func bracket(_ rest: inout Substring) -> Step? {
        let step: Step
        if let quote = rest.first, quote == "'" || quote == "\"" {
            rest = rest.dropFirst()
            let name = rest.prefix { $0 != quote }
            rest = rest.dropFirst(name.count + 1)
            step = .member(String(name))
        } else {
            let digits = rest.prefix { $0 != "]" }
            guard let index = Int64(digits) else { return nil }
            rest = rest.dropFirst(digits.count)
            step = .element(index)
        }
        guard rest.first == "]" else { return nil }
        rest = rest.dropFirst()
        return step
    }

    /// What stands at the path, nil when nothing does.
    public func value(in root: JSON) -> JSON? {
        var value = root
        for step in steps {
            switch step {
            case .member(let name):
                guard let member = value[name] else { return nil }
                value = member
            case .element(let index):
                guard case .array(let elements) = value else { return nil }
                let position = index < 0 ? Int64(elements.count) + index : index
                guard position >= 0, position < elements.count else { return nil }
                value = elements[Int(position)]
            }
        }
        return value
    }
}

extension JSON {
    /// The value without the member that a key, or a path that starts with `$`, names.
    func removing(key: String) -> JSON {
        guard key.hasPrefix("$"), let path = JSONPath(key) else { return changing([.member(key)][...], to: nil) }
        return changing(path.steps[...], to: nil)
    }

    /// The value with a member set; missing bags on the way of a path are made.
    func setting(key: String, to value: JSON) -> JSON {
        guard key.hasPrefix("$"), let path = JSONPath(key) else { return changing([.member(key)][...], to: value) }
        return changing(path.steps[...], to: value)
    }

    private func changing(_ steps: ArraySlice<JSONPath.Step>, to value: JSON?) -> JSON {
        guard let step = steps.first else { return value ?? .null }
        let rest = steps.dropFirst()
        switch step {
        case .member(let name):
            guard var members = objectValue ?? (value == nil ? nil : JSONObject()) else { return self }
            if rest.isEmpty {
                if let value { members[name] = value } else { members.removeValue(forKey: name) }
            } else if members[name] != nil || value != nil {
                members[name] = (members[name] ?? .null).changing(rest, to: value)
            }
            return .object(members)
        case .element(let index):
            guard case .array(var elements) = self else { return self }
            let position = index < 0 ? Int64(elements.count) + index : index
            guard position >= 0, position < elements.count else { return self }
            if rest.isEmpty, value == nil {
                elements.remove(at: Int(position))
            } else {
                elements[Int(position)] = elements[Int(position)].changing(rest, to: value)
            }
            return .array(elements)
        }
    }

    /// The paths of all members below this value, in the notation of `treepath()`.
    func paths(prefix: String) -> [String] {
        switch self {
        case .object(let members):
            return members.flatMap { key, value in
                let path = prefix + "['" + key + "']"
                return [path] + value.paths(prefix: path)
            }
        case .array(let elements):
            let path = prefix + "[0]"
            return elements.isEmpty ? [] : [path] + elements.flatMap { $0.paths(prefix: path) }
        default: return []
        }
    }
}
