internal import Chronology
public import JSON
internal import Vocabulary

extension AlertGrouping {
    /// How it travels from a sensor to the hub.
    public var json: JSON {
        switch self {
        case .separate: ["method": "separate"]
        case .sharedEntities(let grouping):
            [
                "method": "sharedEntities", "windowTicks": .int(grouping.window.ticks),
                "kinds": .array(grouping.kinds.map(\.rawValue).sorted().map(JSON.string)),
                "mostPerKind": .int(Int64(grouping.mostPerKind)),
            ]
        case .rule(let configuration): configuration.json
        }
    }

    /// Nil for what is no grouping.
    public init?(json: JSON) {
        switch json["method"]?.stringValue {
        case "separate": self = .separate
        case "sharedEntities":
            guard let ticks = json["windowTicks"]?.intValue, let most = json["mostPerKind"]?.intValue else {
                return nil
            }
            self = .sharedEntities(
                SharedEntityGrouping(
                    window: TimeSpan(ticks: ticks), kinds: json.kinds("kinds"), mostPerKind: Int(clamping: most)))
        default:
            guard let configuration = GroupingConfiguration(json: json) else { return nil }
            self = .rule(configuration)
        }
    }
}

extension GroupingConfiguration {
    fileprivate var json: JSON {
        var members: JSONObject = [
            "lookbackTicks": .int(lookback.ticks), "reopensClosedIncident": .bool(reopensClosedIncident),
        ]
        switch matchingMethod {
        case .anyAlert: members["method"] = "anyAlert"
        case .allEntities: members["method"] = "allEntities"
        case .selected(let selection):
            members["method"] = "selected"
            members["kinds"] = .array(selection.entityKinds.map(\.rawValue).sorted().map(JSON.string))
            members["alertDetails"] = .array(selection.alertDetails.map(\.rawValue).sorted().map(JSON.string))
            members["customDetails"] = .array(selection.customDetails.sorted().map(JSON.string))
        }
        return .object(members)
    }

    fileprivate init?(json: JSON) {
        guard let lookback = json["lookbackTicks"]?.intValue else { return nil }
        let method: MatchingMethod
        switch json["method"]?.stringValue {
        case "anyAlert": method = .anyAlert
        case "allEntities": method = .allEntities
        case "selected":
            method = .selected(
                Selection(
                    entityKinds: json.kinds("kinds"),
                    alertDetails: Set(json.texts("alertDetails").compactMap(AlertDetail.init(rawValue:))),
                    customDetails: Set(json.texts("customDetails"))))
        default: return nil
        }
        self.init(
            matchingMethod: method, lookback: TimeSpan(ticks: lookback),
            reopensClosedIncident: json["reopensClosedIncident"]?.boolValue ?? false)
    }
}

extension JSON {
    fileprivate func texts(_ key: String) -> [String] { (self[key]?.arrayValue ?? []).compactMap(\.stringValue) }

    fileprivate func kinds(_ key: String) -> Set<EntityKind> { Set(texts(key).compactMap(EntityKind.init(rawValue:))) }
}
