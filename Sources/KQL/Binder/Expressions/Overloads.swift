import KQLFunctions
import KQLSyntax
import KQLValues

/// A signature that accepts some arguments, and what they become.
struct ChosenSignature {
    let arguments: [BoundExpression]
    let result: KQLType
}

/// Which silent conversions are allowed.
private enum Leniency: CaseIterable {
    /// Numbers may be widened.
    case promotion
    /// Dynamic values may be unpacked too.
    case unpacking
    /// Anything may be packed into a dynamic too.
    case packing
}

extension Binder {
    /// The first signature that accepts the arguments, with the arguments converted to it.
    func choose(_ signatures: [Signature], for arguments: [BoundExpression]) -> ChosenSignature? {
        for leniency in Leniency.allCases {
            for signature in signatures {
                if let chosen = accept(signature, arguments, leniency) { return chosen }
            }
        }
        return nil
    }

    private func accept(
        _ signature: Signature, _ arguments: [BoundExpression], _ leniency: Leniency
    ) -> ChosenSignature? {
        guard let parameters = signature.parameters(for: arguments.count) else { return nil }
        let shared = zip(parameters, arguments).filter { $0.0.type == .common }.map(\.1)
        let common = commonType(of: shared, leniency)
        if !shared.isEmpty, common == nil { return nil }
        var converted: [BoundExpression] = []
        for (parameter, argument) in zip(parameters, arguments) {
            if parameter.mustBeConstant, !argument.isConstant { return nil }
            guard let fitting = fit(argument, to: parameter.type, common: common, leniency) else { return nil }
            converted.append(fitting)
        }
        return ChosenSignature(arguments: converted, result: resultType(signature.result, converted, common: common))
    }

    private func fit(
        _ argument: BoundExpression, to type: ParameterType, common: KQLType?, _ leniency: Leniency
    ) -> BoundExpression? {
        switch type {
        case .any: return argument
        case .exactly(let wanted): return convert(argument, to: wanted, leniency)
        case .common: return common.flatMap { convert(argument, to: $0, leniency) }
        case .number:
            if argument.type.isNumeric { return argument }
            return leniency != .promotion && argument.type == .dynamic ? .convert(argument, to: .real) : nil
        case .oneOf(let types):
            if types.contains(argument.type) { return argument }
            for type in types {
                if let converted = convert(argument, to: type, leniency) { return converted }
            }
            return nil
        }
    }

    private func convert(_ argument: BoundExpression, to type: KQLType, _ leniency: Leniency) -> BoundExpression? {
        if argument.type == type { return argument }
        if argument.type.widens(to: type) { return folded(.convert(argument, to: type)) }
        guard leniency != .promotion else { return nil }
        if argument.type == .dynamic || leniency == .packing && type == .dynamic {
            return folded(.convert(argument, to: type))
        }
        if case .constant(let value) = argument, value.isNull { return .constant(.missing(type)) }
        return nil
    }

    private func commonType(of arguments: [BoundExpression], _ leniency: Leniency) -> KQLType? {
        guard var common = arguments.first?.type else { return nil }
        for argument in arguments.dropFirst() where argument.type != common {
            if argument.type.widens(to: common) { continue }
            if common.widens(to: argument.type) {
                common = argument.type
            } else if leniency == .packing, argument.type == .dynamic || common == .dynamic {
                common = .dynamic
            } else {
                return nil
            }
        }
        return common
    }

    private func resultType(_ rule: ResultRule, _ arguments: [BoundExpression], common: KQLType?) -> KQLType {
        switch rule {
        case .type(let type): return type
        case .argument(let index): return arguments.indices.contains(index) ? arguments[index].type : .dynamic
        case .common: return common ?? .dynamic
        case .arithmetic: return common == .int ? .long : common ?? .long
        case .namedByArgument(let index, let fallback):
            guard arguments.indices.contains(index), case .constant(.string(let name)) = arguments[index] else {
                return fallback
            }
            return KQLType(name: name) ?? fallback
        }
    }
}

extension KQLType {
    /// Whether values become another number type without being asked.
    func widens(to type: KQLType) -> Bool {
        switch (self, type) {
        case (.int, .long), (.int, .real), (.int, .decimal), (.long, .real), (.long, .decimal), (.real, .decimal): true
        default: false
        }
    }
}

extension Signature {
    /// One parameter per argument, or nil when the count does not fit.
    fileprivate func parameters(for count: Int) -> [Parameter]? {
        guard let first = parameters.firstIndex(where: { $0.isRepeated }) else {
            let required = parameters.count { if case .required = $0.arity { true } else { false } }
            return count >= required && count <= parameters.count ? Array(parameters.prefix(count)) : nil
        }
        let head = parameters[..<first]
        let block = parameters[first...].prefix { $0.isRepeated }
        let tail = parameters[(first + block.count)...]
        let required = head.count { if case .required = $0.arity { true } else { false } }
        let inBlock = count - head.count - tail.count
        if inBlock < 0 { return count >= required && tail.isEmpty ? Array(head.prefix(count)) : nil }
        guard inBlock % block.count == 0 else { return nil }
        return head + Array(repeating: Array(block), count: inBlock / block.count).flatMap(\.self) + tail
    }
}

extension Signature {
    /// `case` with some arguments: conditions and values in turn, then the value for the rest.
    static func caseCall(_ count: Int) -> Signature {
        let parameters = (0..<max(3, count)).map { index in
            index % 2 == 0 && index < count - 1 ? Parameter("if", .exactly(.bool)) : Parameter("then", .common)
        }
        return Signature(parameters, returns: .common)
    }
}

extension Parameter {
    fileprivate var isRepeated: Bool { if case .repeated = arity { true } else { false } }
}
