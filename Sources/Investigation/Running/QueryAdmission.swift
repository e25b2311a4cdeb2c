internal import Foundation

/// Decides which queries run, wait or are turned away; no clock, no waiting of its own.
struct QueryAdmission {
    enum Decision: Equatable {
        case start
        case wait
        case refuse(QueryProblem)
    }

    private let limits: QueryLimits
    private var running: [UUID: String] = [:]
    /// In order of arrival.
    private var waiting: [(id: UUID, asker: String)] = []

    init(_ limits: QueryLimits) {
        self.limits = limits
    }

    var waitingCount: Int { waiting.count }

    mutating func arrive(_ id: UUID, of asker: String) -> Decision {
        if mayStart(asker) {
            running[id] = asker
            return .start
        }
        guard waiting.count < limits.queued else {
            return .refuse(
                QueryProblem(
                    code: .throttled,
                    message: "\(waiting.count) queries wait already, which is the limit (queries.queued)",
                    hint: "try again later"))
        }
        waiting.append((id, asker))
        return .wait
    }

    /// A query that ran has ended, or one that waited gives up. Gives those that start now.
    mutating func leave(_ id: UUID) -> [UUID] {
        running[id] = nil
        waiting.removeAll { $0.id == id }
        var starting: [UUID] = []
        while let next = waiting.firstIndex(where: { mayStart($0.asker) }) {
            let query = waiting.remove(at: next)
            running[query.id] = query.asker
            starting.append(query.id)
        }
        return starting
    }

    private func mayStart(_ asker: String) -> Bool {
        running.count < limits.concurrent
            && running.values.count { $0 == asker } < limits.concurrentPerAsker
    }
}
