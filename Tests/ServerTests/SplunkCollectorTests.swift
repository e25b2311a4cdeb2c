import Foundation
import JSON
import Testing

/// Splunk's HTTP Event Collector as its documentation describes it.
struct SplunkCollectorTests {
    private func send(
        _ path: String, _ body: String, authorization: String? = nil, further: [String: String] = [:]
    ) async throws -> Answer {
        let server = try await IntakeServer.get()
        var headers = ["Authorization": authorization ?? "Splunk \(server.token)"]
        headers.merge(further) { $1 }
        if authorization == "" { headers["Authorization"] = nil }
        return try await server.post("/services/collector" + path, body, headers: headers)
    }

    @Test func `events follow each other with or without blanks, and what no source knows keeps what was said of it`()
        async throws
    {
        let server = try await IntakeServer.get()
        let body = """
            {"time": 1763633045.25, "host": "web1", "source": "hec-a", "sourcetype": "app", "event": "hello"}{"event": \
            {"odd": true, "n": 1}, "time": "1763633046", "source": "hec-a", "fields": {"colour": "red"}}
            {"event": "two\\nlines", "source": "hec-a"}
            """
        let answer = try await send("/event", body)
        #expect(answer.status == 200 && answer.text.contains(#""code":0"#), "\(answer.text)")
        let rows = try await server.query(
            """
            HECEvents_CL | where Source == 'hec-a' | sort by Event asc
            | project Event, Host, SourceType, tostring(Fields.colour), TimeGenerated
            """)
        #expect(rows.count == 3)
        #expect(rows.first { $0[0].stringValue == "hello" }?[1].stringValue == "web1")
        #expect(
            rows.first { $0[0].stringValue == "hello" }?[4].stringValue?.hasPrefix("2025-11-20T10:04:05.25") == true)
        #expect(rows.contains { $0[3].stringValue == "red" })
        #expect(rows.contains { $0[0].stringValue == "two\nlines" })
    }

    @Test func `an event of a known source goes where that source goes`() async throws {
        let server = try await IntakeServer.get()
        let event = SampleEvents.lsassDump(host: "hec-host")
        let answer = try await send("", #"{"event": \#(event), "sourcetype": "anything"}"#)
        #expect(answer.status == 200)
        #expect(
            try await server.number("Event | where Computer startswith 'hec-host' | count") == 1)
    }

    @Test(arguments: [
        ("/event", "", 400, 5), ("/event", #"{"event": ""}"#, 400, 13), ("/event", #"{"time": 1}"#, 400, 12),
        ("/event", #"{"event": "x"} nonsense"#, 400, 6), ("/event", #"{"event": "x", "time": "soon"}"#, 400, 6),
        ("/event", #"{"event": "x", "fields": {"a": {"b": 1}}}"#, 400, 15), ("/raw", "\n\n", 400, 5),
        ("/ack", #"{"acks": [0]}"#, 400, 10),
    ])
    func `bad requests are answered with their number`(path: String, body: String, status: Int, code: Int) async throws
    {
        let answer = try await send(path, body)
        #expect(answer.status == status, "\(answer.text)")
        #expect(try answer.json["code"]?.intValue == Int64(code))
    }

    @Test func `of several events the bad one is named, and none is stored`() async throws {
        let server = try await IntakeServer.get()
        let answer = try await send(
            "", #"{"event": "a", "source": "hec-b"} {"event": "b", "source": "hec-b"} {"x": 1}"#)
        #expect(try answer.json["invalid-event-number"]?.intValue == 2)
        #expect(try await server.number("HECEvents_CL | where Source == 'hec-b' | count") == 0)
    }

    @Test func `credentials are taken in three forms and refused in Splunk's words`() async throws {
        let server = try await IntakeServer.get()
        let basic = Data("x:\(server.token)".utf8).base64EncodedString()
        for scheme in ["Splunk \(server.token)", "Bearer \(server.token)", "Basic \(basic)"] {
            #expect(try await send("", #"{"event": "x", "source": "hec-c"}"#, authorization: scheme).status == 200)
        }
        let cases = [("", 401, 2), ("Splunk wrong", 403, 4), ("Digest wrong", 401, 3)]
        for (scheme, status, code) in cases {
            let answer = try await send("", #"{"event": "x"}"#, authorization: scheme)
            #expect(answer.status == status)
            #expect(try answer.json["code"]?.intValue == Int64(code))
        }
        let health = try await server.send("GET", "/services/collector/health", token: nil)
        #expect(health.status == 200 && health.text.contains("17"))
    }

    @Test func `a channel numbers what it takes, confirms it, and takes the same timed events once`() async throws {
        let server = try await IntakeServer.get()
        let channel = ["X-Splunk-Request-Channel": "FE0ECFAD-13D5-401B-847D-77833BD77131"]
        let body = #"{"event": "once", "time": 1763633045, "source": "hec-d"}"#
        let first = try await send("", body, further: channel)
        let second = try await send("", body, further: channel)
        let numbers = [try first.json["ackId"]?.intValue, try second.json["ackId"]?.intValue]
        #expect(numbers == [0, 1])
        let acks = try await send("/ack", #"{"acks": [0, 1, 2]}"#, further: channel)
        #expect(try acks.json["acks"] == ["0": true, "1": true, "2": false])
        #expect(try await server.number("HECEvents_CL | where Source == 'hec-d' | count") == 1)
        let bad = try await send("", body, further: ["X-Splunk-Request-Channel": "mine"])
        #expect(try bad.json["code"]?.intValue == 11)
    }

    @Test func `raw lines take what the address says of them`() async throws {
        let server = try await IntakeServer.get()
        let answer = try await send("/raw?source=hec-e&host=box&sourcetype=plain", "first line\r\nsecond line\n")
        #expect(answer.status == 200)
        let rows = try await server.query("HECEvents_CL | where Source == 'hec-e' | project Event, Host")
        #expect(Set(rows.compactMap { $0[0].stringValue }) == ["first line", "second line"])
        #expect(rows.allSatisfy { $0[1].stringValue == "box" })
    }
}
