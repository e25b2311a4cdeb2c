internal import Chronology
internal import Dispatch
internal import Foundation
internal import JSON
public import KQL
internal import Records
public import Response
internal import Synchronization
internal import Workflow

/// What queries may reach: the addresses of an allow-list, of public hosts unless the policy names a private one.
public struct AllowedWeb: ExternalSource {
    private let patterns: [AddressPattern]
    private let policy: OutgoingPolicy

    /// - Parameter patterns: at least one; without any there should be no source at all.
    public init(_ patterns: [AddressPattern], policy: OutgoingPolicy) {
        self.patterns = patterns
        var policy = policy
        policy.setting = "externalData.allowedPrivateHosts"
        self.policy = policy
    }

    public func send(
        _ request: ExternalRequest, isCancelled: @escaping @Sendable () -> Bool
    ) throws(ExecutionError) -> ExternalAnswer {
        let exchange = Exchange()
        // The query's thread waits for this task's end and cancels it when the query should stop.
        let task = Task { exchange.end(await answer(to: request)) }
        while true {
            if let result = exchange.wait(milliseconds: 20) { return try unpacked(try result.get(), request) }
            if isCancelled() {
                task.cancel()
                throw ExecutionError(.cancelled, "the query was stopped while it waited for \(shown(request.address))")
            }
        }
    }

    private func answer(to first: ExternalRequest) async -> Result<ExternalAnswer, ExecutionError> {
        var request = OutgoingRequest(
            method: first.method.rawValue, uri: first.address,
            headers: JSONObject(first.headers.map { ($0.key, .string($0.value)) }, uniquingKeysWith: { $1 }),
            body: first.body)
        for _ in 0...policy.maximumRedirects {
            guard patterns.contains(where: { $0.matches(request.uri) }) else { return .failure(denied(request.uri)) }
            let answer: HTTPAdapter.RawAnswer
            do {
                answer = try await HTTPAdapter().exchange(request, policy: policy)
            } catch {
                return .failure(Self.failure(error))
            }
            guard [301, 302, 303, 307, 308].contains(answer.status), request.method == "GET",
                let location = answer.header("location"),
                let next = URL(string: location, relativeTo: URL(string: request.uri))?.absoluteURL
            else { return .success(Self.answer(answer)) }
            if next.host != URL(string: request.uri)?.host {
                request.headers = request.headers.filter {
                    !["authorization", "cookie"].contains($0.key.lowercased())
                }
            }
            request.uri = next.absoluteString
        }
        return .failure(
            ExecutionError(.external, "more than \(policy.maximumRedirects) redirects from \(shown(first.address))"))
    }

    private func unpacked(
        _ answer: ExternalAnswer, _ request: ExternalRequest
    ) throws(ExecutionError) -> ExternalAnswer {
        guard request.unpacks else { return answer }
        var answer = answer
        do {
            answer.body = try PackedFile.content(of: answer.body, limit: policy.maximumResponseBytes)
        } catch .tooLarge(let limit) {
            throw ExecutionError(
                .byteLimit, "\(shown(request.address)): \(PackedFile.Fault.tooLarge(limit)) (externalData.maximumBytes)"
            )
        } catch {
            throw ExecutionError(.external, "\(shown(request.address)): \(error)")
        }
        return answer
    }

    private func denied(_ address: String) -> ExecutionError {
        ExecutionError(
            .notAllowed,
            "queries may not reach \(shown(address)): no pattern of externalData.allow covers it; an administrator can "
                + "add one (docs/security.md)")
    }

    private static func answer(_ raw: HTTPAdapter.RawAnswer) -> ExternalAnswer {
        ExternalAnswer(
            status: raw.status,
            headers: Dictionary(
                raw.headers.map { ($0.key, $0.value.stringValue ?? "") }, uniquingKeysWith: { $1 }),
            body: raw.bytes)
    }

    private static func failure(_ failure: OperationFailure) -> ExecutionError {
        switch failure.code {
        case "AddressDenied": ExecutionError(.notAllowed, failure.message)
        case "ResponseTooLarge": ExecutionError(.byteLimit, "\(failure.message) (externalData.maximumBytes)")
        default: ExecutionError(.external, failure.message)
        }
    }

    /// An address without its query, which may hold a signature.
    private func shown(_ address: String) -> String {
        String(address.prefix { $0 != "?" }.prefix(200))
    }
}

/// Passes the outcome of a task to a thread that waits.
private final class Exchange: Sendable {
    private let result = Mutex<Result<ExternalAnswer, ExecutionError>?>(nil)
    private let isOver = DispatchSemaphore(value: 0)

    func end(_ outcome: Result<ExternalAnswer, ExecutionError>) {
        result.withLock { $0 = outcome }
        isOver.signal()
    }

    /// Nil when it is not over after that time.
    func wait(milliseconds: Int) -> Result<ExternalAnswer, ExecutionError>? {
        guard isOver.wait(timeout: .now() + .milliseconds(milliseconds)) == .success else { return nil }
        return result.withLock { $0 }
    }
}
