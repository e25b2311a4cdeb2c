internal import Access
internal import Chronology
internal import Collection
internal import Hummingbird
internal import JSON
internal import WebGate

/// `GET /api/sources`, `/api/connectors` and `/api/sensors`: where events come from, and whether they still do.
struct HealthRoutes {
    let health: SourceHealth
    let now: @Sendable () -> Instant

    var endpoints: [Endpoint] {
        [
            Endpoint(
                .get, "sources", id: "Sources_List", tag: .health, "Lists where events come from",
                needs: .readContent,
                parameters: [EndpointParameter("senders", "false leaves out the single senders", .boolean)],
                answers: [.ok(.page(of: .any))], sources),
            Endpoint(
                .get, "connectors", id: "Connectors_List", tag: .health, "Lists the ways in and their state",
                needs: .readContent, answers: [.ok(.page(of: .any))], connectors),
            Endpoint(
                .get, "sensors", id: "Sensors_List", tag: .health, "Lists sensors and their state",
                needs: .readContent, answers: [.ok(.page(of: .any))], sensors),
        ]
    }

    /// All sources; `?senders=false` leaves out the single senders.
    @Sendable func sources(_ call: EndpointCall) async throws -> Response {
        let withSenders = call.query("senders") != "false"
        let now = now()
        let shown = health.ledger.sources.filter { withSenders || $0.key.isFeed }
        return Response(json: ["value": .array(shown.map { $0.json(at: now) })])
    }

    @Sendable func connectors(_ call: EndpointCall) async throws -> Response {
        Response(json: ["value": .array(health.connectors.connectors.map(\.json))])
    }

    @Sendable func sensors(_ call: EndpointCall) async throws -> Response {
        Response(json: ["value": .array(health.sensors.sensors.map(\.json))])
    }
}

extension SourceStatus {
    fileprivate func json(at now: Instant) -> JSON {
        func time(_ instant: Instant?) -> JSON { instant.map { .string($0.formatted(fractionDigits: 3)) } ?? .null }
        func delay(_ share: Double) -> JSON { delays.quantile(share).map { .double($0) } ?? .null }
        return [
            "origin": .string(key.origin), "source": .string(key.source), "table": .string(key.table),
            "sender": key.isFeed ? .null : .string(key.sender), "state": .string(watch.state.name),
            "silentSince": time(watch.silentSince), "isUnreadable": .bool(failures.isBursting),
            "events": .int(Int64(counts.events)), "rows": .int(Int64(counts.rows)), "bytes": .int(Int64(counts.bytes)),
            "rejected": .int(Int64(counts.rejected)), "misfits": .int(Int64(counts.misfits)),
            "repeated": .int(Int64(counts.repeated)), "lastEvent": time(lastEvent), "lastReceipt": time(lastReceipt),
            "delaySeconds": ["p50": delay(0.5), "p99": delay(0.99)],
            "eventsPerMinute": [
                "1": .double(minutes.rate(over: 1, at: now)), "5": .double(minutes.rate(over: 5, at: now)),
                "60": .double(minutes.rate(over: 60, at: now)),
            ],
            "usualIntervalSeconds": .double(watch.usualInterval.seconds),
        ]
    }
}

extension ConnectorStatus {
    fileprivate var json: JSON {
        var members: JSONObject = [
            "name": .string(name), "kind": .string(kind), "address": .string(address),
            "since": .string(since.formatted(fractionDigits: 0)),
        ]
        switch state {
        case .starting: members["state"] = "Starting"
        case .working: members["state"] = "Working"
        case .failing(let reason):
            members["state"] = "Failing"
            members["reason"] = .string(reason)
        }
        members["connections"] = connections.map { .int(Int64($0)) }
        members["refusedConnections"] = refusedConnections.map { .int(Int64($0)) }
        return .object(members)
    }
}

extension SensorStatus {
    fileprivate var json: JSON {
        [
            "name": .string(name), "version": .string(version),
            "lastHeard": .string(lastHeard.formatted(fractionDigits: 3)),
            "waitingDeliveries": .int(Int64(waitingDeliveries)), "waitingBytes": .int(Int64(waitingBytes)),
            "waitingAlerts": .int(Int64(waitingAlerts)),
            "waitingHits": waitingHits.map { .int(Int64($0)) } ?? .null, "droppedHits": .int(Int64(droppedHits)),
            "events": .int(Int64(events)), "problem": .string(problem),
        ]
    }
}
