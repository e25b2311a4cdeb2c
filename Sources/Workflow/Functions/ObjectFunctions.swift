internal import JSON

/// `addProperty`, `setProperty`, `removeProperty`.
enum ObjectFunctions {
    static let all: [WorkflowFunction] = [
        .init("addProperty", 3...3) { arguments, _ throws(ExpressionError) in
            var members = try arguments.object(0)
            let name = try arguments.text(1)
            guard members[name] == nil else {
                throw ExpressionError(
                    .wrongArgument, "'addProperty': the object already has '\(name)'; use 'setProperty' to replace it")
            }
            members[name] = arguments[2]
            return .object(members)
        },
        .init("setProperty", 3...3) { arguments, _ throws(ExpressionError) in
            var members = try arguments.object(0)
            members[try arguments.text(1)] = arguments[2]
            return .object(members)
        },
        .init("removeProperty", 2...2) { arguments, _ throws(ExpressionError) in
            var members = try arguments.object(0)
            members[try arguments.text(1)] = nil
            return .object(members)
        },
    ]
}
