public import KQL
internal import Synchronization

/// The functions that every query may call: those that ship as content, and those that people keep in the workspace.
public final class FunctionLibrary: Sendable {
    private struct State {
        var functions: [String: SavedFunction]
        /// Readings begun, and the youngest that was taken over.
        var begun = 0
        var taken = 0
    }

    private let shipped: [String: SavedFunction]
    private let state: Mutex<State>

    /// - Parameter shipped: by name.
    public init(shipped: [String: SavedFunction] = [:]) {
        self.shipped = shipped
        state = Mutex(State(functions: shipped))
    }

    /// By name.
    public var functions: [String: SavedFunction] { state.withLock { $0.functions } }

    /// Takes over what the workspace keeps now; a function of its own stands before a shipped one of the same name.
    ///
    /// - Parameter read: reads what is kept; of two readings at once the one that began later counts.
    public func renewKept(_ read: () async throws -> [SavedFunction]) async rethrows {
        let turn = state.withLock { state in
            state.begun += 1
            return state.begun
        }
        let all = try await read().reduce(into: shipped) { $0[$1.name] = $1 }
        state.withLock { state in
            guard turn > state.taken else { return }
            state.taken = turn
            state.functions = all
        }
    }
}
