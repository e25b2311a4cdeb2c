import EventStore
import KQL
import KQLFunctions
import KQLValues
import Synchronization

/// The KQL expressions that running queries have DuckDB call back for, by number.
final class ExpressionRegistry: Sendable {
    private struct State {
        var expressions: [Int: HostedExpression] = [:]
        var nextID = 1
    }

    private let state = Mutex(State())

    subscript(id: Int) -> HostedExpression? { state.withLock { $0.expressions[id] } }

    fileprivate func add(_ expression: HostedExpression) -> Int {
        state.withLock { state in
            defer { state.nextID += 1 }
            state.expressions[state.nextID] = expression
            return state.nextID
        }
    }

    fileprivate func remove(_ ids: [Int]) {
        state.withLock { state in
            for id in ids { state.expressions[id] = nil }
        }
    }
}

/// The expressions of one read session.
final class SessionExpressions: ExpressionHosting {
    private let registry: ExpressionRegistry
    private let ids = Mutex<[Int]>([])

    init(_ registry: ExpressionRegistry) {
        self.registry = registry
    }

    func register(_ expression: BoundExpression, over inputs: [ColumnSchema], context: EvaluationContext) -> Int {
        let id = registry.add(HostedExpression(expression, over: inputs, context: context))
        ids.withLock { $0.append(id) }
        return id
    }

    deinit {
        registry.remove(ids.withLock { $0 })
    }
}
