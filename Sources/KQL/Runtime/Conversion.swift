import Chronology
import Foundation
import JSON
import KQLValues

/// The values of a column as JSON: date-times, timespans, guids and decimals become text.
func packed(_ column: Column) -> [JSON] {
    switch column {
    case .dynamic(let values): values
    case .string(let strings): (0..<strings.count).map { .string(strings[$0]) }
    case .bool(let vector): packed(vector) { .bool($0) }
    case .int(let vector): packed(vector) { .int(Int64($0)) }
    case .long(let vector): packed(vector) { .int($0) }
    case .real(let vector): packed(vector) { .double($0) }
    default: (0..<column.count).map { column[$0].json }
    }
}

private func packed<Element>(_ vector: Vector<Element>, _ value: (Element) -> JSON) -> [JSON] {
    guard let nulls = vector.nulls else { return vector.values.map(value) }
    return zip(vector.values, nulls).map { $1 ? .null : value($0) }
}
