import Foundation
import JSON
import TestSupport
import Testing

/// The clients that users have, unmodified, over TLS with an authority of one's own.
struct IngestionClientTests {
    @Test(
        .enabled(
            if: ClientEnvironment.isThere("azure/monitor/ingestion"), "scripts/bootstrap --test installs the clients"))
    func `Azure's, Elasticsearch's, Splunk's and OpenTelemetry's clients deliver every event`() async throws {
        let data = try RunningTocsin.temporaryFolder()
        let (server, certificate, principal) = try await SecureTocsin.start(
            data, scopes: ["ingestEvents", "readEvents", "readContent", "changeContent"])
        let run = try await Command.run(
            ClientEnvironment.python,
            [
                ClientEnvironment.script("ingestion_clients.py"), server.address, certificate, principal.id,
                principal.secret, "azure", "elasticsearch", "splunk", "opentelemetry",
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
