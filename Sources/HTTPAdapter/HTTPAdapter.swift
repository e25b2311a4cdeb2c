internal import AsyncHTTPClient
internal import Chronology
internal import Foundation
internal import JSON
internal import NIOCore
internal import NIOHTTP1
internal import OrderedCollections
public import Response
public import Workflow

/// Sends playbooks' requests through AsyncHTTPClient.
///
/// The host's name is resolved first, its addresses are checked against the policy, and the connection goes to the
/// very address that was checked: a name that resolves to something else a moment later gains nothing.
public struct HTTPAdapter: HTTPPort {
    public init() {}

    public func send(
        _ request: OutgoingRequest, policy: OutgoingPolicy
    ) async throws(OperationFailure) -> WorkflowAnswer {
        let answer = try await exchange(request, policy: policy)
        return WorkflowAnswer(statusCode: answer.status, headers: answer.headers, bytes: answer.bytes)
    }

    /// An answer as it came.
    struct RawAnswer {
        let status: Int
        let headers: JSONObject
        let bytes: [UInt8]

        func header(_ name: String) -> String? {
            headers.first { $0.key.lowercased() == name }?.value.stringValue
        }
    }

    /// Sends a request as `send` does, and gives the answer's bytes.
    func exchange(
        _ request: OutgoingRequest, policy: OutgoingPolicy
    ) async throws(OperationFailure) -> RawAnswer {
        guard let parts = URLComponents(string: request.uri), let host = parts.host, !host.isEmpty else {
            throw OperationFailure(
                code: "InvalidUri", message: "'\(request.uri.prefix(200))' is no address", isTransient: false)
        }
        let port = parts.port ?? (parts.scheme?.lowercased() == "https" ? 443 : 80)
        let address = try await HostResolver.permitted(host: host, port: port, policy: policy)
        let client = HTTPClient(
            eventLoopGroup: HTTPClient.defaultEventLoopGroup,
            configuration: configuration(host: host, address: address))
        let outcome = await exchange(request, through: client, policy: policy)
        do {
            try await client.shutdown()
        } catch {
            // The exchange is over either way; a connection that does not close properly has no part in its outcome.
        }
        return try outcome.get()
    }

    private func configuration(host: String, address: NetworkAddress) -> HTTPClient.Configuration {
        var configuration = HTTPClient.Configuration()
        configuration.redirectConfiguration = .disallow
        configuration.timeout.connect = .seconds(15)
        // A workflow's own policy says whether to try again.
        configuration.connectionPool.retryConnectionEstablishment = false
        if NetworkAddress(host) == nil { configuration.dnsOverride = [host: address.description] }
        return configuration
    }

    private func exchange(
        _ request: OutgoingRequest, through client: HTTPClient, policy: OutgoingPolicy
    ) async -> Result<RawAnswer, OperationFailure> {
        var outgoing = HTTPClientRequest(url: request.uri)
        outgoing.method = HTTPMethod(rawValue: request.method)
        outgoing.headers.add(name: "User-Agent", value: "Tocsin")
        for (name, value) in request.headers where !Self.isForbidden(name) {
            outgoing.headers.replaceOrAdd(name: name, value: value.stringValue ?? value.description)
        }
        if !request.body.isEmpty { outgoing.body = .bytes(request.body) }
        do {
            let timeout = TimeAmount.milliseconds(Int64(policy.timeout.seconds * 1000))
            let response = try await client.execute(outgoing, timeout: timeout)
            let body = try await response.body.collect(upTo: policy.maximumResponseBytes)
            return .success(
                RawAnswer(
                    status: Int(response.status.code), headers: Self.headers(response.headers),
                    bytes: Array(body.readableBytesView)))
        } catch is NIOTooManyBytesError {
            return .failure(
                OperationFailure(
                    code: "ResponseTooLarge",
                    message: "the answer is larger than \(policy.maximumResponseBytes) bytes", isTransient: false))
        } catch {
            return .failure(
                OperationFailure(
                    code: "ConnectionFailed", message: "the request to \(request.uri.prefix(200)) failed: \(error)",
                    isTransient: true))
        }
    }

    /// Headers that belong to the connection, not to the request.
    private static func isForbidden(_ name: String) -> Bool {
        ["host", "content-length", "transfer-encoding", "connection"].contains(name.lowercased())
    }

    /// Headers of one name are joined by commas.
    private static func headers(_ headers: HTTPHeaders) -> JSONObject {
        var result = JSONObject()
        for (name, value) in headers {
            let earlier = result[name]?.stringValue
            result[name] = .string(earlier.map { "\($0), \(value)" } ?? value)
        }
        return result
    }
}
