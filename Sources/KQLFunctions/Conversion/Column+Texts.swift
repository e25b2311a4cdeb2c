import Chronology
import Foundation
import JSON
import KQLValues

extension Column {
    /// The rows as text, as `tostring()` writes them; null is the empty string.
    var texts: StringColumn {
        switch self {
        case .string(let strings): strings
        case .bool(let vector): vector.texts { $0 ? "True" : "False" }
        case .int(let vector): vector.texts { String($0) }
        case .long(let vector): vector.texts { String($0) }
        case .real(let vector): vector.texts { $0.kqlText }
        case .decimal(let vector): vector.texts { $0.description }
        case .datetime(let vector): vector.texts { Instant(ticks: $0).description }
        case .timespan(let vector): vector.texts { TimeSpan(ticks: $0).description }
        case .guid(let vector): vector.texts { $0.uuidString.lowercased() }
        case .dynamic(let values): StringColumn(values.lazy.map { $0.kqlText })
        }
    }

    /// The rows as instants: strings are read in many notations, integers are ticks.
    var datetimes: Vector<Int64> {
        switch self {
        case .datetime(let vector): vector
        case .string(let strings):
            strings.vector(filler: 0) { Instant(kqlText: $0)?.ticks }
        case .dynamic(let values): Vector(values.lazy.map { $0.kqlInstant?.ticks }, filler: 0)
        case .int, .long, .decimal, .real:
            longs.compactMap(filler: 0) { (0...Instant.max.ticks).contains($0) ? $0 : nil }
        case .bool, .timespan, .guid: .nulls(count, filler: 0)
        }
    }

    /// The rows as lengths of time: strings are read, integers are ticks.
    var timespans: Vector<Int64> {
        switch self {
        case .timespan(let vector): vector
        case .string(let strings):
            strings.vector(filler: 0) { TimeSpan(kqlText: $0)?.ticks }
        case .dynamic(let values): Vector(values.lazy.map { $0.kqlTimeSpan?.ticks }, filler: 0)
        case .int, .long, .decimal, .real: longs
        case .bool, .datetime, .guid: .nulls(count, filler: 0)
        }
    }

    var guids: Vector<UUID> {
        switch self {
        case .guid(let vector): vector
        case .string(let strings):
            strings.vector(filler: Column.noGUID) { UUID(kqlText: $0) }
        case .dynamic(let values):
            Vector(values.lazy.map { $0.stringValue.flatMap { UUID(kqlText: $0) } }, filler: Column.noGUID)
        default: .nulls(count, filler: Column.noGUID)
        }
    }
}

extension Vector {
    fileprivate func texts(_ write: (Element) -> String) -> StringColumn {
        var result = StringColumn()
        result.reserve(count, byteCount: count * 8)
        for row in 0..<count { result.append(isNull(row) ? "" : write(values[row])) }
        return result
    }
}

extension Double {
    /// Kusto's text of a real: the shortest that reads back, `1.0`, `1E+20`, `NaN`, `Infinity`.
    var kqlText: String {
        if isNaN { return "NaN" }
        if isInfinite { return self < 0 ? "-Infinity" : "Infinity" }
        return description.replacing("e", with: "E")
    }
}
