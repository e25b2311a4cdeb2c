internal import JSON

/// Incidents as text for the terminal.
enum IncidentText {
    static func line(_ incident: JSON) -> String {
        let properties = incident["properties"] ?? .null
        func text(_ name: String) -> String { properties[name]?.stringValue ?? "" }
        let score = properties["tocsinPriority"]?["score"]?.intValue.map(String.init) ?? "–"
        let number = properties["incidentNumber"]?.intValue ?? 0
        let alerts = properties["additionalData"]?["alertsCount"]?.intValue ?? 0
        return
            "\(pad(score, 3))  #\(pad(String(number), 4))  \(pad(text("severity"), 13))  \(pad(text("status"), 6))  "
            + "\(text("title")) (\(alerts) \(alerts == 1 ? "alert" : "alerts"))"
    }

    static func page(_ incident: JSON, alerts: [JSON], comments: [JSON]) -> String {
        let properties = incident["properties"] ?? .null
        var text = line(incident) + "\n"
        if let owner = properties["owner"]?["assignedTo"]?.stringValue { text += "owner: \(owner)\n" }
        if let verdict = properties["classification"]?.stringValue {
            text += "classification: \(verdict)\n"
        }
        text += "\nwhy this priority\n"
        for reason in properties["tocsinPriority"]?["reasons"]?.arrayValue ?? [] {
            let points = Int((reason["points"]?.doubleValue ?? 0).rounded())
            text +=
                "  \(pad((points < 0 ? "" : "+") + String(points), 4))  \(reason["text"]?.stringValue ?? "")\n"
        }
        text += "\nalerts\n"
        for alert in alerts {
            let content = alert["properties"] ?? .null
            text +=
                "  \(content["endTimeUtc"]?.stringValue?.prefix(19) ?? "")  \(content["severity"]?.stringValue ?? "")  "
            text += "\(content["alertDisplayName"]?.stringValue ?? "")\n"
        }
        if !comments.isEmpty { text += "\ncomments\n" }
        for comment in comments {
            let content = comment["properties"] ?? .null
            text +=
                "  \(content["author"]?["name"]?.stringValue ?? ""): \(content["message"]?.stringValue ?? "")\n"
        }
        return text
    }

    /// Reads an incident, changes its properties, writes it back with its etag.
    static func change(_ incident: String, _ client: APIClient, _ edit: (inout JSONObject) -> Void)
        async throws
    {
        let found = try await client.get("/api/incidents/\(APIClient.escaped(incident))")
        guard var resource = found.objectValue, var properties = resource["properties"]?.objectValue
        else {
            throw CommandFailure("the server's answer is no incident")
        }
        edit(&properties)
        resource["properties"] = .object(properties)
        let path = "/api/incidents/\(resource["name"]?.stringValue ?? "")"
        Terminal.line(line(try await client.put(path, json: .object(resource))))
    }

    private static func pad(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }
}
