internal import Casebook
internal import Chronology
internal import Crypto
internal import EventStore
internal import Foundation
internal import Investigation
internal import JSON
internal import KQLValues
internal import Logging
internal import Prioritization
internal import StateStore
internal import Vocabulary

/// Writes the accounts that are known, from assets, logs and alerts, into the table `IdentityInfo`: what is new or has changed
/// at once, and all every two weeks, so that queries over that time find every account.
struct IdentityTable: Sendable {
    let core: Core
    let book: AssetBook

    /// How often it is looked whether the inventory has changed, and how often at all.
    private static let pause = Duration.seconds(2)
    private static let pauses = 150
    /// After so long an account is written again.
    private static let renewal = TimeSpan.days(14)
    /// The most accounts of alerts that are written beside those of the inventory.
    private static let mostEntities = 1_000

    /// Writes until the task is cancelled.
    func run() async throws {
        var written = try await lastWritten()
        while true {
            let generation = book.generation
            try await write(&written)
            for _ in 0..<Self.pauses {
                try await Task.sleep(for: Self.pause)
                if book.generation != generation { break }
            }
        }
    }

    /// One account with what was last written about it.
    struct Written: Sendable, Hashable {
        let digest: String
        let time: Instant
    }

    /// Writes what has changed since, and keeps in mind what was written.
    func write(_ written: inout [String: Written]) async throws {
        let now = core.time.now()
        var rows = IdentityRow.builder
        let told = try await toldByOthers()
        for identity in try await identities() where told.isDisjoint(with: identity.names) {
            let digest = identity.digest
            if let known = written[identity.key], known.digest == digest, now - known.time < Self.renewal { continue }
            rows.add(identity.cells(at: now))
            written[identity.key] = Written(digest: digest, time: now)
        }
        if !rows.isEmpty { try await core.events.append([rows.batch("IdentityInfo")]) }
    }

    private func identities() async throws -> [IdentityRow] {
        var rows = book.accounts().map { IdentityRow($0, reach: book.reach(of: $0)) }
        let inventory = book.inventory
        for known in try await core.casebook.entities(kinds: [.account], limit: Self.mostEntities)
        where inventory.positions(of: known.entity).isEmpty {
            rows.append(IdentityRow(known.entity, profile: inventory.profile(of: known.entity)))
        }
        var keys: Set<String> = []
        return rows.filter { keys.insert($0.key).inserted }
    }

    /// The accounts about which another source writes rows; these say more, and ours would come after them.
    private func toldByOthers() async throws -> Set<String> {
        guard core.queries.schemas()["IdentityInfo"] != nil else { return [] }
        let table = try await core.queries.table(
            "IdentityInfo | where TimeGenerated > ago(14d) and SourceSystem != 'Tocsin' "
                + "| summarize by AccountObjectId, AccountSID, AccountUPN")
        return Set(
            table.columns.flatMap { column in (0..<table.rowCount).compactMap { column[$0].text?.lowercased() } }
        )
        .subtracting([""])
    }

    /// What was written before the restart.
    private func lastWritten() async throws -> [String: Written] {
        guard core.queries.schemas()["IdentityInfo"] != nil else { return [:] }
        let table = try await core.queries.table(
            "IdentityInfo | where SourceSystem == 'Tocsin' | summarize arg_max(TimeGenerated, ReportId) by "
                + "AccountObjectId, AccountSID, AccountUPN, AccountDomain, AccountName")
        var written: [String: Written] = [:]
        for row in 0..<table.rowCount {
            func text(_ column: String) -> String { table.column(column)?[row].text ?? "" }
            guard case .datetime(let time)? = table.column("TimeGenerated")?[row] else { continue }
            let key = IdentityRow.key(
                objectID: text("AccountObjectId"), sid: text("AccountSID"), upn: text("AccountUPN"),
                domain: text("AccountDomain"), name: text("AccountName"))
            written[key] = Written(digest: text("ReportId"), time: time)
        }
        return written
    }
}

/// An account in the columns of `IdentityInfo`.
struct IdentityRow {
    private var texts: [String: String] = [:]
    private var groups: [String] = []
    private var isService = false
    private var criticality: Int32?
    private var seen: Instant?

    static var builder: RowBuilder {
        RowBuilder([
            "TimeGenerated": .datetime, "AccountName": .string, "AccountDomain": .string, "AccountUPN": .string,
            "AccountSID": .string, "AccountObjectId": .string, "AccountDisplayName": .string, "MailAddress": .string,
            "OnPremisesDistinguishedName": .string, "SAMAccountName": .string, "Tags": .string, "BlastRadius": .string,
            "GroupMembership": .dynamic, "IsServiceAccount": .bool, "CriticalityLevel": .int, "LastSeenDate": .datetime,
            "ReportId": .string, "SourceSystem": .string, "Type": .string,
        ])
    }

    init(_ entry: AssetBook.Entry, reach: AssetReach) {
        self.init(entry.asset.entities, profile: entry.profile)
        for link in entry.asset.links where link.relation == .memberOf { groups.append(link.name) }
        groups.sort()
        texts["BlastRadius"] = reach.count >= 100 ? "High" : reach.count >= 10 ? "Medium" : "Low"
        seen = entry.sightings.map(\.lastSeen).max()
        texts["AccountDisplayName"] = entry.asset.identifiers["DisplayName"] ?? texts["AccountDisplayName"]
        texts["MailAddress"] = entry.asset.names.first { $0.contains("@") }
    }

    init(_ entity: Entity, profile: AssetProfile?) {
        self.init([entity], profile: profile)
    }

    private init(_ entities: [Entity], profile: AssetProfile?) {
        func first(_ identifier: String) -> String? { entities.lazy.compactMap { $0[identifier] }.first }
        let name = first("Name")
        texts["AccountName"] = name
        texts["SAMAccountName"] = first("NTDomain") == nil ? nil : name
        texts["AccountDomain"] = first("NTDomain") ?? first("DnsDomain")
        if let suffix = first("UPNSuffix"), let name { texts["AccountUPN"] = "\(name)@\(suffix)" }
        texts["AccountSID"] = first("Sid")
        texts["AccountObjectId"] = first("AadUserId") ?? first("ObjectGuid")
        texts["AccountDisplayName"] = first("DisplayName")
        texts["OnPremisesDistinguishedName"] = first("DistinguishedName")
        texts["Tags"] = profile.map { $0.tags.sorted().joined(separator: ", ") }
        criticality = profile?.sensitivity.map { Int32(Sensitivity.critical.rank - $0.rank) }
        isService = IdentityRow.isService(name ?? "", tags: profile?.tags ?? [])
    }

    /// As tags say, or as services' accounts are usually called.
    private static func isService(_ name: String, tags: [String]) -> Bool {
        tags.contains { ["service", "serviceaccount", "service-account"].contains($0.lowercased()) }
            || name.lowercased().firstMatch(of: /^(svc|srv|service|sa|sql|adm-svc)[-_.]|[-_.](svc|srv|service)$/) != nil
    }

    /// What tells the account from others.
    var key: String {
        func text(_ column: String) -> String { texts[column] ?? "" }
        return IdentityRow.key(
            objectID: text("AccountObjectId"), sid: text("AccountSID"), upn: text("AccountUPN"),
            domain: text("AccountDomain"), name: text("AccountName"))
    }

    /// What other sources may call it.
    var names: Set<String> {
        Set(["AccountObjectId", "AccountSID", "AccountUPN"].compactMap { texts[$0]?.lowercased() })
    }

    static func key(objectID: String, sid: String, upn: String, domain: String, name: String) -> String {
        [objectID, sid, upn, domain, name].map { $0.lowercased() }.joined(separator: "|")
    }

    /// Of all but the times.
    var digest: String {
        let lines = texts.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" } + groups
        let text = (lines + ["\(isService)", "\(criticality.map(String.init) ?? "")"]).joined(separator: "\n")
        return SHA256.hash(data: Data(text.utf8)).prefix(16).map { byte in
            let digits = String(byte, radix: 16)
            return digits.count == 1 ? "0" + digits : digits
        }.joined()
    }

    func cells(at now: Instant) -> [String: Value] {
        var cells = texts.mapValues { Value.string($0) }
        cells["TimeGenerated"] = .datetime(now)
        cells["GroupMembership"] = .dynamic(.array(groups.map { .string($0) }))
        cells["IsServiceAccount"] = .bool(isService)
        cells["CriticalityLevel"] = criticality.map { .int($0) } ?? .null(.int)
        cells["LastSeenDate"] = .time(seen)
        cells["ReportId"] = .string(digest)
        cells["SourceSystem"] = .string("Tocsin")
        cells["Type"] = .string("IdentityInfo")
        return cells
    }
}
