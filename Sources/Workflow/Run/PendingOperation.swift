internal import Chronology
internal import JSON

/// An operation that an action waits for.
struct PendingOperation: Sendable {
    enum Phase: Sendable {
        /// Asked for, not answered.
        case asked
        /// To be asked for again when its timer fires.
        case paused
        /// Subscribed; waits for its callback.
        case subscribed
    }

    var request: OperationRequest
    var phase = Phase.asked
    let policy: RetryPolicy
    let pollsAsynchronousAnswers: Bool
    let startTime: Instant

    var awaitsCallback: Bool {
        switch request.call {
        case .subscribe, .subscribeOverHTTP: true
        case .http, .connector, .workflow: false
        }
    }
}

/// Something that a time brings about.
struct RunTimer: Sendable, Hashable {
    enum Purpose: Sendable, Hashable {
        case wait
        case timeout
        /// Ask again: a retry, or the next poll of an asynchronous operation.
        case ask
    }

    var purpose: Purpose
    var time: Instant
}
