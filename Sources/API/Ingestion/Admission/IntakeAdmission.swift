internal import Synchronization

/// How much the ways in over HTTP may have under way at once, and how large and slow a request may be.
public struct IntakeLimits: Sendable {
    /// Requests at a time; a further one is told to come again.
    public var requests = 64
    /// Bytes of bodies held as a whole at a time, over all requests.
    public var bytes = 128 << 20
    /// The largest body that is held as a whole, unpacked.
    public var bodyBytes = 32 << 20
    /// The pace below which a body is given up, in bytes per second on average.
    public var slowestPace = 1024
    /// For how long a body may be slower, in seconds.
    public var patience = 20.0

    public init() {}
}

/// Counts what the ways in have under way, so that a flood is turned away at the door and not held in memory.
public final class IntakeAdmission: Sendable {
    public let limits: IntakeLimits
    private let state = Mutex((requests: 0, bytes: 0))

    public init(_ limits: IntakeLimits = IntakeLimits()) {
        self.limits = limits
    }

    /// Whether a request would be turned away now.
    var isFull: Bool {
        state.withLock { $0.requests >= limits.requests || $0.bytes >= limits.bytes }
    }

    /// Runs `body` as one request under way.
    ///
    /// - Throws: `IntakeFailure` with reason `busy`, or what `body` throws.
    func admit<Result>(_ body: (IntakePass) async throws -> Result) async throws -> Result {
        let isIn = state.withLock { state in
            guard state.requests < limits.requests else { return false }
            state.requests += 1
            return true
        }
        guard isIn else { throw IntakeFailure(.busy, "too many requests are under way; come again") }
        let pass = IntakePass(self)
        defer {
            state.withLock {
                $0.requests -= 1
                $0.bytes -= pass.held
            }
        }
        return try await body(pass)
    }

    fileprivate func reserve(_ count: Int) -> Bool {
        state.withLock { state in
            guard state.bytes + count <= limits.bytes else { return false }
            state.bytes += count
            return true
        }
    }
}

/// The room one request takes.
final class IntakePass: Sendable {
    private let admission: IntakeAdmission
    private let count = Mutex(0)

    fileprivate init(_ admission: IntakeAdmission) {
        self.admission = admission
    }

    var limits: IntakeLimits { admission.limits }
    fileprivate var held: Int { count.withLock { $0 } }

    /// Takes room for some bytes until the request is done.
    ///
    /// - Throws: `IntakeFailure` with reason `busy`.
    func reserve(_ bytes: Int) throws(IntakeFailure) {
        guard admission.reserve(bytes) else {
            throw IntakeFailure(.busy, "too many bytes are under way; come again")
        }
        count.withLock { $0 += bytes }
    }
}
