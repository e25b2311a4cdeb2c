import Foundation
import JSON
import Testing

/// Elasticsearch's bulk API and what its clients ask before.
struct ElasticsearchTests {
    private func send(_ method: String, _ path: String, _ body: String = "") async throws -> Answer {
        let server = try await IntakeServer.get()
        let basic = Data("elastic:\(server.token)".utf8).base64EncodedString()
        return try await server.post(
            path, body, headers: ["Authorization": "Basic \(basic)", "Content-Type": "application/x-ndjson"],
            method: method)
    }

    @Test func `each item has its result in order, and one bad document spoils no other`() async throws {
        let server = try await IntakeServer.get()
        let body = """
            {"index":{"_index":"es-items-2026.11.20"}}
            {"@timestamp":"2026-11-20T10:00:00Z","n":1}
            {"index":{"_index":"es-items-2026.11.20"}}
            {"broken":
            {"create":{"_index":"es-items-2026.11.20","_id":"mine"}}
            {"@timestamp":"2026-11-20T10:00:01Z","n":2}
            {"delete":{"_index":"es-items-2026.11.20","_id":"mine"}}

            """
        let answer = try await send("POST", "/_bulk", body)
        #expect(answer.status == 200)
        let json = try answer.json
        #expect(json["errors"] == true)
        let items = json["items"]?.arrayValue ?? []
        #expect(items.map { $0.objectValue?.keys.first } == ["index", "index", "create", "delete"])
        #expect(items.map { $0.objectValue?.values.first?["status"]?.intValue } == [201, 400, 201, 400])
        #expect(items[2]["create"]?["_id"] == "mine")
        #expect(items[1]["index"]?["error"]?["type"] == "document_parsing_exception")
        #expect(try await server.number("es_items_CL | summarize sum(n)") == 3)
    }

    @Test func `an index may be a table or a source, and a document of a known source goes there`() async throws {
        let server = try await IntakeServer.get()
        let named = try await send(
            "POST", "/hecevents_cl/_doc",
            #"{"Event":"by index","Source":"es-b","TimeGenerated":"2026-11-20T10:00:00Z"}"#)
        #expect(named.status == 201)
        #expect(try await server.number("HECEvents_CL | where Source == 'es-b' | count") == 1)
        let event = SampleEvents.lsassDump(host: "es-host")
        let known = try await send("PUT", "/winlogbeat-x/_bulk", "{\"index\":{}}\n\(event)\n")
        #expect(known.status == 200 && known.text.contains(#""errors":false"#), "\(known.text)")
        #expect(
            try await server.number("Event | where Computer startswith 'es-host' | count") == 1)
    }

    @Test func `documents that are all named are the same when they come again`() async throws {
        let server = try await IntakeServer.get()
        let body = "{\"create\":{\"_id\":\"1\"}}\n{\"@timestamp\":\"2026-11-20T10:00:00Z\",\"n\":1}\n"
        for _ in 0..<2 { #expect(try await send("POST", "/es-again/_bulk", body).status == 200) }
        #expect(try await server.number("es_again_CL | count") == 1)
    }

    @Test func `filter_path leaves of the answer what is wanted`() async throws {
        let body = "{\"index\":{}}\n{\"@timestamp\":\"2026-11-20T10:00:00Z\",\"n\":1}\n{\"index\":{}}\n[1]\n"
        let wanted = try await send(
            "POST", "/es-filter/_bulk?filter_path=errors,items.*.status,-items.index.nothing", body)
        #expect(
            try wanted.json == ["errors": true, "items": [["index": ["status": 201]], ["index": ["status": 400]]]])
        let without = try await send("POST", "/es-filter/_bulk?filter_path=-items", body)
        #expect(try without.json["items"] == nil && without.json["errors"] == true)
    }

    @Test(arguments: [
        ("GET", "/"), ("HEAD", "/"), ("GET", "/_license"), ("GET", "/_xpack"), ("GET", "/_cluster/health"),
        ("HEAD", "/_index_template/filebeat"), ("GET", "/_ilm/policy/filebeat"), ("PUT", "/_ilm/policy/filebeat"),
        ("GET", "/_template/logstash"), ("GET", "/elasticsearch/_license"),
    ])
    func `clients find Elasticsearch`(method: String, path: String) async throws {
        let answer = try await send(method, path)
        #expect(answer.status == 200, "\(answer.text)")
        #expect(answer.headers["x-elastic-product"] == "Elasticsearch")
    }

    @Test func `without credentials people find the portal and clients are refused`() async throws {
        let server = try await IntakeServer.get()
        #expect(try await server.send("GET", "/", token: nil).text.contains("Sign in"))
        let answer = try await server.post("/_bulk", "{}", headers: [:])
        #expect(answer.status == 401)
        #expect(try answer.json["error"]?["type"] == "security_exception")
        let wrong = try await server.post("/", "", headers: ["Authorization": "ApiKey d3Jvbmc="], method: "GET")
        #expect(wrong.status == 401)
    }

    @Test(arguments: [
        "", "nonsense\n", "{\"index\":{}}\n", "{\"fly\":{\"_index\":\"a\"}}\n{}\n", "{\"index\":{}}\n{}\n",
    ])
    func `a request that cannot be read is refused as a whole`(body: String) async throws {
        let answer = try await send("POST", "/_bulk", body)
        #expect(answer.status == 400)
        #expect(try answer.json["status"]?.intValue == 400)
    }
}
