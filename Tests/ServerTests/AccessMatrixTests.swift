import Foundation
import JSON
import TestSupport
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
        ("POST", "/dataCollectionRules/dcr-1/streams/Custom-A?api-version=2023-01-01"), ("POST", "/v1/logs"),
        ("POST", "/services/collector"), ("POST", "/services/collector/event"), ("POST", "/services/collector/raw"),
        ("POST", "/services/collector/ack"), ("POST", "/_bulk"), ("PUT", "/i/_bulk"), ("POST", "/i/_doc"),
        ("PUT", "/i/_doc/1"), ("PUT", "/i/_create/1"), ("GET", "/_license"), ("GET", "/_xpack"),
        ("POST", "/elasticsearch/_bulk"), ("PUT", "/_index_template/t"), ("GET", "/api/dataCollectionRules"),
        ("GET", "/api/dataCollectionRules/r"), ("PUT", "/api/dataCollectionRules/r"),
        ("PATCH", "/api/dataCollectionRules/r"), ("DELETE", "/api/dataCollectionRules/r"),
        ("GET", "/api/dataCollectionEndpoints"), ("PUT", "/api/dataCollectionEndpoints/e"), ("GET", "/api/tables"),
        ("GET", "/api/tables/T_CL"), ("PUT", "/api/tables/T_CL"), ("PATCH", "/api/tables/T_CL"),
        ("DELETE", "/api/tables/T_CL"), ("POST", "/api/sharedKeys"), ("POST", "/api/regenerateSharedKey"),
        ("GET", "/api/sources"), ("GET", "/api/connectors"), ("GET", "/api/sensors"), ("POST", "/api/sensors/alerts"),
        ("POST", "/api/sensors/events"), ("POST", "/api/sensors/heartbeat"), ("POST", "/api/sensors/hits"),
        ("GET", "/metrics"), ("GET", "/api/deadletters"), ("POST", "/api/deadletters/redrive"),
        ("GET", "/api/store/tables"), ("PUT", "/api/store/tables/T/retention"),
        ("DELETE", "/api/store/tables/T/retention"), ("POST", "/api/store/retention"), ("POST", "/api/store/compact"),
        ("POST", "/api/store/backup"), ("GET", "/api/rules/r/runs"), ("POST", "/api/rules/r/run"),
    ]

    @Test(arguments: endpoints)
    func `no endpoint answers without a token, or with a wrong one`(method: String, path: String) async throws {
        let server = try await SharedServer.get()
        for token in [nil, "wrong", "tocsin_wrong"] {
            let answer = try await server.send(method, path, body: "{}", token: token)
            #expect(answer.status == 401, "\(method) \(path) with \(token ?? "no token") answered \(answer.status)")
        }
    }

    /// What a token of one scope gets that the endpoint does not ask for.
    @Test(arguments: [
        ("POST", "/v1/logs", "readEvents"), ("POST", "/services/collector", "readEvents"),
        ("POST", "/_bulk", "readEvents"),
        ("POST", "/dataCollectionRules/dcr-1/streams/Custom-A?api-version=1", "changeContent"),
        ("GET", "/api/tables", "ingestEvents"), ("PUT", "/api/tables/T_CL", "readContent"),
        ("GET", "/api/dataCollectionRules", "ingestEvents"), ("PUT", "/api/dataCollectionRules/r", "readContent"),
        ("POST", "/api/sharedKeys", "changeContent"), ("POST", "/api/rules/r/run", "readContent"),
    ])
    func `a token without the endpoint's scope is refused`(method: String, path: String, scope: String) async throws {
        let token = try await ScopedTokens.shared.token(scope)
        let server = try await ScopedTokens.shared.server()
        let answer = try await server.send(method, path, body: "{}", token: token)
        #expect(answer.status == 403, "\(method) \(path) with \(scope) answered \(answer.status)")
    }

    @Test(arguments: [
        "/", "/incidents", "/logs", "/rules", "/playbooks", "/plans", "/sources", "/live", "/dead-letters",
        "/incidents/1",
    ])
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

    @Test func `pages have an icon, which browsers also find at its usual place`() async throws {
        let server = try await SharedServer.get()
        let page = try await server.send("GET", "/sign-in", token: nil)
        #expect(page.text.contains(#"<link rel="icon" href="/assets/favicon.svg""#))
        for path in ["/assets/favicon.svg", "/favicon.ico"] {
            let icon = try await server.send("GET", path, token: nil)
            #expect(icon.status == 200 && icon.headers["content-type"] == "image/svg+xml", "\(path)")
        }
    }
}

/// One server with a person, and a token of each scope that a test asks for.
private actor ScopedTokens {
    static let shared = ScopedTokens()
    private var running: Task<RunningTocsin, any Error>?
    private var tokens: [String: String] = [:]

    func server() async throws -> RunningTocsin {
        if let running { return try await running.value }
        let task = Task {
            let server = try await RunningTocsin(data: try RunningTocsin.temporaryFolder())
            _ = try await PortalSession.signUp(server)
            return server
        }
        running = task
        return try await task.value
    }

    func token(_ scope: String) async throws -> String {
        if let known = tokens[scope] { return known }
        let server = try await server()
        let made = try await server.send(
            "POST", "/api/tokens", body: #"{"name":"t","user":"ada","scopes":["\#(scope)"]}"#, token: server.token)
        let token = try made.json["secret"]?.stringValue ?? ""
        tokens[scope] = token
        return token
    }
}
