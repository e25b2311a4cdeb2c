internal import Foundation
internal import JSON

/// The user pressed Ctrl-C.
struct Interrupted: Error {}

/// Asks the query API: shows progress while a query runs, and stops it at Ctrl-C.
struct Asking: Sendable {
    let client: APIClient
    let interrupts: Interrupts

    /// The answer's body.
    ///
    /// - Throws: `Interrupted`, or `CommandFailure` with what is wrong with the query.
    func ask(_ question: JSONObject) async throws -> JSON {
        let id = UUID().uuidString.lowercased()
        let client = client
        let presses = interrupts.begin()
        defer { interrupts.end() }
        return try await withThrowingTaskGroup(of: JSON?.self) { group in
            group.addTask {
                try await client.post(
                    "/api/query", json: .object(question),
                    headers: [
                        ("x-ms-client-request-id", id), ("Prefer", "include-statistics=true,include-render=true"),
                    ])
            }
            group.addTask {
                for await _ in presses { throw Interrupted() }
                return nil
            }
            if ProgressLine.isShown {
                group.addTask {
                    await ProgressLine(client: client, id: id).run()
                    return nil
                }
            }
            defer {
                // Closing the connection is what stops the query at the server.
                group.cancelAll()
                ProgressLine.clear()
            }
            while let finished = try await group.next() {
                if let answer = finished { return answer }
            }
            throw Interrupted()
        }
    }
}

/// Tells of Ctrl-C while something runs; otherwise it ends the program, as usual.
///
/// SAFETY: a dispatch source may be used from any thread, and is not changed after `init`.
final class Interrupts: @unchecked Sendable {
    private let source: any DispatchSourceSignal
    private let receiver = Locked<AsyncStream<Void>.Continuation?>(nil)

    init() {
        signal(SIGINT, SIG_IGN)
        source = DispatchSource.makeSignalSource(signal: SIGINT, queue: .global(qos: .userInteractive))
        source.setEventHandler { [receiver] in
            guard let waiting = receiver.value else { exit(130) }
            waiting.yield()
        }
        source.activate()
    }

    func begin() -> AsyncStream<Void> {
        let (presses, sender) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingOldest(1))
        receiver.value = sender
        return presses
    }

    func end() {
        receiver.value?.finish()
        receiver.value = nil
    }
}

/// One line on the terminal that tells how far a query is; it is gone when the query ends.
struct ProgressLine: Sendable {
    let client: APIClient
    let id: String

    /// Only where a person looks.
    static var isShown: Bool { isatty(STDERR_FILENO) == 1 }

    /// How often it changes.
    private static let interval = Duration.milliseconds(200)
    /// Quick queries show none.
    private static let delay = Duration.milliseconds(500)

    func run() async {
        let start = ContinuousClock.now
        do {
            try await Task.sleep(for: Self.delay)
            while true {
                // A server that does not answer now is asked again; the line then tells the time alone.
                let query = (try? await client.get("/api/queries/\(id)")) ?? .null
                let seconds = (ContinuousClock.now - start) / .seconds(1)
                Self.show(Self.text(query, seconds))
                try await Task.sleep(for: Self.interval)
            }
        } catch {
            // Cancelled: the query has ended.
        }
    }

    static func clear() {
        if isShown { show("") }
    }

    private static func text(_ query: JSON, _ seconds: Double) -> String {
        var parts = ["\((seconds * 10).rounded() / 10) s"]
        if query["state"] == "queued" { parts.append("waiting for its turn") }
        if let percent = query["percent"]?.doubleValue { parts.append("\(Int(percent)) % of the store's part") }
        if let rows = query["rows"]?.intValue, let stage = query["stage"]?.stringValue {
            parts.append("\(rows) rows after \(stage)")
        }
        return parts.joined(separator: ", ") + " – Ctrl-C stops it"
    }

    private static func show(_ text: String) {
        FileHandle.standardError.write(Data("\r\u{1B}[K\(text)".utf8))
    }
}
