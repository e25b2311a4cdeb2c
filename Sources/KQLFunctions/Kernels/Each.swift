import KQLValues

/// What a function does with the arguments of all rows.
typealias Evaluation = @Sendable (ScalarCall) throws(EvaluationError) -> Column

/// Computes each row of the result by itself; a nil makes the row null.
func eachRow<R: KernelResult>(
    _ call: ScalarCall, _ body: (Int) throws(EvaluationError) -> R?
) throws(EvaluationError) -> Column {
    var output = R.output(capacity: call.rowCount)
    for row in 0..<call.rowCount { R.append(try body(row), to: &output) }
    return R.column(output, call.resultType)
}

/// A function of one argument, row by row. Nulls give null unless the argument is taken as an optional.
func each<A: KernelArgument, R: KernelResult>(
    _ body: @escaping @Sendable (A) throws(EvaluationError) -> R?
) -> Evaluation {
    { call throws(EvaluationError) in
        let first = call.reader(0, A.self)
        return try eachRow(call) { row throws(EvaluationError) -> R? in
            guard let a = first[row] else { return nil }
            return try body(a)
        }
    }
}

/// A function of two arguments, row by row.
func each<A: KernelArgument, B: KernelArgument, R: KernelResult>(
    _ body: @escaping @Sendable (A, B) throws(EvaluationError) -> R?
) -> Evaluation {
    { call throws(EvaluationError) in
        let first = call.reader(0, A.self)
        let second = call.reader(1, B.self)
        return try eachRow(call) { row throws(EvaluationError) -> R? in
            guard let a = first[row], let b = second[row] else { return nil }
            return try body(a, b)
        }
    }
}

/// A function of three arguments, row by row.
func each<A: KernelArgument, B: KernelArgument, C: KernelArgument, R: KernelResult>(
    _ body: @escaping @Sendable (A, B, C) throws(EvaluationError) -> R?
) -> Evaluation {
    { call throws(EvaluationError) in
        let first = call.reader(0, A.self)
        let second = call.reader(1, B.self)
        let third = call.reader(2, C.self)
        return try eachRow(call) { row throws(EvaluationError) -> R? in
            guard let a = first[row], let b = second[row], let c = third[row] else { return nil }
            return try body(a, b, c)
        }
    }
}

/// A function of four arguments, row by row.
func each<A: KernelArgument, B: KernelArgument, C: KernelArgument, D: KernelArgument, R: KernelResult>(
    _ body: @escaping @Sendable (A, B, C, D) throws(EvaluationError) -> R?
) -> Evaluation {
    { call throws(EvaluationError) in
        let first = call.reader(0, A.self)
        let second = call.reader(1, B.self)
        let third = call.reader(2, C.self)
        let fourth = call.reader(3, D.self)
        return try eachRow(call) { row throws(EvaluationError) -> R? in
            guard let a = first[row], let b = second[row], let c = third[row], let d = fourth[row] else { return nil }
            return try body(a, b, c, d)
        }
    }
}

/// A function of one value and any number of like ones, row by row; the list starts at argument `first`.
func eachList<A: KernelArgument, R: KernelResult>(
    from first: Int = 0, _ body: @escaping @Sendable ([A]) throws(EvaluationError) -> R?
) -> Evaluation {
    { call throws(EvaluationError) in
        let readers = call.readers(from: first, A.self)
        return try eachRow(call) { row throws(EvaluationError) -> R? in
            var values: [A] = []
            values.reserveCapacity(readers.count)
            for reader in readers {
                guard let value = reader[row] else { return nil }
                values.append(value)
            }
            return try body(values)
        }
    }
}
