internal import AsyncHTTPClient
internal import Foundation
internal import JSON
internal import NIOCore
internal import NIOFoundationEssentialsCompat
internal import NIOHTTP1

/// A client of Tocsin's own API.
struct APIClient: Sendable {
    private let http: HTTPClient
    private let address: String
    private let token: String

    init(address: String, token: String) {
        self.address = address
        self.token = token
        var configuration = HTTPClient.Configuration.singletonConfiguration
        // Where no server listens, the command says so at once.
        configuration.connectionPool.retryConnectionEstablishment = false
        http = HTTPClient(configuration: configuration)
    }

    func close() async throws {
        try await http.shutdown()
    }

    func get(_ path: String) async throws -> JSON {
        try await send(.GET, path, body: nil, type: nil)
    }

    /// All values of a list, page by page.
    func pages(_ path: String) async throws -> [JSON] {
        var values: [JSON] = []
        var token: String?
        repeat {
            let mark = path.contains("?") ? "&" : "?"
            let page = try await get(path + (token.map { "\(mark)$skipToken=\(APIClient.escaped($0))" } ?? ""))
            values += page["value"]?.arrayValue ?? []
            let next = page["nextLink"]?.stringValue.flatMap { URLComponents(string: $0) }
            let found = next?.queryItems?.first { $0.name.lowercased() == "$skiptoken" }?.value
            token = found == token ? nil : found
        } while token != nil
        return values
    }

    func delete(_ path: String) async throws -> JSON {
        try await send(.DELETE, path, body: nil, type: nil)
    }

    func post(
        _ path: String, json: JSON, headers: [(name: String, value: String)] = []
    ) async throws -> JSON {
        try await send(
            .POST, path, body: ByteBuffer(string: json.description), type: "application/json", headers: headers)
    }

    func put(_ path: String, json: JSON) async throws -> JSON {
        try await send(.PUT, path, body: ByteBuffer(string: json.description), type: "application/json")
    }

    func post(_ path: String, bytes: Data, type: String) async throws -> JSON {
        try await send(.POST, path, body: ByteBuffer(data: bytes), type: type)
    }

    private func send(
        _ method: HTTPMethod, _ path: String, body: ByteBuffer?, type: String?,
        headers: [(name: String, value: String)] = []
    ) async throws -> JSON {
        var request = HTTPClientRequest(url: address + path)
        request.method = method
        request.headers.add(name: "Authorization", value: "Bearer \(token)")
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        if let type { request.headers.add(name: "Content-Type", value: type) }
        if let body { request.body = .bytes(body) }
        let response = try await http.execute(request, timeout: .hours(1))
        let answer = try await response.body.collect(upTo: 1 << 30)
        let text = String(buffer: answer)
        let json = text.isEmpty ? JSON.null : try JSON(parsing: text)
        guard (200..<300).contains(Int(response.status.code)) else {
            throw CommandFailure(APIClient.failure(json) ?? "the server answered \(response.status)")
        }
        return json
    }

    /// The deepest message of an error answer, with its place in the query.
    private static func failure(_ json: JSON) -> String? {
        guard var error = json["error"] else { return nil }
        while let inner = error["innererror"] { error = inner }
        guard let message = error["message"]?.stringValue else { return nil }
        guard let line = error["line"]?.intValue, let position = error["pos"]?.intValue else {
            return message
        }
        return "line \(line), column \(position): \(message)"
    }

    /// A text as a query value.
    static func escaped(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
    }
}
