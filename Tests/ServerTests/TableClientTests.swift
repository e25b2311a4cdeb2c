import Foundation
import JSON
import TestSupport
import Testing

/// Clients that read tables, unmodified, over TLS with an authority of one's own.
struct TableClientTests {
    /// Whichever version is installed; the others are run by hand.
    private static let hasSentinel = ClientEnvironment.isThere("azure/mgmt/securityinsight")

    @Test(
        .enabled(if: ClientEnvironment.isThere("azure/kusto/data"), "scripts/bootstrap --test installs the clients"))
    func `Kusto's, Log Analytics', Defender's and Sentinel's clients read what there is`() async throws {
        let data = try RunningTocsin.temporaryFolder()
        let (server, certificate, principal) = try await SecureTocsin.start(
            data,
            scopes: ["ingestEvents", "readEvents", "readContent", "changeContent", "readIncidents", "changeIncidents"])
        let script = ClientEnvironment.script("table_clients.py")
        let run = try await Command.run(
            ClientEnvironment.python,
            [
                script, server.address, certificate, principal.id, principal.secret, "monitor", "kusto", "security",
                "posture",
            ]
                + (Self.hasSentinel ? ["watchlists"] : []))
        #expect(run.status == 0, "\(run.errors)")
        let results = try JSON(parsing: run.output)
        Self.checkQueries(results)
        #expect(results["security_alerts"] == ["[Sample] Suspicious activity on KeyVaults", "Active", "Medium"])
        #expect(results["security_dismissed"] == "Dismissed" && results["security_active"] == "Active")
        #expect(results["security_absent"] == true && results["security_suppressed"] == true)
        #expect(
            results["posture_assessment"] == ["1c5de8e1", "Unhealthy", "Medium", "Azure", 2026, ["a": "b"]])
        #expect(
            results["posture_finding"] == ["CVE-2026-0001", "An old library", "Unhealthy", "High", "Vulnerability", 1])
        #expect(results["posture_score"] == ["ASC score", 58, 34.5, 0.5948, 199])
        #expect(results["posture_control"] == ["Enable encryption at rest", 12, 3, 3.2])
        if Self.hasSentinel {
            #expect(results["items"] == 3 && results["refused"] == 400 && results["gone"] == true)
            #expect(results["seen"] == 2 && results["left"] == 2)
        }
        await server.stop()
    }

    private static func checkQueries(_ results: JSON) {
        #expect(results["monitor_statistics"] == true && results["monitor_render"] == "columnchart")
        #expect(results["monitor_error"] == [400, "BadArgumentError"])
        #expect(results["monitor_partial"] == ["PARTIAL", 2])
        #expect(results["monitor_batch"] == ["LogsQueryResult", "LogsQueryError", "LogsQueryError"])
        #expect(results["monitor_resource"] == 1)
        #expect(results["kusto_databases"] == ["tocsin"] && results["kusto_tables"] == true)
        #expect(
            results["kusto_row"] == [
                "2024-01-01 00:00:00.123456+00:00", "1 day, 2:03:04.500000", "74be27de-1e4e-49d9-b579-fe0b331d3642",
                ["a": [1, 2]], "1.25", "NaN", 9_007_199_254_740_993, 7, true, nil,
            ])
        #expect(results["kusto_parameter"] == "hello ann" && results["kusto_rows"] == 100_000)
        #expect(results["kusto_streamed"] == 50_000 && results["kusto_two"] == 2 && results["kusto_signed"] == 5)
        #expect(results["kusto_error"] == "KustoApiError" && results["kusto_database"] == "KustoApiError")
        #expect(results["kusto_truncated"] == [2, true])
    }
}
