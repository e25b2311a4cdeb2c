import AsyncHTTPClient
import Foundation
import JSON
import NIOCore
import NIOHTTP1
import TestSupport
import Testing

/// A server that the tests of the ways in share; each test has tables of its own.
actor IntakeServer {
    private static let shared = IntakeServer()
    private var server: Task<RunningTocsin, any Error>?

    static func get() async throws -> RunningTocsin { try await shared.start().value }

    private func start() -> Task<RunningTocsin, any Error> {
        if let server { return server }
        let task = Task { try await RunningTocsin(data: try RunningTocsin.temporaryFolder()) }
        server = task
        return task
    }
}

extension RunningTocsin {
    /// Sends bytes with headers that say whose they are.
    func post(
        _ path: String, _ body: [UInt8], headers: [String: String], method: String = "POST"
    ) async throws -> Answer {
        var request = HTTPClientRequest(url: address + path)
        request.method = .init(rawValue: method)
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        request.body = .bytes(ByteBuffer(bytes: body))
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(60))
        let content = try await response.body.collect(upTo: 1 << 24)
        return Answer(
            status: Int(response.status.code),
            headers: Dictionary(response.headers.map { ($0.name.lowercased(), $0.value) }, uniquingKeysWith: { $1 }),
            text: String(buffer: content))
    }

    func post(
        _ path: String, _ body: String, headers: [String: String], method: String = "POST"
    ) async throws -> Answer {
        try await post(path, Array(body.utf8), headers: headers, method: method)
    }

    /// The one cell that a query gives.
    func number(_ query: String) async throws -> Int64? {
        try await self.query(query).first?.first?.intValue
    }

    /// Puts a resource and gives its JSON.
    func put(_ path: String, _ body: JSON) async throws -> (status: Int, json: JSON) {
        let answer = try await send("PUT", path, body: body.description, token: token)
        return (answer.status, try answer.json)
    }
}

/// Packs bytes as gzip with the system's program.
func gzipped(_ command: String) async throws -> [UInt8] {
    let file = try RunningTocsin.temporaryFolder().appending(path: "packed.gz")
    let run = try await Command.run(URL(filePath: "/bin/sh"), ["-c", "\(command) | gzip -9 > '\(file.path)'"])
    #expect(run.status == 0)
    return Array(try Data(contentsOf: file))
}
