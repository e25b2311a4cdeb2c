import Foundation
import JSON
import Testing

/// Correlations of what several sensors and the hub see, each a process of its own.
@Suite(.serialized)
struct SensorCorrelationTests {
    private static let rules = """
        title: Refused at the gate
        id: refused
        level: low
        logsource: {product: windows, service: security}
        detection: {selection: {EventID: 4625, ProcessName: gate}, condition: selection}
        ---
        title: Stormed gate
        id: stormed
        level: high
        correlation:
          type: event_count
          rules: [refused]
          group-by: [IpAddress]
          timespan: 10m
          condition: {gte: 6}
        """

    /// Sends failed logons of some minutes, twice, as after an answer that was lost.
    private func send(_ minutes: [Int], to place: RunningTocsin) async throws {
        let lines = minutes.map { minute in
            JSON.object([
                "Channel": "Security", "EventID": 4625, "Hostname": .string("srv-\(minute)"), "ProcessName": "gate",
                "SourceName": "Microsoft-Windows-Security-Auditing", "IpAddress": "203.0.113.7",
                "EventTime": .string("2026-11-20T10:0\(minute):00Z"), "TargetUserName": "eva",
            ]).description + "\n"
        }
        for _ in 0..<2 {
            let answer = try await place.send(
                "POST", "/api/ingest?source=test", body: lines.joined(), type: "application/x-ndjson",
                token: place.token)
            #expect(answer.status == 200, "\(answer.text)")
        }
    }

    private func waitingHits(_ sensor: RunningTocsin) async throws -> Int? {
        let metrics = try await sensor.send("GET", "/metrics", token: sensor.token).text
        let line = metrics.split(separator: "\n").first { $0.hasPrefix("tocsin_waiting_hits ") }
        return line?.split(separator: " ").last.flatMap { Double($0) }.map { Int($0) }
    }

    private func alerts(_ hub: RunningTocsin) async throws -> [String] {
        try await hub.query(
            "SecurityAlert | where AlertName in ('Refused at the gate', 'Stormed gate') | project AlertName"
        ).compactMap { $0.first?.stringValue }
    }

    @Test func `what two sensors and the hub saw becomes one alert, though all of them are killed`() async throws {
        let (pair, first) = try await SensorPair.make(rules: Self.rules)
        var hub = first
        let other = try pair.another("harbour")
        var sensors = [try await pair.startSensor(), try await other.startSensor()]
        await hub.kill()
        try await send([0, 4], to: sensors[0])
        #expect(try await waitingHits(sensors[0]) == 2)
        await sensors[0].kill()
        sensors[0] = try await pair.startSensor()
        try await send([1, 3], to: sensors[1])
        hub = try await pair.startHub()
        try await send([2], to: hub)
        for sensor in sensors {
            try await sensor.eventually("the hub has the hits") { try await waitingHits(sensor) == 0 }
        }
        #expect(try await alerts(hub).isEmpty)
        await hub.kill()
        await sensors[1].kill()
        hub = try await pair.startHub()
        sensors[1] = try await other.startSensor()
        try await send([5], to: sensors[1])
        try await hub.eventually("the alert is there") { try await alerts(hub) == ["Stormed gate"] }
        try await hub.eventually("it opened an incident") {
            try await hub.query("SecurityIncident | where Title startswith 'Stormed gate'").count > 0
        }
        // What another place has seen already makes nothing new.
        try await send([0, 1, 2, 3, 4, 5], to: sensors[0])
        try await sensors[0].eventually("the hub has the hits") { try await waitingHits(sensors[0]) == 0 }
        try await send([0, 1, 2, 3, 4, 5], to: hub)
        #expect(try await alerts(hub) == ["Stormed gate"])
        for sensor in sensors { await sensor.stop() }
        await hub.stop()
    }

    @Test func `an older hub gets events and alerts, and hears that hits wait until it is updated`() async throws {
        let hub = try await OlderHub()
        let rules = try RunningTocsin.temporaryFolder()
        try Data(Self.rules.utf8).write(to: rules.appending(path: "rules.yml"))
        let sensor = try await RunningTocsin(
            command: "sensor", data: try RunningTocsin.temporaryFolder(),
            environment: [
                "TOCSIN_SENSOR_HUB": hub.address, "TOCSIN_SENSOR_TOKEN": "tocsin_any",
                "TOCSIN_DETECTION_SIGMA_FOLDERS": rules.path,
            ])
        try await send([0, 1], to: sensor)
        let answer = try await sensor.send(
            "POST", "/api/ingest?source=test", body: SampleEvents.lsassDump(host: "srv-0"),
            type: "application/x-ndjson", token: sensor.token)
        #expect(answer.status == 200, "\(answer.text)")
        try await sensor.eventually("the alert is there") { !hub.taken("/api/sensors/alerts").isEmpty }
        try await sensor.eventually("the hub hears what is wrong") {
            let last = hub.taken("/api/sensors/heartbeat").last
            return last?["waitingHits"]?.intValue == 2
                && last?["problem"]?.stringValue?.contains("the hub is older than this sensor") == true
        }
        hub.update()
        try await sensor.eventually("the hits are there") {
            hub.taken("/api/sensors/hits").flatMap { $0["hits"]?.arrayValue ?? [] }.count == 2
        }
        try await sensor.eventually("none waits") { try await waitingHits(sensor) == 0 }
        await sensor.stop()
        try await hub.close()
    }

    @Test func `the hub tells which sensors forward no hits, and takes hits only as they must be`() async throws {
        let (pair, hub) = try await SensorPair.make()
        let token = pair.environment["TOCSIN_SENSOR_TOKEN"]
        func send(_ path: String, _ body: String) async throws -> Answer {
            try await hub.send("POST", "/api/sensors/\(path)", body: body, token: token)
        }
        #expect(try await send("heartbeat", #"{"name": "older", "version": "0.1.0"}"#).status == 204)
        #expect(
            try await send("heartbeat", #"{"name": "newer", "waitingHits": 3, "droppedHits": 1}"#).status == 204)
        let sensors = try await hub.get("/api/sensors")["value"]?.arrayValue ?? []
        #expect(sensors.map { $0["name"]?.stringValue } == ["newer", "older"])
        #expect(sensors.map { $0["waitingHits"]?.intValue } == [3, nil])
        #expect(sensors.map { $0["droppedHits"]?.intValue } == [1, 0])

        let known = try await send("hits", #"{"hits": [{"rule": "unheard of", "event": "e", "time": 1}]}"#)
        #expect(known.status == 200)
        #expect(try known.json["unjoinedRules"]?[0]?.stringValue == "unheard of")
        for wrong in [#"{"hits": [{"rule": "r", "time": 1}]}"#, #"{"hits": {}}"#, "{}"] {
            #expect(try await send("hits", wrong).status == 400, "\(wrong)")
        }
        let tooLate = #"{"hits": [{"rule": "r", "event": "e", "time": 9223372036854775807}]}"#
        #expect(try await send("hits", tooLate).status == 400)
        await hub.stop()
    }
}
