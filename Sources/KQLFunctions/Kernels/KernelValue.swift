import Chronology
import Foundation
import JSON
import KQLValues

/// A Swift type that a kernel takes as an argument: how it reads its values out of a column.
protocol KernelArgument: Sendable {
    /// The unboxed values of one column.
    associatedtype Storage: Sendable

    /// The values of a column, converted where the column has another type.
    static func storage(of column: Column) -> Storage

    /// The value in a row, nil when it is null.
    static func value(_ row: Int, in storage: Storage) -> Self?

    /// What stands for an argument that was not given: nil makes the result null.
    static var absent: Self? { get }
}

/// A Swift type that a kernel gives: how its values are gathered in a column.
protocol KernelResult: Sendable {
    associatedtype Output

    static func output(capacity: Int) -> Output
    static func append(_ value: Self?, to output: inout Output)
    /// The gathered values as a column of a type that holds them.
    static func column(_ output: Output, _ type: KQLType) -> Column
}

extension KernelArgument {
    static var absent: Self? { nil }
}

extension KernelArgument where Storage == Vector<Self> {
    static func value(_ row: Int, in storage: Vector<Self>) -> Self? { storage[row] }
}

/// A fixed-size type whose values stand in a `Vector` as they are.
protocol VectorValue: KernelResult where Output == Vector<Self> {
    static var filler: Self { get }
}

extension VectorValue {
    static func output(capacity: Int) -> Vector<Self> {
        var output = Vector<Self>([])
        output.values.reserveCapacity(capacity)
        return output
    }

    static func append(_ value: Self?, to output: inout Vector<Self>) {
        output.append(value, filler: filler)
    }
}

extension Bool: KernelArgument, VectorValue {
    static var filler: Bool { false }
    static func storage(of column: Column) -> Vector<Bool> { column.bools }
    static func column(_ output: Vector<Bool>, _ type: KQLType) -> Column { .bool(output) }
}

extension Int64: KernelArgument, VectorValue {
    static var filler: Int64 { 0 }
    static func storage(of column: Column) -> Vector<Int64> { column.longs }

    static func column(_ output: Vector<Int64>, _ type: KQLType) -> Column {
        switch type {
        case .int: .int(Vector(output.values.map { Int32(truncatingIfNeeded: $0) }, nulls: output.nulls))
        case .datetime: .datetime(output)
        case .timespan: .timespan(output)
        default: .long(output)
        }
    }
}

extension Double: KernelArgument, VectorValue {
    static var filler: Double { 0 }
    static func storage(of column: Column) -> Vector<Double> { column.reals }
    static func column(_ output: Vector<Double>, _ type: KQLType) -> Column { .real(output) }
}

extension Decimal: KernelArgument, VectorValue {
    static var filler: Decimal { 0 }
    static func storage(of column: Column) -> Vector<Decimal> { column.decimals }
    static func column(_ output: Vector<Decimal>, _ type: KQLType) -> Column { .decimal(output) }
}

extension UUID: KernelArgument, VectorValue {
    static var filler: UUID { Column.noGUID }
    static func storage(of column: Column) -> Vector<UUID> { column.guids }
    static func column(_ output: Vector<UUID>, _ type: KQLType) -> Column { .guid(output) }
}

extension Instant: KernelArgument, KernelResult {
    static func storage(of column: Column) -> Vector<Int64> { column.datetimes }
    static func value(_ row: Int, in storage: Vector<Int64>) -> Instant? { storage[row].map { Instant(ticks: $0) } }
    static func output(capacity: Int) -> Vector<Int64> { Int64.output(capacity: capacity) }
    static func append(_ value: Instant?, to output: inout Vector<Int64>) { output.append(value?.ticks, filler: 0) }
    static func column(_ output: Vector<Int64>, _ type: KQLType) -> Column { .datetime(output) }
}

extension TimeSpan: KernelArgument, KernelResult {
    static func storage(of column: Column) -> Vector<Int64> { column.timespans }
    static func value(_ row: Int, in storage: Vector<Int64>) -> TimeSpan? { storage[row].map { TimeSpan(ticks: $0) } }
    static func output(capacity: Int) -> Vector<Int64> { Int64.output(capacity: capacity) }
    static func append(_ value: TimeSpan?, to output: inout Vector<Int64>) { output.append(value?.ticks, filler: 0) }
    static func column(_ output: Vector<Int64>, _ type: KQLType) -> Column { .timespan(output) }
}

extension String: KernelArgument, KernelResult {
    static func storage(of column: Column) -> StringColumn { column.texts }
    static func value(_ row: Int, in storage: StringColumn) -> String? { storage[row] }
    static func output(capacity: Int) -> StringColumn {
        var output = StringColumn()
        output.reserve(capacity, byteCount: 0)
        return output
    }
    static func append(_ value: String?, to output: inout StringColumn) { output.append(value ?? "") }
    static func column(_ output: StringColumn, _ type: KQLType) -> Column { .string(output) }
}

extension JSON: KernelArgument, KernelResult {
    static func storage(of column: Column) -> [JSON] { column.dynamics }
    static func value(_ row: Int, in storage: [JSON]) -> JSON? { storage[row].isNull ? nil : storage[row] }
    static func output(capacity: Int) -> [JSON] {
        var output: [JSON] = []
        output.reserveCapacity(capacity)
        return output
    }
    static func append(_ value: JSON?, to output: inout [JSON]) { output.append(value ?? .null) }
    static func column(_ output: [JSON], _ type: KQLType) -> Column { .dynamic(output) }
}

/// An optional argument is handed over even when it is null or was not given.
extension Optional: KernelArgument where Wrapped: KernelArgument {
    static func storage(of column: Column) -> Wrapped.Storage { Wrapped.storage(of: column) }
    static func value(_ row: Int, in storage: Wrapped.Storage) -> Wrapped?? { .some(Wrapped.value(row, in: storage)) }
    static var absent: Wrapped?? { .some(nil) }
}
