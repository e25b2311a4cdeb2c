import Foundation
import JSON
import KQLValues

/// The list on the right of `in`, `has_any` and their like: constants once for all rows, other arguments per row.
/// A dynamic array stands for its elements.
struct MemberList {
    /// The constant members.
    let constants: [Value]
    /// The arguments whose values differ from row to row.
    let varying: [Int]

    init(_ call: ScalarCall) {
        var constants: [Value] = []
        var varying: [Int] = []
        for index in call.arguments.indices.dropFirst() {
            guard call.isConstant[index] else {
                varying.append(index)
                continue
            }
            guard call.arguments[index].count > 0 else { continue }
            let value = call.arguments[index][0]
            if case .dynamic(.array(let elements)) = value {
                constants += elements.map { Value(dynamic: $0) }
            } else {
                constants.append(value)
            }
        }
        self.constants = constants
        self.varying = varying
    }

    /// The texts of the constant members.
    var texts: [String] {
        let columns = constants.map { Column(type: $0.type, [$0]).texts }
        return columns.map { $0[0] }
    }

    /// The texts of the members that belong to one row only.
    static func texts(_ columns: [(column: Column, mask: Int)], row: Int) -> [String] {
        columns.flatMap { column, mask -> [String] in
            if case .dynamic(let values) = column {
                let value = values[row & mask]
                return value.arrayValue?.map(\.kqlText) ?? (value.isNull ? [] : [value.kqlText])
            }
            return [Column(type: column.type, [column[row & mask]]).texts[0]]
        }
    }
}

/// Whether each row's first argument is among the others.
func membership(negated: Bool, ignoringCase: Bool) -> Evaluation {
    { call in
        let list = MemberList(call)
        var found = isConstantMember(call, list.constants, ignoringCase: ignoringCase)
        for index in list.varying { addMembers(call, index, ignoringCase: ignoringCase, to: &found) }
        return .bool(Vector(negated ? found.map { !$0 } : found))
    }
}

private func isConstantMember(_ call: ScalarCall, _ members: [Value], ignoringCase: Bool) -> [Bool] {
    let column = call.arguments[0]
    let present = members.filter { !$0.isNull }
    var type = column.type
    for member in present { type = comparisonType(type, member.type) }
    if ignoringCase { type = .string }
    switch type {
    case .string:
        let texts = column.texts
        let set = TextSet(memberTexts(present), ignoringCase: ignoringCase)
        return rows(call) { texts.withUTF8($0) { set.contains($0) } }
    case .int, .long, .bool: return rows(call, column.longs, members: present) { $0.longs }
    case .real: return rows(call, column.reals, members: present) { $0.reals }
    case .decimal: return rows(call, column.decimals, members: present) { $0.decimals }
    case .datetime: return rows(call, column.datetimes, members: present) { $0.datetimes }
    case .timespan: return rows(call, column.timespans, members: present) { $0.timespans }
    case .guid: return rows(call, column.guids, members: present) { $0.guids }
    case .dynamic:
        let set = Set(present.flatMap { Column(type: $0.type, [$0]).dynamics })
        let values = column.dynamics
        return rows(call) { !values[$0].isNull && set.contains(values[$0]) }
    }
}

private func memberTexts(_ members: [Value]) -> [String] {
    members.map { Column(type: $0.type, [$0]).texts[0] }
}

private func rows(_ call: ScalarCall, _ test: (Int) -> Bool) -> [Bool] {
    (0..<call.rowCount).map { test(call.row($0, of: 0)) }
}

private func rows<Element: Hashable & Sendable>(
    _ call: ScalarCall, _ values: Vector<Element>, members: [Value], _ convert: (Column) -> Vector<Element>
) -> [Bool] {
    let set = Set(members.compactMap { convert(Column(type: $0.type, [$0]))[0] })
    return rows(call) { row in values[row].map { set.contains($0) } ?? false }
}

private func addMembers(_ call: ScalarCall, _ index: Int, ignoringCase: Bool, to found: inout [Bool]) {
    if case .dynamic(let lists) = call.arguments[index] {
        let values = ignoringCase ? call.arguments[0].texts.jsonStrings(lowered: true) : call.arguments[0].dynamics
        for row in 0..<call.rowCount where !found[row] {
            let value = values[call.row(row, of: 0)]
            let members = lists[row].arrayValue ?? [lists[row]]
            found[row] =
                !value.isNull
                && members.contains { member in
                    ignoringCase ? member.kqlText.loweredByCharacter == value.kqlText : member == value
                }
        }
        return
    }
    let left = Operand(call, 0)
    let right = Operand(call, index)
    let equal: Column
    if ignoringCase {
        let lower = { (operand: Operand) in
            Operand(
                .string(StringColumn(operand.column.texts.strings.map { $0.loweredByCharacter })),
                isConstant: operand.mask == 0)
        }
        equal = compare(lower(left), lower(right), rowCount: call.rowCount, by: Equal.self)
    } else {
        equal = compare(left, right, rowCount: call.rowCount, by: Equal.self)
    }
    let marks = equal.bools
    for row in 0..<call.rowCount where marks[row] == true { found[row] = true }
}

extension StringColumn {
    /// All rows as strings.
    var strings: [String] { (0..<count).map { self[$0] } }

    fileprivate func jsonStrings(lowered: Bool) -> [JSON] {
        strings.map { .string(lowered ? $0.loweredByCharacter : $0) }
    }
}
