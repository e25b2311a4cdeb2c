import EventStore
import Foundation

/// What the server, or the way to it, answered instead of a result.
struct ServerFailure: Error {
    let error: EventStoreError
    /// Whether the same request may succeed later.
    let isTransient: Bool

    /// The way to the server failed.
    init(unreachable address: String, _ reason: String) {
        error = EventStoreError(
            .unavailable,
            "ClickHouse at \(address) cannot be reached (\(reason)): check that it runs, and events.clickhouse.url, "
                + "its certificate and the network between.")
        isTransient = true
    }

    /// An exception of the server, by its code (`X-ClickHouse-Exception-Code`, else out of the text).
    init(code: Int?, message: String, writing: Bool) {
        let text = String(message.prefix(2000)).trimmingCharacters
        let code = code ?? ServerFailure.code(in: message)
        isTransient = code.map(ServerFailure.transientCodes.contains) ?? false
        error = EventStoreError(
            ServerFailure.portCode(code, isTransient: isTransient, writing: writing),
            "ClickHouse answered: \(text)\(ServerFailure.remedy(code))")
    }

    /// What came back is no result.
    init(malformed reason: String, writing: Bool = false) {
        error = EventStoreError(writing ? .writeFailed : .queryFailed, "ClickHouse's answer cannot be read: \(reason)")
        isTransient = false
    }

    private init(_ error: EventStoreError) {
        self.error = error
        isTransient = false
    }

    static let closed = ServerFailure(EventStoreError(.closed, "The event store is closed."))
    static let cancelled = ServerFailure(EventStoreError(.cancelled, "The query was cancelled."))

    /// Codes of `src/Common/ErrorCodes.cpp` that tell of a state that passes: overload, lost peers, a keeper that is away,
    /// a table that is read-only for the moment, an insert whose outcome is unknown.
    private static let transientCodes: Set<Int> = [
        159, 164, 202, 203, 209, 210, 225, 236, 241, 242, 243, 252, 254, 279, 285, 286, 319, 364, 425, 439, 473, 519,
        999,
    ]

    private static func portCode(_ code: Int?, isTransient: Bool, writing: Bool) -> EventStoreError.Code {
        switch code {
        case 159, 160: writing ? .unavailable : .timeout
        case 394: .cancelled
        case 241, 307, 158, 396: writing ? .unavailable : .outOfMemory
        case 192, 193, 194, 516: .unavailable
        default: isTransient ? .unavailable : writing ? .writeFailed : .queryFailed
        }
    }

    private static func remedy(_ code: Int?) -> String {
        switch code {
        case 192, 193, 194, 516: " (check events.clickhouse.user and its password)"
        case 497: " (the user lacks a right: docs/scaling.md lists those it needs)"
        case 252: " (parts are made faster than merged: send larger batches or add disks)"
        case 243: " (the server's disk is full)"
        default: ""
        }
    }

    /// The number in `Code: 60. DB::Exception: …`.
    private static func code(in message: String) -> Int? {
        guard let start = message.range(of: "Code: ") else { return nil }
        return Int(message[start.upperBound...].prefix { $0.isNumber })
    }
}

extension String {
    fileprivate var trimmingCharacters: Substring {
        var text = Substring(self)
        while let last = text.last, last.isWhitespace { text.removeLast() }
        return text
    }
}
