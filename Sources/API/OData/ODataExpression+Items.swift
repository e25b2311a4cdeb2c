internal import Chronology
internal import Foundation
internal import JSON

/// Filters and orders short lists that are at hand wholly: those of one incident, hunt or workspace.
struct ODataItems {
    private let filter: ODataExpression?
    private let order: [ODataOrder]

    /// Reads `$filter` and `$orderby`.
    ///
    /// - Throws: `APIError` 400 with the place of what is wrong.
    init(_ call: EndpointCall) throws(APIError) {
        do {
            filter = try call.query("$filter").flatMap { (text) throws(ODataFault) in
                text.allSatisfy(\.isWhitespace) ? nil : try ODataParser.expression(text)
            }
        } catch {
            throw APIError.badRequest("$filter: \(error)", target: "$filter")
        }
        do {
            order = try call.query("$orderby").map { (text) throws(ODataFault) in try ODataOrder.keys(text) } ?? []
        } catch {
            throw APIError.badRequest("$orderby: \(error)", target: "$orderby")
        }
    }

    /// The items that fit, in order; those that are equal stay as they were.
    func apply(to items: [JSON]) -> [JSON] {
        let found = filter.map { filter in items.filter { filter.holds(for: ODataScope(item: $0)) } } ?? items
        guard !order.isEmpty else { return found }
        return found.enumerated().sorted { left, right in
            for key in order {
                let (first, second) = (
                    ODataScope(item: left.element).value(key.path), ODataScope(item: right.element).value(key.path)
                )
                if let isBefore = ODataScope.isBefore(first, second) { return isBefore != key.isDescending }
            }
            return left.offset < right.offset
        }.map(\.element)
    }
}

/// A resource, or within any() also an element of one of its lists.
private struct ODataScope {
    let item: JSON
    var variable: (name: String, value: JSON)?

    init(item: JSON) {
        self.item = item
    }

    /// The value of a path, whose names match in any letter case; null when there is none.
    func value(_ path: ODataPath) -> JSON {
        if let variable, path.segments.first == variable.name {
            return Self.member(variable.value, path.segments.dropFirst())
        }
        return Self.member(item, path.segments[...])
    }

    private static func member(_ value: JSON, _ segments: ArraySlice<String>) -> JSON {
        segments.reduce(value) { value, name in
            value[name]
                ?? value.objectValue?.first { $0.key.caseInsensitiveCompare(name) == .orderedSame }?.value ?? .null
        }
    }

    /// Nil for values that are equal; null comes first.
    static func isBefore(_ left: JSON, _ right: JSON) -> Bool? {
        switch (left, right) {
        case (.null, .null): return nil
        case (.null, _): return true
        case (_, .null): return false
        default: break
        }
        if let first = left.doubleValue, let second = right.doubleValue {
            return first == second ? nil : first < second
        }
        let (first, second) = (left.stringValue ?? left.description, right.stringValue ?? right.description)
        if let early = Instant(iso8601: first), let late = Instant(iso8601: second) {
            return early == late ? nil : early < late
        }
        switch first.caseInsensitiveCompare(second) {
        case .orderedSame: return nil
        case .orderedAscending: return true
        case .orderedDescending: return false
        }
    }
}

extension ODataLiteral {
    fileprivate var json: JSON {
        switch self {
        case .null: .null
        case .boolean(let value): .bool(value)
        case .number(let value): .double(value)
        case .text(let text): .string(text)
        case .time(let time): .string(time.description)
        }
    }
}

extension ODataExpression {
    fileprivate func holds(for scope: ODataScope) -> Bool {
        switch self {
        case .and(let parts): return parts.allSatisfy { $0.holds(for: scope) }
        case .or(let parts): return parts.contains { $0.holds(for: scope) }
        case .not(let part): return !part.holds(for: scope)
        case .constant(let truth): return truth
        case .compare(let path, let comparison, let value):
            return ODataExpression.compare(scope.value(path), comparison, value.json)
        case .member(let path, let values):
            let value = scope.value(path)
            return values.contains { ODataExpression.compare(value, .eq, $0.json) }
        case .text(let test, let path, let text):
            guard let value = scope.value(path).stringValue?.lowercased() else { return false }
            switch test {
            case .contains: return text.isEmpty || value.contains(text.lowercased())
            case .startswith: return value.hasPrefix(text.lowercased())
            case .endswith: return value.hasSuffix(text.lowercased())
            }
        case .any(let path, let variable, let condition):
            guard let elements = scope.value(path).arrayValue else { return false }
            guard let condition else { return !elements.isEmpty }
            return elements.contains { element in
                var inner = scope
                inner.variable = (variable, element)
                return condition.holds(for: inner)
            }
        }
    }

    private static func compare(_ value: JSON, _ comparison: ODataComparison, _ other: JSON) -> Bool {
        let isBefore = ODataScope.isBefore(value, other)
        switch comparison {
        case .eq: return isBefore == nil
        case .ne: return isBefore != nil
        // Null is neither more nor less than anything.
        case .gt, .ge, .lt, .le: break
        }
        guard !value.isNull, !other.isNull else { return false }
        switch comparison {
        case .gt: return isBefore == false
        case .ge: return isBefore != true
        case .lt: return isBefore == true
        default: return isBefore != false
        }
    }
}
