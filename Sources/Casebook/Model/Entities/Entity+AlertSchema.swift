public import JSON
internal import Vocabulary

extension Sequence<Entity> {
    /// The entities in the alert schema, as the tables `SecurityAlert` and `Anomalies` hold them: `$id`, `Type`, then the
    /// identifiers.
    public var alertSchema: JSON {
        .array(
            enumerated().map { index, entity in
                var members: JSONObject = ["$id": .string(String(index + 1)), "Type": .string(entity.kind.alertType)]
                for (name, value) in entity.identifiers.sorted(by: { $0.key < $1.key }) {
                    members[name] = .string(value)
                }
                return .object(members)
            })
    }
}
