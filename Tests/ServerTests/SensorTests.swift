import Foundation
import JSON
import NIOCore
import TestSupport
import Testing

/// A hub and a sensor as processes of their own.
@Suite(.serialized)
struct SensorTests {
    @Test func `each event and each alert arrives once, though hub and sensor are killed`() async throws {
        let (pair, first) = try await SensorPair.make()
        var hub = first
        var sensor = try await pair.startSensor()
        var acknowledged: Set<Int> = []
        for round in 0..<4 {
            if round == 1 { await hub.kill() }
            if round == 2 {
                await sensor.kill()
                sensor = try await pair.startSensor()
            }
            if round == 3 { hub = try await pair.startHub() }
            for batch in 0..<10 {
                let numbers = (0..<5).map { round * 1000 + batch * 10 + $0 }
                let lines =
                    numbers.map { SampleEvents.row($0) } + [SampleEvents.lsassDump(host: "srv-\(round)")]
                // The same delivery goes twice, as after an answer that was lost.
                for _ in 0..<2 {
                    let answer = try await sensor.send(
                        "POST", "/api/ingest?source=test", body: lines.joined(separator: "\n") + "\n",
                        type: "application/x-ndjson", token: sensor.token,
                        headers: ["Idempotency-Key": "r\(round)b\(batch)"])
                    #expect(answer.status == 200, "\(answer.text)")
                }
                acknowledged.formUnion(numbers)
            }
        }
        try await hub.eventually("all events are there") {
            try await hub.query("Marks_CL | count").first?.first?.intValue ?? 0 >= acknowledged.count
        }
        let rows = try await hub.query("Marks_CL | summarize Copies = count() by Number")
        let copies = Dictionary(
            rows.compactMap { row in row[0].doubleValue.map { (Int($0), row[1].intValue ?? 0) } }, uniquingKeysWith: +)
        #expect(Set(copies.keys) == acknowledged)
        #expect(copies.values.allSatisfy { $0 == 1 })
        try await hub.eventually("all alerts are there") {
            try await hub.query("SecurityAlert | summarize dcount(CompromisedEntity)").first?.first?.intValue ?? 0 >= 4
        }
        // Each host was attacked alike, so that each has the same alerts; the casebook keeps none twice.
        let counts = try await hub.query(
            """
            SecurityAlert | where ProductName != 'Fusion'
            | extend Host = iff(isempty(CompromisedEntity), extract('srv-[0-9]', 0, Entities), CompromisedEntity)
            | summarize dcount(SystemAlertId) by Host
            """)
        #expect(counts.count == 4, "\(counts)")
        #expect(Set(counts.map { $0[1].intValue }).count == 1, "\(counts)")
        try await hub.eventually("the hub knows the sensor") {
            let sensors = try await hub.get("/api/sensors")["value"]?.arrayValue ?? []
            return sensors.first?["name"]?.stringValue == "branch"
        }
        await sensor.stop()
        await hub.stop()
    }

    @Test func `indicators of the hub are matched on a sensor's events`() async throws {
        let (pair, hub) = try await SensorPair.make()
        let sensor = try await pair.startSensor()
        func send(host: String) async throws {
            let row =
                #"{"Type":"Marks_CL","TimeGenerated":"2026-11-20T10:00:00Z","Computer":"\#(host)","SrcIpAddr":"203.0.113.99"}"#
            let answer = try await sensor.send(
                "POST", "/api/ingest?source=test", body: row + "\n", type: "application/x-ndjson", token: sensor.token)
            #expect(answer.status == 200, "\(answer.text)")
        }
        func hosts() async throws -> Int {
            try await hub.query(
                "SecurityAlert | where ProductComponentName == 'Threat Intelligence' | summarize dcount(CompromisedEntity)"
            ).first?.first?.intValue.map { Int($0) } ?? 0
        }
        try await send(host: "srv-0")
        try await hub.eventually("the event is there") {
            try await hub.query("Marks_CL | count").first?.first?.intValue == 1
        }
        let indicator = """
            {"type": "indicator", "spec_version": "2.1", "id": "indicator--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f",
             "created": "2026-01-01T00:00:00Z", "modified": "2026-01-01T00:00:00Z", "valid_from": "2026-01-01T00:00:00Z",
             "pattern_type": "stix", "pattern": "[ipv4-addr:value = '203.0.113.99']"}
            """
        let answer = try await hub.send(
            "POST", "/api/indicators?source=test", body: indicator, type: "application/json", token: hub.token)
        #expect(answer.status == 200, "\(answer.text)")
        // History is searched once for a new indicator; what comes after that is found as it comes.
        try await hub.eventually("history is searched") { try await hosts() == 1 }
        try await send(host: "srv-1")
        try await hub.eventually("the event that came later is found") { try await hosts() == 2 }
        await sensor.stop()
        await hub.stop()
    }

    @Test func `a full spool answers 429 and takes more once the hub is back`() async throws {
        let (pair, hub) = try await SensorPair.make()
        await hub.kill()
        try Data("sensor:\n  spoolMiB: 1\n".utf8).write(to: pair.sensorData.appending(path: "tocsin.yaml"))
        let sensor = try await pair.startSensor()
        let text = String(repeating: "x", count: 4000)
        func send(_ number: Int) async throws -> Answer {
            let lines = (0..<50).map {
                #"{"Type":"Marks_CL","TimeGenerated":"2026-11-20T10:00:00Z","Number":\#(number * 100 + $0),"Text":"\#(text)"}"#
            }
            return try await sensor.send(
                "POST", "/api/ingest?source=test", body: lines.joined(separator: "\n") + "\n",
                type: "application/x-ndjson", token: sensor.token)
        }
        var taken = 0
        var answer = try await send(0)
        while answer.status == 200, taken < 100 {
            taken += 1
            answer = try await send(taken)
        }
        #expect(answer.status == 429)
        #expect(answer.headers["retry-after"] != nil)
        #expect(taken > 0 && taken < 100)
        let again = try await pair.startHub()
        try await sensor.eventually("there is room again") { try await send(taken).status == 200 }
        try await again.eventually("everything acknowledged is there") {
            try await again.query("Marks_CL | count").first?.first?.intValue == Int64((taken + 1) * 50)
        }
        await sensor.stop()
        await again.stop()
    }

    @Test func `a sensor without a hub says what is missing`() async throws {
        let ended = try await Command.run(["sensor", "--data", RunningTocsin.temporaryFolder().path])
        #expect(ended.status != 0)
        #expect(ended.errors.contains("sensor.hub"))
    }

    @Test func `a sensor takes the protocols of other collectors as the hub does`() async throws {
        let (pair, hub) = try await SensorPair.make()
        let sensor = try await pair.startSensor()
        let channel = UUID().uuidString
        let splunk = try await sensor.post(
            "/services/collector", #"{"time": 1763633045, "host": "w", "source": "on-sensor", "event": "one"}"#,
            headers: ["Authorization": "Splunk \(sensor.token)", "X-Splunk-Request-Channel": channel])
        #expect(splunk.status == 200, "\(splunk.text)")
        let number = try #require(try splunk.json["ackId"]?.intValue)
        let acks = try await sensor.post(
            "/services/collector/ack", #"{"acks": [\#(number)]}"#,
            headers: ["Authorization": "Splunk \(sensor.token)", "X-Splunk-Request-Channel": channel])
        #expect(try acks.json["acks"]?[String(number)]?.boolValue == true, "\(acks.text)")
        let bulk = try await sensor.post(
            "/_bulk", #"{"create": {"_index": "logs-branch"}}"# + "\n" + #"{"message": "two"}"# + "\n",
            headers: ["Authorization": "ApiKey \(sensor.token)", "Content-Type": "application/x-ndjson"])
        #expect(try bulk.json["errors"]?.boolValue == false, "\(bulk.text)")
        let telemetry = try await sensor.post(
            "/v1/logs",
            #"{"resourceLogs": [{"scopeLogs": [{"logRecords": [{"body": {"stringValue": "three"}}]}]}]}"#,
            headers: ["Authorization": "Bearer \(sensor.token)", "Content-Type": "application/json"])
        #expect(telemetry.status == 200, "\(telemetry.text)")
        let greeting = try await sensor.send("GET", "/", token: nil, headers: ["User-Agent": "Filebeat"])
        #expect(greeting.status == 401 && greeting.headers["x-elastic-product"] == "Elasticsearch")
        #expect(try await sensor.send("POST", "/v1/logs", body: "{}", token: nil).status == 401)
        for table in ["HECEvents_CL", "logs_branch_CL", "OTelLogs_CL"] {
            try await hub.eventually("\(table) has its event") {
                try await hub.send(
                    "POST", "/api/query", body: JSON.object(["query": .string("\(table) | count")]).description,
                    token: hub.token
                ).json["tables"]?[0]?["rows"]?[0]?[0]?.intValue == 1
            }
        }
        await sensor.stop()
        await hub.stop()
    }

    @Test func `a token made on the sensor lets a program send`() async throws {
        let (pair, hub) = try await SensorPair.make()
        let sensor = try await pair.startSensor()
        let made = try await Command.run(["sensor", "token", "agent", "--data", pair.sensorData.path])
        let token = made.output.trimmingCharacters(in: .whitespacesAndNewlines)
        #expect(token.hasPrefix("tocsin_"), "\(made.errors)")
        let answer = try await sensor.send(
            "POST", "/api/ingest?source=t", body: SampleEvents.row(1), type: "application/x-ndjson", token: token)
        #expect(answer.status == 200)
        #expect(try await sensor.send("GET", "/api/incidents", token: token).status == 404)
        #expect(try await sensor.send("GET", "/metrics", token: token).text.contains("tocsin_spool_bytes"))
        #expect(try await sensor.send("GET", "/metrics", token: nil).status == 401)
        await sensor.stop()
        await hub.stop()
    }
}
