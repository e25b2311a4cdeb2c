import Foundation
import JSON
public import KQLValues

extension Column {
    /// The rows as values of another type, as the `to…()` functions of KQL convert them; what cannot be converted is null.
    ///
    /// To dynamic a value is wrapped, not parsed: a string becomes a JSON string.
    public func converted(to type: KQLType) -> Column {
        guard type != self.type else { return self }
        return switch type {
        case .bool: .bool(bools)
        case .int: .int(ints)
        case .long: .long(longs)
        case .real: .real(reals)
        case .decimal: .decimal(decimals)
        case .datetime: .datetime(datetimes)
        case .timespan: .timespan(timespans)
        case .guid: .guid(guids)
        case .string: .string(texts)
        case .dynamic: .dynamic(dynamics)
        }
    }

    /// The rows as truth values: numbers are true unless 0, strings are read.
    var bools: Vector<Bool> {
        switch self {
        case .bool(let vector): vector
        case .int(let vector): vector.map { $0 != 0 }
        case .long(let vector): vector.map { $0 != 0 }
        case .real(let vector): vector.map { $0 != 0 }
        case .decimal(let vector): vector.map { $0 != 0 }
        case .string(let strings): strings.vector(filler: false) { Bool(kqlText: $0) }
        case .dynamic(let values): Vector(values.lazy.map { $0.kqlBool }, filler: false)
        case .datetime, .timespan, .guid: .nulls(count, filler: false)
        }
    }

    /// The rows as 32-bit integers; wider integers wrap, as in Kusto.
    var ints: Vector<Int32> {
        switch self {
        case .int(let vector): vector
        case .string(let strings):
            strings.vector(filler: 0) { text in Int64(kqlText: text).flatMap { Int32(exactly: $0) } }
        case .real(let vector): vector.compactMap(filler: 0) { Int32(exactly: $0.rounded(.towardZero)) }
        default: longs.map { Int32(truncatingIfNeeded: $0) }
        }
    }

    /// The rows as 64-bit integers: reals are cut off, datetimes and timespans give ticks.
    var longs: Vector<Int64> {
        switch self {
        case .bool(let vector): vector.map { $0 ? 1 : 0 }
        case .int(let vector): vector.map { Int64($0) }
        case .long(let vector), .datetime(let vector), .timespan(let vector): vector
        case .real(let vector): vector.compactMap(filler: 0) { Int64(exactly: $0.rounded(.towardZero)) }
        case .decimal(let vector): vector.compactMap(filler: 0) { Int64(decimal: $0) }
        case .string(let strings): strings.vector(filler: 0) { Int64(kqlText: $0) }
        case .dynamic(let values): Vector(values.lazy.map { $0.kqlLong }, filler: 0)
        case .guid: .nulls(count, filler: 0)
        }
    }

    var reals: Vector<Double> {
        switch self {
        case .bool(let vector): vector.map { $0 ? 1 : 0 }
        case .int(let vector): vector.map { Double($0) }
        case .long(let vector), .datetime(let vector), .timespan(let vector): vector.map { Double($0) }
        case .real(let vector): vector
        case .decimal(let vector): vector.map { Double(decimal: $0) }
        case .string(let strings): strings.vector(filler: 0) { Double(kqlText: $0) }
        case .dynamic(let values): Vector(values.lazy.map { $0.kqlReal }, filler: 0)
        case .guid: .nulls(count, filler: 0)
        }
    }

    var decimals: Vector<Decimal> {
        switch self {
        case .bool(let vector): vector.map { $0 ? 1 : 0 }
        case .int(let vector): vector.map { Decimal(Int($0)) }
        case .long(let vector), .datetime(let vector), .timespan(let vector): vector.map { Decimal($0) }
        case .real(let vector): vector.compactMap(filler: 0) { Decimal(kqlText: $0.description) }
        case .decimal(let vector): vector
        case .string(let strings): strings.vector(filler: 0) { Decimal(kqlText: $0) }
        case .dynamic(let values): Vector(values.lazy.map { Decimal(kqlText: $0.kqlText) }, filler: 0)
        case .guid: .nulls(count, filler: 0)
        }
    }

    /// The rows wrapped as dynamic values.
    var dynamics: [JSON] {
        switch self {
        case .bool(let vector): vector.wrapped { .bool($0) }
        case .int(let vector): vector.wrapped { .int(Int64($0)) }
        case .long(let vector): vector.wrapped { .int($0) }
        case .real(let vector): vector.wrapped { .double($0) }
        case .decimal, .datetime, .timespan, .guid: (0..<count).map { isNull($0) ? .null : .string(texts[$0]) }
        case .string(let strings): (0..<strings.count).map { .string(strings[$0]) }
        case .dynamic(let values): values
        }
    }
}

extension Vector {
    /// A vector of nulls.
    static func nulls(_ count: Int, filler: Element) -> Vector {
        Vector(Array(repeating: filler, count: count), nulls: Array(repeating: true, count: count))
    }

    /// Each value changed; nulls stay null.
    func map<Other>(_ transform: (Element) -> Other) -> Vector<Other> {
        Vector<Other>(values.map(transform), nulls: nulls)
    }

    /// Each value changed; nil makes a null.
    func compactMap<Other>(filler: Other, _ transform: (Element) -> Other?) -> Vector<Other> {
        var result = Vector<Other>([])
        result.values.reserveCapacity(count)
        for row in 0..<count { result.append(isNull(row) ? nil : transform(values[row]), filler: filler) }
        return result
    }

    fileprivate func wrapped(_ wrap: (Element) -> JSON) -> [JSON] {
        (0..<count).map { isNull($0) ? .null : wrap(values[$0]) }
    }
}

extension StringColumn {
    func vector<Element: Sendable>(filler: Element, _ read: (String) -> Element?) -> Vector<Element> {
        var result = Vector<Element>([])
        result.values.reserveCapacity(count)
        for row in 0..<count { result.append(read(self[row]), filler: filler) }
        return result
    }
}
