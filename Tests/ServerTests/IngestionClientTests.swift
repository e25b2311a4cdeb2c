import Foundation
import JSON
import TestSupport
import Testing

/// The clients that users have, unmodified, over TLS with an authority of one's own.
struct IngestionClientTests {
    static let python = SharedFolder.checkout.appending(path: ".deps/venv/bin/python")
    static let areThere = FileManager.default.fileExists(
        atPath: SharedFolder.checkout.appending(path: ".deps/venv/lib/python3.11/site-packages/azure/monitor/ingestion")
            .path)

    /// A certificate for 127.0.0.1 that signs itself.
    static func certificate(in folder: URL) async throws -> (certificate: String, key: String) {
        let (certificate, key) = (folder.appending(path: "tls.pem").path, folder.appending(path: "tls.key").path)
        let made = try await Command.run(
            URL(filePath: "/usr/bin/openssl"),
            [
                "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1", "-addext",
                "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate,
            ])
        #expect(made.status == 0, "\(made.errors)")
        return (certificate, key)
    }

    /// A person's token, which is a service principal too.
    static func principal(
        _ data: URL, scopes: [String] = ["ingestEvents", "readEvents", "readContent", "changeContent"]
    ) async throws -> (id: String, secret: String) {
        let server = try await RunningTocsin(data: data)
        _ = try await PortalSession.signUp(server)
        let made = try await server.send(
            "POST", "/api/tokens",
            body: JSON.object([
                "name": "clients", "user": "ada", "scopes": .array(scopes.map { .string($0) }),
            ]).description,
            token: server.token)
        await server.stop()
        let json = try made.json
        return (try #require(json["id"]?.stringValue), try #require(json["secret"]?.stringValue))
    }

    @Test(.enabled(if: areThere, "scripts/bootstrap --test installs the clients"))
    func `Azure's, Elasticsearch's, Splunk's and OpenTelemetry's clients deliver every event`() async throws {
        let data = try RunningTocsin.temporaryFolder()
        let (id, secret) = try await Self.principal(data)
        let (certificate, key) = try await Self.certificate(in: data)
        let server = try await RunningTocsin(
            data: data, environment: ["TOCSIN_HTTP_TLS_CERTIFICATE": certificate, "TOCSIN_HTTP_TLS_KEY": key])
        let script = SharedFolder.checkout.appending(path: "Tests/Clients/ingestion_clients.py").path
        let run = try await Command.run(
            Self.python,
            [
                script, server.address, certificate, id, secret, "azure", "elasticsearch", "splunk", "opentelemetry",
                "counts",
            ])
        #expect(run.status == 0, "\(run.errors)")
        let results = try JSON(parsing: run.output)
        #expect(results["azure_rows"] == [6000, 1, 11998])
        #expect(results["azure_errors"] == [[404, "NotFound"], [400, "InvalidStream"]])
        #expect(results["azure_refusal"] == true)
        #expect(results["elasticsearch_name"] == "tocsin")
        #expect(results["elasticsearch_bulk"] == 2500)
        #expect(results["elasticsearch_items"] == [201, 400, 201])
        #expect(results["elasticsearch_single"] == "created" && results["elasticsearch_basic"] == true)
        #expect(results["counts"] == [2500, 200, 300])
        await server.stop()
    }
}
