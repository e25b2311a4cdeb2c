internal import JSON

/// A web service behind a connector, as `connectors.yaml` names it.
public struct ConnectorSettings: Sendable, Hashable {
    public var name: String
    public var url: String
    public var headers: [String: String]
}

/// Reads `connectors.yaml`: `connectors: {name: {url, headers: {…}}}`, where the name `*` stands for every connector
/// that is not named, and `hosts: {host: url}`, by which requests to a host go elsewhere.
public enum ConnectorFile {
    /// The hosts whose requests go elsewhere, for `OutgoingClient`.
    public static func hosts(_ text: String, file: String) -> [String: String] {
        // What is wrong with the file is reported where its connectors are read.
        let document = (try? YAMLReading.json(text, file: file)) ?? .null
        let pairs = (document["hosts"]?.objectValue ?? [:]).compactMap { host, url in
            url.stringValue.map { (host.lowercased(), $0) }
        }
        return Dictionary(pairs, uniquingKeysWith: { first, _ in first })
    }

    public static func read(_ text: String, file: String) -> (connectors: [ConnectorSettings], problems: [RuleProblem])
    {
        let document: JSON
        do throws(RuleProblem) {
            document = try YAMLReading.json(text, file: file)
        } catch {
            return ([], [error])
        }
        var connectors: [ConnectorSettings] = []
        var problems: [RuleProblem] = []
        for (name, entry) in document["connectors"]?.objectValue ?? [:] {
            guard let url = entry["url"]?.stringValue, url.hasPrefix("http") else {
                let message = "'url' must be the http or https address of the service"
                problems.append(RuleProblem(file: file, line: 0, path: "connectors.\(name)", message: message))
                continue
            }
            let headers = (entry["headers"]?.objectValue ?? [:]).map { ($0.key, $0.value.stringValue ?? "") }
            connectors.append(
                ConnectorSettings(
                    name: name.lowercased(), url: url,
                    headers: Dictionary(headers, uniquingKeysWith: { first, _ in first })))
        }
        return (connectors, problems)
    }
}
