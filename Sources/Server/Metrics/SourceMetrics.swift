internal import Chronology
internal import Collection
internal import Exposition

/// What Prometheus is told of the ways in, the sources and the sensors.
enum SourceMetrics {
    static func families(_ health: SourceHealth, at now: Instant) -> [MetricFamily] {
        sources(health.ledger.sources) + connectors(health.connectors.connectors)
            + sensors(health.sensors.sensors, at: now)
    }

    /// By feed: senders are too many to be labels; the table `Heartbeat` has them.
    private static func sources(_ sources: [SourceStatus]) -> [MetricFamily] {
        let feeds = sources.filter(\.key.isFeed)
        func family(
            _ name: String, _ kind: MetricFamily.Kind, _ help: String, _ value: (SourceStatus) -> Double?
        ) -> MetricFamily {
            var family = MetricFamily("tocsin_source_\(name)", kind, help: help)
            for feed in feeds {
                guard let value = value(feed) else { continue }
                family.samples.append(.init(labels: labels(of: feed.key), value: value))
            }
            return family
        }
        var delays = MetricFamily(
            "tocsin_source_delay_seconds", .gauge, help: "Seconds from an event to its receipt, by quantile.")
        for feed in feeds {
            for share in [0.5, 0.99] {
                guard let seconds = feed.delays.quantile(share) else { continue }
                delays.samples.append(
                    .init(labels: labels(of: feed.key) + [.init("quantile", "\(share)")], value: seconds))
            }
        }
        return [
            family("events_total", .counter, "Records taken in.") { Double($0.counts.events) },
            family("rows_total", .counter, "Rows stored.") { Double($0.counts.rows) },
            family("bytes_total", .counter, "Bytes of the values stored.") { Double($0.counts.bytes) },
            family("rejected_total", .counter, "Records that could not be read.") { Double($0.counts.rejected) },
            family("misfits_total", .counter, "Values that were not of their column's type.") {
                Double($0.counts.misfits)
            },
            family("repeated_total", .counter, "Records that were sent again and not stored again.") {
                Double($0.counts.repeated)
            },
            family("last_event_timestamp_seconds", .gauge, "The latest time of an event.") {
                $0.lastEvent?.unixSeconds
            },
            family("last_receipt_timestamp_seconds", .gauge, "When something was last taken in.") {
                $0.lastReceipt.unixSeconds
            },
            family("silent", .gauge, "1 while the source is silent though it usually speaks.") {
                $0.watch.isSilent ? 1 : 0
            },
            family("unreadable", .gauge, "1 while much of the source cannot be read.") {
                $0.failures.isBursting ? 1 : 0
            },
            delays,
        ]
    }

    private static func labels(of key: SourceKey) -> [MetricFamily.Label] {
        [.init("origin", key.origin), .init("source", key.source), .init("table", key.table)]
    }

    private static func connectors(_ connectors: [ConnectorStatus]) -> [MetricFamily] {
        var up = MetricFamily("tocsin_connector_up", .gauge, help: "1 while a way in takes events in.")
        var open = MetricFamily("tocsin_connector_connections", .gauge, help: "Connections that are open.")
        var refused = MetricFamily(
            "tocsin_connector_refused_connections_total", .counter, help: "Connections refused for their number.")
        for connector in connectors {
            up.add(connector.state == .working ? 1 : 0, ["connector": connector.name])
            if let count = connector.connections { open.add(Double(count), ["connector": connector.name]) }
            if let count = connector.refusedConnections { refused.add(Double(count), ["connector": connector.name]) }
        }
        return [up, open, refused]
    }

    private static func sensors(_ sensors: [SensorStatus], at now: Instant) -> [MetricFamily] {
        var heard = MetricFamily(
            "tocsin_sensor_last_heard_timestamp_seconds", .gauge, help: "When a sensor was last heard.")
        var waiting = MetricFamily(
            "tocsin_sensor_spool_bytes", .gauge, help: "Bytes that wait in a sensor's spool.")
        var alerts = MetricFamily(
            "tocsin_sensor_waiting_alerts", .gauge, help: "Alerts of a sensor that wait for the hub.")
        var hits = MetricFamily(
            "tocsin_sensor_waiting_hits", .gauge, help: "Hits of a sensor's Sigma rules that wait for the hub.")
        var dropped = MetricFamily(
            "tocsin_sensor_dropped_hits_total", .counter,
            help: "Hits of a sensor's Sigma rules that the hub never gets.")
        for sensor in sensors {
            heard.add(sensor.lastHeard.unixSeconds, ["sensor": sensor.name])
            waiting.add(Double(sensor.waitingBytes), ["sensor": sensor.name])
            alerts.add(Double(sensor.waitingAlerts), ["sensor": sensor.name])
            if let count = sensor.waitingHits { hits.add(Double(count), ["sensor": sensor.name]) }
            dropped.add(Double(sensor.droppedHits), ["sensor": sensor.name])
        }
        return [heard, waiting, alerts, hits, dropped]
    }
}
