import JSON
import KQLFunctions
import KQLValues

/// `d.x`, `d["x"]`, `d[0]`: a property or an element of a dynamic value; null when there is none.
let dynamicAccess = ScalarFunction(
    "[]", family: .dynamic, summary: "A property of a bag or an element of an array.",
    signatures: [Signature([Parameter("value", .exactly(.dynamic)), Parameter("key", .any)], returns: .type(.dynamic))]
) { call in
    guard case .dynamic(let values) = call.arguments[0] else { return .dynamic([]) }
    let keys = call.arguments[1]
    let constantKey = call.isConstant[1] ? AccessKey(keys[0]) : nil
    return .dynamic(
        (0..<call.rowCount).map { row in
            let key = constantKey ?? AccessKey(keys[call.row(row, of: 1)])
            return values[call.row(row, of: 0)].element(key)
        })
}

private enum AccessKey {
    case name(String)
    case index(Int64)
    case none

    init(_ value: Value) {
        self =
            switch value {
            case .string(let name): .name(name)
            case .long(let index): .index(index)
            case .int(let index): .index(Int64(index))
            case .real(let number): Int64(exactly: number).map { .index($0) } ?? .none
            case .dynamic(.string(let name)): .name(name)
            case .dynamic(let json): json.intValue.map { .index($0) } ?? .none
            default: .none
            }
    }
}

extension JSON {
    fileprivate func element(_ key: AccessKey) -> JSON {
        switch (self, key) {
        case (.object(let members), .name(let name)): return members[name] ?? .null
        case (.array(let elements), .index(let index)):
            let position = index < 0 ? Int64(elements.count) + index : index
            return elements.indices.contains(Int(clamping: position)) ? elements[Int(position)] : .null
        default: return .null
        }
    }
}
