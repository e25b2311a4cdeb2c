internal import AsyncHTTPClient
internal import Foundation
internal import JSON
internal import NIOCore
internal import NIOHTTP1
internal import NIOSSL

/// Why the hub did not take something.
struct HubFailure: Error, CustomStringConvertible {
    /// Whether the same request would be refused for ever.
    let isFinal: Bool
    /// The status that the hub answered with; nil when it gave no answer.
    var status: Int?
    let description: String
}

/// Requests to the hub, with the sensor's token.
final class HubClient: Sendable {
    private let address: String
    private let token: String
    private let client: HTTPClient

    init(_ settings: Settings.Sensor) throws {
        address = settings.hub
        token = settings.token
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        configuration.timeout = .init(connect: .seconds(10), read: .seconds(60))
        // What is sent in vain is sent again by who sends it.
        configuration.connectionPool.retryConnectionEstablishment = false
        if let file = settings.caFile {
            var tls = TLSConfiguration.makeClientConfiguration()
            tls.additionalTrustRoots = [.file(file)]
            configuration.tlsConfiguration = tls
        }
        client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    func close() async throws { try await client.shutdown() }

    /// Posts a body and gives the answer.
    ///
    /// - Throws: `HubFailure`; final only for a body that the hub calls wrong.
    @discardableResult
    func post(_ path: String, _ body: [UInt8], type: String) async throws -> [UInt8] {
        var request = HTTPClientRequest(url: address + path)
        request.method = .POST
        request.headers.add(name: "Authorization", value: "Bearer \(token)")
        request.headers.add(name: "Content-Type", value: type)
        request.body = .bytes(body, length: .known(Int64(body.count)))
        let response: HTTPClientResponse
        do {
            response = try await client.execute(request, timeout: .seconds(120))
        } catch let error as CancellationError {
            throw error
        } catch {
            throw HubFailure(isFinal: false, description: "the hub \(address) cannot be reached: \(error)")
        }
        let answer = Array((try await response.body.collect(upTo: 16 << 20)).readableBytesView)
        guard (200..<300).contains(response.status.code) else {
            let text = String(decoding: answer.prefix(500), as: UTF8.self)
            let status = Int(response.status.code)
            throw HubFailure(
                isFinal: [400, 413, 422].contains(status), status: status,
                description: "the hub \(address) answered \(status): \(text)")
        }
        return answer
    }

    func post(_ path: String, json: JSON) async throws {
        try await post(path, Array(json.description.utf8), type: "application/json")
    }
}
