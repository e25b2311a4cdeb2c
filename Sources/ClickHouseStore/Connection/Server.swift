import AsyncHTTPClient
import EventStore
import Foundation
import NIOCore
import NIOHTTP1
import NIOSSL

/// The HTTP interface of a ClickHouse server.
final class Server: Sendable {
    let options: ClickHouseOptions
    private let client: HTTPClient
    private let address: String

    init(_ options: ClickHouseOptions) throws(EventStoreError) {
        guard let scheme = options.url.scheme?.lowercased(), ["http", "https"].contains(scheme), options.url.host != nil
        else {
            throw EventStoreError(
                .cannotOpen, "events.clickhouse.url is '\(options.url)'; it must be like 'https://clickhouse:8443'.")
        }
        self.options = options
        address = "\(scheme)://\(options.url.host ?? "")\(options.url.port.map { ":\($0)" } ?? "")"
        var configuration = HTTPClient.Configuration()
        configuration.redirectConfiguration = .disallow
        configuration.timeout.connect = .seconds(10)
        configuration.connectionPool.idleTimeout = .seconds(20)
        // `Connection` tries again; until then a server that is away is told of at once.
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = options.readers + options.writers + 4
        configuration.httpVersion = .http1Only
        if let file = options.caFile {
            var tls = TLSConfiguration.makeClientConfiguration()
            do {
                tls.additionalTrustRoots = [.certificates(try NIOSSLCertificate.fromPEMFile(file))]
            } catch {
                throw EventStoreError(
                    .cannotOpen,
                    "events.clickhouse.caFile '\(file)' cannot be read as PEM certificates: \(error)")
            }
            configuration.tlsConfiguration = tls
        }
        client = HTTPClient(eventLoopGroup: HTTPClient.defaultEventLoopGroup, configuration: configuration)
    }

    deinit {
        // Nothing is under way any more; a connection that does not close properly harms nobody.
        client.shutdown(queue: .global()) { _ in }
    }

    /// Runs a statement and gives its answer in parts as they arrive.
    func run(
        _ statement: Statement, writing: Bool = false, _ part: (inout ByteBuffer) throws(ServerFailure) -> Void
    ) async throws(ServerFailure) {
        let request = request(for: statement)
        do {
            // The server ends by itself in time; the deadline here is for one that does not answer any more.
            let response = try await client.execute(
                request, timeout: .milliseconds(Int64(statement.seconds * 1000) + 5000))
            if response.status.code != 200 || response.headers.first(name: Self.exceptionHeader) != nil {
                throw try await failure(response, writing)
            }
            for try await var buffer in response.body { try part(&buffer) }
        } catch let failure as ServerFailure {
            throw failure
        } catch is CancellationError {
            throw .cancelled
        } catch let error as HTTPClientError where error == .cancelled {
            throw .cancelled
        } catch {
            throw ServerFailure(unreachable: address, "\(error)")
        }
    }

    /// Runs a statement whose answer does not count.
    func execute(_ statement: Statement) async throws(ServerFailure) {
        try await run(statement, writing: true) { _ in }
    }

    private static let exceptionHeader = "X-ClickHouse-Exception-Code"

    private func failure(_ response: HTTPClientResponse, _ writing: Bool) async throws -> ServerFailure {
        var text = try await response.body.collect(upTo: 1 << 20)
        let message = text.readString(length: text.readableBytes) ?? ""
        let code = response.headers.first(name: Self.exceptionHeader).flatMap { Int($0) }
        if code == nil, !message.contains("DB::Exception") {
            return ServerFailure(unreachable: address, "HTTP status \(response.status.code) \(message.prefix(200))")
        }
        return ServerFailure(code: code, message: message, writing: writing)
    }

    private func request(for statement: Statement) -> HTTPClientRequest {
        var settings = statement.settings
        settings["max_execution_time"] =
            settings["max_execution_time"] ?? String(max(1, Int(statement.seconds.rounded(.up))))
        if options.memoryLimit > 0 { settings["max_memory_usage"] = String(options.memoryLimit) }
        var items = settings.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
        items.append(("query_id", statement.queryID))
        if statement.rows != nil { items.append(("query", statement.sql)) }
        let query = items.map { "\($0.0)=\($0.1.percentEncoded)" }.joined(separator: "&")
        var path = options.url.absoluteString
        if path.hasSuffix("/") { path.removeLast() }
        var request = HTTPClientRequest(url: "\(path)/?\(query)")
        request.method = .POST
        request.headers.add(name: "X-ClickHouse-User", value: options.user)
        if let password = options.password { request.headers.add(name: "X-ClickHouse-Key", value: password) }
        request.body = .bytes(ByteBuffer(bytes: statement.rows ?? Array(statement.sql.utf8)))
        return request
    }
}

extension String {
    /// The text as the value of a query parameter.
    fileprivate var percentEncoded: String {
        var result = ""
        for byte in utf8 {
            let scalar = Unicode.Scalar(byte)
            if scalar.properties.isAlphabetic && byte < 0x80 || (0x30...0x39).contains(byte)
                || "-._~".unicodeScalars.contains(scalar)
            {
                result.unicodeScalars.append(scalar)
            } else {
                result += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
            }
        }
        return result
    }
}
