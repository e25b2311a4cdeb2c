import KQLValues

/// Reads one argument of a call row by row; a constant argument gives its only value for every row.
struct Reader<Value: KernelArgument> {
    private let storage: Value.Storage?
    private let mask: Int

    init(_ call: ScalarCall, _ argument: Int) {
        if call.arguments.indices.contains(argument) {
            storage = Value.storage(of: call.arguments[argument])
            mask = call.isConstant[argument] ? 0 : -1
        } else {
            storage = nil
            mask = 0
        }
    }

    /// The argument's value for a row of the result, nil when it is null.
    subscript(row: Int) -> Value? {
        guard let storage else { return Value.absent }
        return Value.value(row & mask, in: storage)
    }
}

extension ScalarCall {
    func reader<Value: KernelArgument>(_ argument: Int, _: Value.Type = Value.self) -> Reader<Value> {
        Reader(self, argument)
    }

    /// Readers of all arguments from `first` on.
    func readers<Value: KernelArgument>(from first: Int, _: Value.Type = Value.self) -> [Reader<Value>] {
        arguments.indices.dropFirst(first).map { Reader(self, $0) }
    }

    /// The value of an argument that must be known before the rows are seen; nil when it is absent, null or not constant.
    func constant<Value: KernelArgument>(_ argument: Int, _: Value.Type = Value.self) -> Value? {
        guard arguments.indices.contains(argument), isConstant[argument], arguments[argument].count > 0 else {
            return nil
        }
        return Value.value(0, in: Value.storage(of: arguments[argument]))
    }
}
