internal import JSON
public import KQLValues

/// What a person has decided about a table: its columns, and for how long its rows are kept.
public struct TableSettings: Sendable, Hashable {
    public enum Plan: String, Sendable, Hashable, CaseIterable {
        case analytics = "Analytics"
        case basic = "Basic"
        case auxiliary = "Auxiliary"
    }

    /// The columns declared for a table of one's own, or added to a table that ships; nil: none.
    public var columns: TableSchema?
    public var summary: String?
    /// For how many days rows can be queried; nil: the installation's default.
    public var retentionDays: Int?
    /// For how many days rows are kept in all, the archive included; nil: as long as they can be queried.
    public var totalRetentionDays: Int?
    public var plan: Plan

    public init(
        columns: TableSchema? = nil, summary: String? = nil, retentionDays: Int? = nil, totalRetentionDays: Int? = nil,
        plan: Plan = .analytics
    ) {
        self.columns = columns
        self.summary = summary
        self.retentionDays = retentionDays
        self.totalRetentionDays = totalRetentionDays
        self.plan = plan
    }

    /// From Log Analytics' shortest to its longest, twelve years.
    static let days = 4...4383

    /// These settings, changed as the `properties` of a request say; members that are not there stay as they are, a
    /// number of -1 goes back to the default.
    ///
    /// - Throws: `DataCollectionFault` with code `invalid` and the member at fault.
    func changed(_ properties: JSON) throws(DataCollectionFault) -> TableSettings {
        var settings = self
        if let schema = properties["schema"], !schema.isNull {
            if let columns = schema["columns"], !columns.isNull {
                settings.columns = try ColumnList.read(columns, path: "properties.schema.columns")
            }
            settings.summary = schema["description"]?.stringValue ?? settings.summary
        }
        settings.retentionDays = try Self.days(properties["retentionInDays"], "retentionInDays", else: retentionDays)
        settings.totalRetentionDays = try Self.days(
            properties["totalRetentionInDays"], "totalRetentionInDays", else: totalRetentionDays)
        if let plan = properties["plan"]?.stringValue {
            guard let plan = Plan.allCases.first(where: { $0.rawValue.lowercased() == plan.lowercased() }) else {
                throw DataCollectionFault(
                    .invalid, target: "properties.plan", "'\(plan)' is no plan: use Analytics, Basic or Auxiliary")
            }
            settings.plan = plan
        }
        if settings.retentionDays == nil, settings.totalRetentionDays != nil {
            throw DataCollectionFault(
                .invalid, target: "properties.retentionInDays", "totalRetentionInDays needs retentionInDays beside it")
        }
        if let days = settings.retentionDays, let total = settings.totalRetentionDays, total < days {
            throw DataCollectionFault(
                .invalid, target: "properties.totalRetentionInDays", "this must be at least retentionInDays (\(days))")
        }
        return settings
    }

    private static func days(_ json: JSON?, _ name: String, else old: Int?) throws(DataCollectionFault) -> Int? {
        guard let json, !json.isNull else { return old }
        guard let days = json.intValue, days == -1 || TableSettings.days.contains(Int(clamping: days)) else {
            throw DataCollectionFault(
                .invalid, target: "properties.\(name)",
                "this must be a number of days from \(TableSettings.days.lowerBound) to \(TableSettings.days.upperBound), or -1"
            )
        }
        return days == -1 ? nil : Int(days)
    }
}

extension TableSettings {
    /// As kept in the state database.
    var json: JSON {
        var members: JSONObject = ["plan": .string(plan.rawValue)]
        if let columns {
            members["columns"] = .array(
                columns.columns.map { ["name": .string($0.name), "type": .string($0.type.rawValue)] })
        }
        members["summary"] = summary.map(JSON.string)
        members["retentionDays"] = retentionDays.map { .int(Int64($0)) }
        members["totalRetentionDays"] = totalRetentionDays.map { .int(Int64($0)) }
        return .object(members)
    }

    init(json: JSON) throws(DataCollectionFault) {
        var columns: TableSchema?
        if let list = json["columns"] { columns = try ColumnList.read(list, path: "columns") }
        self.init(
            columns: columns, summary: json["summary"]?.stringValue,
            retentionDays: json["retentionDays"]?.intValue.map { Int($0) },
            totalRetentionDays: json["totalRetentionDays"]?.intValue.map { Int($0) },
            plan: json["plan"]?.stringValue.flatMap(Plan.init(rawValue:)) ?? .analytics)
    }
}
