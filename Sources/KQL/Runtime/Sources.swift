import Chronology
import KQLFunctions
import KQLValues

extension Execution {
    func read(_ node: Scan) throws(ExecutionError) -> Table {
        let request = ScanRequest(
            table: node.table, columns: node.columns, timeRange: node.timeRange, rowLimit: executor.limits.rows,
            isCancelled: context.isCancelled)
        do {
            return try executor.source.read(request)
        } catch let error as ExecutionError {
            throw error
        } catch {
            throw ExecutionError(.source, "table '\(node.table)' could not be read: \(error)")
        }
    }

    func run(_ query: PushedQuery) throws(ExecutionError) -> Table {
        do {
            return try executor.source.run(query, isCancelled: context.isCancelled)
        } catch let error as ExecutionError {
            throw error
        } catch {
            throw ExecutionError(.source, "the event store could not run its part of the query: \(error)")
        }
    }

    /// The values of a range, the first `limit` ones at most.
    func range(_ node: RangeRows, limit: Int = .max) throws(ExecutionError) -> Table {
        let from = try constant(node.from)
        let to = try constant(node.to)
        let step = try constant(node.step)
        let column: Column
        switch (from, to, step) {
        case (.long(let from), .long(let to), .long(let step)):
            column = .long(Vector(try steps(from: from, to: to, by: step, limit: limit)))
        case (.int(let from), .int(let to), .int(let step)):
            let values = try steps(from: Int64(from), to: Int64(to), by: Int64(step), limit: limit)
            column = .int(Vector(values.map { Int32(truncatingIfNeeded: $0) }))
        case (.datetime(let from), .datetime(let to), .timespan(let step)):
            column = .datetime(Vector(try steps(from: from.ticks, to: to.ticks, by: step.ticks, limit: limit)))
        case (.timespan(let from), .timespan(let to), .timespan(let step)):
            column = .timespan(Vector(try steps(from: from.ticks, to: to.ticks, by: step.ticks, limit: limit)))
        case (.real(let from), .real(let to), .real(let step)):
            column = .real(Vector(try steps(from: from, to: to, by: step, limit: limit)))
        default: column = Column(empty: node.type)
        }
        return Table(schema: node.schema, columns: [column], rowCount: column.count)
    }

    private func steps(from: Int64, to: Int64, by step: Int64, limit: Int) throws(ExecutionError) -> [Int64] {
        guard step != 0 else { throw ExecutionError(.function, "the step of 'range' must not be zero") }
        var values: [Int64] = []
        var value = from
        while values.count < limit, step > 0 ? value <= to : value >= to {
            values.append(value)
            if values.count > executor.limits.rows { throw tooManyRows("range") }
            if values.count % 65_536 == 0 { try check() }
            let (next, overflow) = value.addingReportingOverflow(step)
            if overflow { break }
            value = next
        }
        return values
    }

    private func steps(from: Double, to: Double, by step: Double, limit: Int) throws(ExecutionError) -> [Double] {
        guard step != 0, step.isFinite, from.isFinite else {
            throw ExecutionError(.function, "the step of 'range' must be a finite number other than zero")
        }
        var values: [Double] = []
        while true {
            let value = from + Double(values.count) * step
            guard values.count < limit, step > 0 ? value <= to : value >= to else { return values }
            values.append(value)
            if values.count > executor.limits.rows { throw tooManyRows("range") }
        }
    }
}
