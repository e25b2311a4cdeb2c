import Foundation
import JSON
import TestSupport
import Testing

/// The Python environment that `scripts/bootstrap --test` makes, and what its clients need of an installation.
enum ClientEnvironment {
    static let folder = SharedFolder.checkout.appending(path: ".deps")
    static let python = folder.appending(path: "venv/bin/python")

    static func isThere(_ package: String) -> Bool {
        FileManager.default.fileExists(
            atPath: folder.appending(path: "venv/lib/python3.11/site-packages/\(package)").path)
    }

    static func script(_ name: String) -> String {
        SharedFolder.checkout.appending(path: "Tests/Clients/\(name)").path
    }

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

    /// A token of the person ada, who must have signed up; it is a service principal too.
    static func principal(_ server: RunningTocsin, scopes: [String]) async throws -> (id: String, secret: String) {
        let list = scopes.map { "\"\($0)\"" }.joined(separator: ",")
        let made = try await server.send(
            "POST", "/api/tokens", body: #"{"name":"clients","user":"ada","scopes":[\#(list)]}"#, token: server.token)
        let json = try made.json
        return (try #require(json["id"]?.stringValue), try #require(json["secret"]?.stringValue))
    }
}

/// A server that speaks TLS, with a service principal.
enum SecureTocsin {
    static func start(
        _ data: URL, scopes: [String]
    ) async throws -> (server: RunningTocsin, certificate: String, principal: (id: String, secret: String)) {
        let plain = try await RunningTocsin(data: data)
        _ = try await PortalSession.signUp(plain)
        let principal = try await ClientEnvironment.principal(plain, scopes: scopes)
        await plain.stop()
        let (certificate, key) = try await ClientEnvironment.certificate(in: data)
        let server = try await RunningTocsin(
            data: data, environment: ["TOCSIN_HTTP_TLS_CERTIFICATE": certificate, "TOCSIN_HTTP_TLS_KEY": key])
        return (server, certificate, principal)
    }
}
