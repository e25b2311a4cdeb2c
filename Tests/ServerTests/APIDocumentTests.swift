import Foundation
import JSON
import TestSupport
import Testing

/// The OpenAPI document, and what the endpoints do against it.
struct APIDocumentTests {
    private static let missing: Comment = "scripts/bootstrap --test installs the validators"
    private static let areThere =
        ["openapi_spec_validator", "schemathesis", "jsonschema"].allSatisfy(ClientEnvironment.isThere)

    /// The permissions of each role, the least first.
    private static let roles: [(name: String, permissions: [String])] = [
        ("Reader", ["readEvents", "readIncidents", "readContent", "readMetrics"]),
        ("Responder", ["changeIncidents", "runPlaybooks"]),
        ("Contributor", ["changeContent", "ingestEvents", "forwardAlerts"]),
        ("Administrator", ["readJournal", "administer"]),
    ]

    @Test func `the kept reference is what the endpoints say`() async throws {
        let server = try await SharedServer.get()
        let answer = try await server.send("GET", "/api/openapi.md", token: nil)
        let kept = try String(
            contentsOf: SharedFolder.checkout.appending(path: "docs/api-reference.md"), encoding: .utf8)
        #expect(answer.text == kept, "run 'make generate'")
    }

    @Test(.enabled(if: areThere, missing))
    func `the document is valid OpenAPI 3.1`() async throws {
        let server = try await SharedServer.get()
        let document = try await server.send("GET", "/api/openapi.json", token: nil)
        let file = try RunningTocsin.temporaryFolder().appending(path: "openapi.json")
        try document.text.write(to: file, atomically: true, encoding: .utf8)
        let run = try await Command.run(
            ClientEnvironment.python, ["-m", "openapi_spec_validator", file.path])
        #expect(run.status == 0, "\(run.output)\(run.errors)")
    }

    @Test(.enabled(if: areThere, missing))
    func `every endpoint answers every role as documented, and changes stand in the audit`() async throws {
        let data = try RunningTocsin.temporaryFolder()
        let server = try await RunningTocsin(data: data)
        _ = try await PortalSession.signUp(server)
        var permissions: [String] = []
        var roles = JSONObject()
        for role in Self.roles {
            permissions += role.permissions
            let token = try await ClientEnvironment.principal(server, scopes: permissions).secret
            roles[role.name] = [
                "token": .string(token), "permissions": .array(permissions.map { .string($0) }),
            ]
        }
        let run = try await Command.run(
            ClientEnvironment.python,
            [
                ClientEnvironment.script("endpoint_matrix.py"), server.address,
                data.appending(path: "state.sqlite").path, JSON.object(roles).description,
            ])
        try #require(run.status == 0, "\(run.errors)")
        let result = try JSON(parsing: run.output)
        #expect(result["faults"]?.arrayValue?.isEmpty == true, "\(run.output.prefix(8000))")
        #expect((result["calls"]?.intValue ?? 0) > 500)
        let verified = try await Command.run(["journal", "verify", "--data", data.path])
        #expect(verified.status == 0, "\(verified.output)\(verified.errors)")
        await server.stop()
    }

    @Test(.enabled(if: areThere, missing))
    func `generated requests find no failure and nothing undocumented`() async throws {
        // `make test-all` asks for more, and for the phase that goes through every parameter's and member's limits.
        let wanted = ProcessInfo.processInfo.environment["TOCSIN_SCHEMA_EXAMPLES"]
        let phases = wanted == nil ? "fuzzing" : "coverage,fuzzing"
        let data = try RunningTocsin.temporaryFolder()
        let server = try await RunningTocsin(data: data)
        let run = try await Command.run(
            ClientEnvironment.python,
            [
                "-m", "schemathesis.cli", "run", "\(server.address)/api/openapi.json", "--header",
                "Authorization: Bearer \(server.token)", "--checks",
                "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance",
                "--phases", phases, "--max-examples", wanted ?? "2", "--seed", "1", "--no-color",
                "--generation-database", "none", "--include-path-regex", "^/(api|providers)/",
                "--exclude-path-regex", "store/(backup|compact|retention)|sharedKeys|regenerateSharedKey",
            ], folder: data)
        #expect(run.status == 0, "\(run.output.suffix(8000))\(run.errors.suffix(1000))")
        await server.stop()
    }
}
