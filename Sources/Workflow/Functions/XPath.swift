internal import JSON

/// The part of XPath 1.0 that playbooks use: location paths with predicates, and `string`, `number`, `count`, `sum`.
struct XPath {
    private enum Outcome { case nodes, string, number, count, sum }

    private enum Test {
        case name(String)
        case localName(String)
        case attribute(String)
        case text
        case itself
    }

    private enum Predicate {
        case position(Int)
        case last
        case child(String, equals: String?)
        case attribute(String, equals: String?)
    }

    private struct Step {
        var isDescendant: Bool
        var test: Test
        var predicates: [Predicate]
    }

    private enum Node {
        case element(XMLElement)
        case attribute(XMLAttribute)
        case text(String)

        var value: String {
            switch self {
            case .element(let element): element.text
            case .attribute(let attribute): attribute.value
            case .text(let text): text
            }
        }
    }

    private var outcome = Outcome.nodes
    private var steps: [Step] = []

    /// Nil when the path uses what is not supported.
    init?(_ path: String) {
        var text = StringFunctions.trimmed(path)
        for (name, wanted) in [("string(", Outcome.string), ("number(", .number), ("count(", .count), ("sum(", .sum)]
        where text.hasPrefix(name) && text.hasSuffix(")") {
            text = String(text.dropFirst(name.count).dropLast())
            outcome = wanted
        }
        for (isDescendant, step) in XPath.split(text) {
            guard let parsed = XPath.step(step, isDescendant: isDescendant) else { return nil }
            steps.append(parsed)
        }
        guard !steps.isEmpty else { return nil }
    }

    func evaluate(_ document: XMLDocument) -> JSON {
        var nodes: [Node] = [.element(XMLElement(name: "", children: [.element(document.root)]))]
        for step in steps { nodes = nodes.flatMap { XPath.select(step, from: $0) } }
        let numbers = nodes.map { Double(StringFunctions.trimmed($0.value)) ?? .nan }
        switch outcome {
        case .string: return .string(nodes.first?.value ?? "")
        case .count: return .int(Int64(nodes.count))
        case .number: return .double(numbers.first ?? .nan)
        case .sum: return .double(numbers.reduce(0, +))
        case .nodes:
            return .array(
                nodes.map { node in
                    if case .element(let element) = node { return XMLFunctions.content(element.markup) }
                    return .string(node.value)
                })
        }
    }

    /// The steps between slashes outside brackets and quotes; a double slash marks the next one as descendant.
    private static func split(_ path: String) -> [(Bool, String)] {
        var steps: [(Bool, String)] = []
        var current = ""
        var isDescendant = false
        var slashes = 0
        var brackets = 0
        for character in path {
            if character == "[" { brackets += 1 }
            if character == "]" { brackets -= 1 }
            guard character == "/", brackets == 0 else {
                if slashes > 0 {
                    isDescendant = slashes > 1
                    slashes = 0
                }
                current.append(character)
                continue
            }
            if !current.isEmpty { steps.append((isDescendant, current)) }
            current = ""
            isDescendant = false
            slashes += 1
        }
        if !current.isEmpty { steps.append((isDescendant, current)) }
        return steps
    }

    private static func step(_ text: String, isDescendant: Bool) -> Step? {
        let head = text.prefix { $0 != "[" }
        var predicates: [Predicate] = []
        var localName: String?
        for part in text.dropFirst(head.count).split(separator: "]") {
            let condition = StringFunctions.trimmed(String(part.dropFirst()))
            if condition.hasPrefix("local-name()") {
                localName = quoted(condition.drop { $0 != "=" }.dropFirst())
                if localName == nil { return nil }
            } else if let predicate = predicate(condition) {
                predicates.append(predicate)
            } else {
                return nil
            }
        }
        guard let test = localName.map(Test.localName) ?? test(String(head)) else { return nil }
        return Step(isDescendant: isDescendant, test: test, predicates: predicates)
    }

    private static func test(_ head: String) -> Test? {
        if head == "." { return .itself }
        if head == "text()" { return .text }
        if head.hasPrefix("@") { return .attribute(String(head.dropFirst())) }
        return head.contains("::") || head.contains { "()@=".contains($0) } ? nil : .name(head)
    }

    private static func predicate(_ condition: String) -> Predicate? {
        if let position = Int(condition) { return .position(position) }
        if condition == "last()" { return .last }
        let sides = condition.split(separator: "=", maxSplits: 1)
        guard let name = sides.first.map({ StringFunctions.trimmed(String($0)) }), !name.contains("(") else {
            return nil
        }
        let value = sides.count > 1 ? quoted(sides[1]) : nil
        if sides.count > 1, value == nil { return nil }
        if name.hasPrefix("@") { return .attribute(String(name.dropFirst()), equals: value) }
        return .child(name, equals: value)
    }

    private static func quoted(_ text: Substring) -> String? {
        let trimmed = StringFunctions.trimmed(String(text))
        guard trimmed.count >= 2, let quote = trimmed.first, quote == "'" || quote == "\"", trimmed.last == quote
        else { return nil }
        return String(trimmed.dropFirst().dropLast())
    }

    private static func select(_ step: Step, from node: Node) -> [Node] {
        guard case .element(let element) = node else { return [] }
        var found: [Node] = []
        for parent in step.isDescendant ? descendants(of: element) : [element] {
            found += filtered(matches(step.test, in: parent), by: step.predicates)
        }
        return found
    }

    private static func descendants(of element: XMLElement) -> [XMLElement] {
        [element] + element.elements.flatMap { descendants(of: $0) }
    }

    private static func matches(_ test: Test, in element: XMLElement) -> [Node] {
        switch test {
        case .itself: return [.element(element)]
        case .attribute(let name):
            return element.attributes.filter { name == "*" || $0.name == name }.map { .attribute($0) }
        case .text:
            return element.children.compactMap { if case .text(let text) = $0 { .text(text) } else { nil } }
        case .name(let name):
            return element.elements.filter { name == "*" || $0.name == name }.map { .element($0) }
        case .localName(let name): return element.elements.filter { $0.localName == name }.map { .element($0) }
        }
    }

    private static func filtered(_ nodes: [Node], by predicates: [Predicate]) -> [Node] {
        var kept = nodes
        for predicate in predicates {
            let count = kept.count
            kept = kept.enumerated().filter { index, node in
                switch predicate {
                case .position(let wanted): return index + 1 == wanted
                case .last: return index + 1 == count
                case .child(let name, let value):
                    guard case .element(let element) = node else { return false }
                    return element.elements.contains { $0.name == name && (value == nil || $0.text == value) }
                case .attribute(let name, let value):
                    guard case .element(let element) = node else { return false }
                    return element.attributes.contains { $0.name == name && (value == nil || $0.value == value) }
                }
            }.map(\.element)
        }
        return kept
    }
}
