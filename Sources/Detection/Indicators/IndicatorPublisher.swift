internal import Chronology
public import EventStore
internal import GRDB
internal import JSON
internal import KQLValues
public import StateStore
internal import ThreatIntelligence

/// Writes indicators as rows of `ThreatIntelligenceIndicator` and `ThreatIntelIndicators`, where rules of Sentinel join
/// them with events.
///
/// A row is written when an indicator comes, changes or is removed, and again each week while it is active, since such
/// rules look no further back than two weeks.
public struct IndicatorPublisher: Sendable {
    private static let renewal = TimeSpan.days(7)
    private static let lot = 2_000

    private let indicators: IndicatorStore
    private let store: any EventStore
    private let time: TimeSource

    public init(indicators: IndicatorStore, store: any EventStore, time: TimeSource) {
        self.indicators = indicators
        self.store = store
        self.time = time
    }

    /// Publishes what is due.
    ///
    /// - Returns: Indicators of which rows were written.
    @discardableResult
    public func publishDue() async throws -> Int {
        var count = 0
        while true {
            let now = time.now()
            let due = try await due(now)
            if due.isEmpty { return count }
            var legacy = LegacyIndicatorRows()
            var current = IndicatorRows()
            for kept in due {
                legacy.add(kept, now)
                current.add(kept, now)
            }
            try await store.append([
                legacy.builder.batch("ThreatIntelligenceIndicator"), current.builder.batch("ThreatIntelIndicators"),
            ])
            try await indicators.database.write { database in
                for kept in due {
                    // A change that came meanwhile has cleared the mark under a new number and is due again.
                    try database.execute(
                        sql: "UPDATE detection_indicator SET published = ? WHERE number = ? AND change = ?",
                        arguments: [now.ticks, kept.number, kept.change])
                }
            }
            count += due.count
        }
    }

    private func due(_ now: Instant) async throws -> [IndicatorStore.Kept] {
        try await indicators.database.read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT * FROM detection_indicator WHERE published IS NULL
                        OR (published < ?1 AND is_revoked = 0 AND is_deleted = 0
                            AND (valid_until IS NULL OR valid_until > ?2)) LIMIT ?3
                    """, arguments: [(now - Self.renewal).ticks, now.ticks, Self.lot]
            ).map { try IndicatorStore.kept($0, in: database) }
        }
    }
}

/// Rows of `ThreatIntelligenceIndicator`: one for each observable, in the column of its kind.
private struct LegacyIndicatorRows {
    var builder = RowBuilder([
        "TimeGenerated": .datetime, "SourceSystem": .string, "Action": .string, "AdditionalInformation": .string,
        "ConfidenceScore": .real, "Description": .string, "ExternalIndicatorId": .string,
        "ExpirationDateTime": .datetime, "IndicatorId": .string, "ThreatType": .string, "Active": .bool,
        "Tags": .string,
        "EmailSenderAddress": .string, "EmailSourceDomain": .string, "FileHashType": .string, "FileHashValue": .string,
        "DomainName": .string, "NetworkIP": .string, "NetworkCidrBlock": .string, "Url": .string,
        "IndicatorProvider": .string, "KillChainC2": .bool, "KillChainDelivery": .bool, "Type": .string,
    ])

    mutating func add(_ kept: IndicatorStore.Kept, _ now: Instant) {
        let indicator = kept.indicator
        let phases = Set(indicator.phases.map { $0.name.lowercased() })
        var common: [String: Value] = [
            "TimeGenerated": .datetime(now), "SourceSystem": .string(indicator.source),
            "Action": .string(kept.isDeleted ? "delete" : "alert"),
            "ConfidenceScore": indicator.confidence.map { .real(Double($0)) } ?? .null(.real),
            "Description": .string(indicator.name.isEmpty ? indicator.details : indicator.name),
            "AdditionalInformation": .string(indicator.details), "ExternalIndicatorId": .string(indicator.id),
            // Rules ask for an expiry after now; without one an indicator lasts.
            "ExpirationDateTime": .datetime(indicator.validUntil ?? now + .days(3_650)),
            "ThreatType": .string(indicator.threatTypes.first ?? ""),
            "Active": .bool(!kept.isDeleted && indicator.isActive(at: now)),
            "Tags": .string(JSON.array(indicator.labels.map { .string($0) }).description),
            "IndicatorProvider": .string(indicator.source),
            "KillChainC2": .bool(phases.contains("command-and-control")),
            "KillChainDelivery": .bool(phases.contains("delivery")), "Type": .string("ThreatIntelligenceIndicator"),
        ]
        for (position, term) in indicator.terms.prefix(50).enumerated() {
            common["IndicatorId"] = .string(position == 0 ? indicator.id : "\(indicator.id)#\(position)")
            builder.add(common.merging(Self.columns(term.key)) { $1 })
        }
    }

    private static func columns(_ observable: Observable) -> [String: Value] {
        let value = Value.string(observable.stixValue)
        return switch observable.kind {
        case .ipv4, .ipv6: observable.value.contains("/") ? ["NetworkCidrBlock": value] : ["NetworkIP": value]
        case .domain: ["DomainName": value]
        case .url: ["Url": value]
        case .md5: ["FileHashType": .string("MD5"), "FileHashValue": value]
        case .sha1: ["FileHashType": .string("SHA1"), "FileHashValue": value]
        case .sha256: ["FileHashType": .string("SHA256"), "FileHashValue": value]
        case .email:
            [
                "EmailSenderAddress": value,
                "EmailSourceDomain": .string(String(observable.value.drop { $0 != "@" }.dropFirst())),
            ]
        case .account: [:]
        }
    }
}

/// Rows of `ThreatIntelIndicators`: one for each observable, as STIX.
private struct IndicatorRows {
    var builder = RowBuilder([
        "TimeGenerated": .datetime, "Id": .string, "SourceSystem": .string, "Pattern": .string,
        "ObservableKey": .string, "ObservableValue": .string, "Confidence": .int, "IsActive": .bool, "IsDeleted": .bool,
        "Revoked": .bool, "ValidFrom": .datetime, "ValidUntil": .datetime, "Created": .datetime, "Modified": .datetime,
        "LastUpdateMethod": .string, "Tags": .string, "Data": .dynamic, "Type": .string,
    ])

    mutating func add(_ kept: IndicatorStore.Kept, _ now: Instant) {
        let indicator = kept.indicator
        for term in indicator.terms.prefix(50) {
            builder.add([
                "TimeGenerated": .datetime(now), "Id": .string(indicator.id), "SourceSystem": .string(indicator.source),
                "Pattern": .string(indicator.pattern), "ObservableKey": .string(term.key.kind.stixPath),
                "ObservableValue": .string(term.key.stixValue),
                "Confidence": indicator.confidence.map { .int(Int32($0)) } ?? .null(.int),
                "IsActive": .bool(!kept.isDeleted && indicator.isActive(at: now)), "IsDeleted": .bool(kept.isDeleted),
                "Revoked": .bool(indicator.isRevoked), "ValidFrom": .datetime(indicator.validFrom),
                "ValidUntil": .time(indicator.validUntil), "Created": .time(indicator.created ?? indicator.validFrom),
                "Modified": .time(indicator.modified ?? kept.updated), "LastUpdateMethod": .string("Import"),
                "Tags": .string(indicator.labels.joined(separator: ",")), "Data": .dynamic(indicator.stix),
                "Type": .string("ThreatIntelIndicators"),
            ])
        }
    }
}
