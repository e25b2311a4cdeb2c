import JSON
import Testing

/// OpenTelemetry logs over HTTP.
struct OpenTelemetryTests {
    private func send(_ body: [UInt8], type: String = "application/json") async throws -> Answer {
        let server = try await IntakeServer.get()
        return try await server.post(
            "/v1/logs", body, headers: ["Authorization": "Bearer \(server.token)", "Content-Type": type])
    }

    private func export(_ body: String, service: String, records: Int = 1) -> String {
        let record = """
            {"timeUnixNano":"1763633045123456789","observedTimeUnixNano":"1763633045999999999","severityNumber":17,
            "severityText":"ERROR","body":\(body),"traceId":"5B8EFFF798038103D269B633813FC60C","flags":1,
            "attributes":[{"key":"n","value":{"intValue":"7"}},
            {"key":"deep","value":{"kvlistValue":{"values":[{"key":"a","value":{"arrayValue":{"values":[{"boolValue":true}]}}}]}}}]}
            """
        return """
            {"resourceLogs":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"\(service)"}}]},
            "scopeLogs":[{"scope":{"name":"lib","version":"1"},"logRecords":[\(record)]}]}]}
            """
    }

    @Test func `a record keeps its time, severity, body, attributes and resource`() async throws {
        let server = try await IntakeServer.get()
        let answer = try await send(Array(export(#"{"stringValue":"disk is full"}"#, service: "otlp-a").utf8))
        #expect(answer.status == 200 && answer.text == "{}", "\(answer.text)")
        let rows = try await server.query(
            """
            OTelLogs_CL | where ServiceName == 'otlp-a'
            | project Body, SeverityNumber, SeverityText, toint(Attributes.n), tostring(Attributes.deep.a[0]), TraceId,
                ScopeName, TimeGenerated
            """)
        #expect(rows.count == 1)
        #expect(
            rows[0].prefix(7).map(\.description) == [
                "\"disk is full\"", "17", "\"ERROR\"", "7", "\"true\"", "\"5b8efff798038103d269b633813fc60c\"",
                "\"lib\"",
            ])
        #expect(rows[0][7].stringValue?.hasPrefix("2025-11-20T10:04:05.123456") == true)
    }

    @Test func `a body that is the event of a known source goes where that source goes`() async throws {
        let server = try await IntakeServer.get()
        let event = JSON.string(SampleEvents.lsassDump(host: "otlp-host")).description
        let answer = try await send(Array(export(#"{"stringValue":\#(event)}"#, service: "otlp-b").utf8))
        #expect(answer.status == 200)
        #expect(
            try await server.number("Event | where Computer startswith 'otlp-host' | count") == 1)
        #expect(try await server.number("OTelLogs_CL | where ServiceName == 'otlp-b' | count") == 0)
    }

    @Test(
        arguments: [
            [0xFF], [0x0A, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF], [0x0A, 0x02, 0x12, 0x7F], [0x0B], [0x08],
            Array(repeating: 0x0A, count: 3000),
            [0x0A, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01],
        ] as [[UInt8]])
    func `bytes that are no message are refused in the encoding of the request`(bytes: [UInt8]) async throws {
        let answer = try await send(bytes, type: "application/x-protobuf")
        #expect(answer.status == 400)
        #expect(answer.headers["content-type"] == "application/x-protobuf")
        #expect(answer.text.contains("ExportLogsServiceRequest"))
    }

    @Test(arguments: [
        #"{"resourceLogs":{}}"#, "[]", "{",
        #"{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"timeUnixNano":"x"}]}]}]}"#,
    ])
    func `JSON that is no export request is refused`(body: String) async throws {
        #expect(try await send(Array(body.utf8)).status == 400)
    }

    @Test func `values nested without end are refused`() async throws {
        let deep = String(repeating: #"{"arrayValue":{"values":["#, count: 200) + String(repeating: "]}}", count: 200)
        #expect(try await send(Array(export(deep, service: "otlp-c").utf8)).status == 400)
    }

    @Test func `other media types are told what is read`() async throws {
        let answer = try await send([1], type: "text/plain")
        #expect(answer.status == 415)
    }

    @Test func `an empty message is a success`() async throws {
        let answer = try await send([], type: "application/x-protobuf")
        #expect(answer.status == 200 && answer.text.isEmpty)
    }
}
