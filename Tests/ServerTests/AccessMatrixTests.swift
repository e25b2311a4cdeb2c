import Foundation
import JSON
import Testing

/// Every endpoint against every kind of caller.
struct AccessMatrixTests {
    static let endpoints: [(method: String, path: String)] = [
        ("GET", "/api/incidents"), ("GET", "/api/incidents/1"), ("PUT", "/api/incidents/1"),
        ("DELETE", "/api/incidents/1"), ("POST", "/api/incidents/1/alerts"), ("POST", "/api/incidents/1/comments"),
        ("POST", "/api/query"), ("POST", "/api/ingest"), ("POST", "/api/tokens"), ("POST", "/v1/workspaces/w/query"),
        ("POST", "/api/kql/diagnostics"), ("POST", "/api/kql/completions"), ("POST", "/api/kql/hover"),
        ("POST", "/api/kql/signature"), ("POST", "/api/kql/format"), ("POST", "/api/kql/tokens"),
        ("POST", "/api/kql/analyze"), ("POST", "/portal/kql/analyze"),
        ("GET", "/api/query"), ("GET", "/api/metadata"), ("GET", "/api/queries"), ("GET", "/api/queries/1"),
        ("DELETE", "/api/queries/1"), ("GET", "/v1/workspaces/w/metadata"),
    ]

    @Test(arguments: endpoints)
    func `no endpoint answers without a token, or with a wrong one`(method: String, path: String) async throws {
        let server = try await SharedServer.get()
        for token in [nil, "wrong", "tocsin_wrong"] {
            let answer = try await server.send(method, path, body: "{}", token: token)
            #expect(answer.status == 401, "\(method) \(path) with \(token ?? "no token") answered \(answer.status)")
        }
    }

    @Test(arguments: ["/", "/incidents", "/logs", "/rules", "/playbooks", "/plans", "/live", "/incidents/1"])
    func `no page shows without a session`(path: String) async throws {
        let server = try await SharedServer.get()
        let answer = try await server.send("GET", path, token: nil)
        #expect(!answer.text.contains("Sign out"))
        #expect(answer.text.contains("Sign in") || answer.status == 401 || answer.status == 303)
    }

    @Test func `a token does what its scopes allow and no more`() async throws {
        let data = try RunningTocsin.temporaryFolder()
        let server = try await RunningTocsin(data: data)
        let portal = try await PortalSession.signUp(server)
        #expect(portal.isSignedIn)
        let made = try await Command.run([
            "token", "create", "sender", "--user", "ada", "--scope", "ingestEvents", "--data", data.path,
        ])
        let token = made.output.trimmingCharacters(in: .whitespacesAndNewlines)
        #expect(token.hasPrefix("tocsin_"), "\(made.errors)")
        let allowed = try await server.send(
            "POST", "/api/ingest?source=t", body: SampleEvents.row(1) + "\n", type: "application/x-ndjson", token: token
        )
        #expect(allowed.status == 200)
        let denied = try await server.send("POST", "/api/query", body: #"{"query":"print 1"}"#, token: token)
        #expect(denied.status == 403)
        let refused = try await server.send("POST", "/api/kql/tokens", body: #"{"query":"print 1"}"#, token: token)
        #expect(refused.status == 403)
        await server.stop()
    }

    @Test func `pages carry the headers that bind the browser`() async throws {
        let server = try await SharedServer.get()
        let answer = try await server.send("GET", "/sign-in", token: nil)
        #expect(answer.status == 200)
        #expect(answer.headers["content-security-policy"]?.contains("frame-ancestors 'none'") == true)
        #expect(answer.headers["x-content-type-options"] == "nosniff")
    }
}
