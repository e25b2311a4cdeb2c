internal import JSON
internal import OrderedCollections
public import Workflow

/// A connector that is a web service: its operations' paths below a base address.
public struct HTTPConnector: Connector {
    private let baseURL: String
    private let headers: JSONObject
    private let client: OutgoingClient

    /// - Parameter headers: name → text, sent with each request, such as an API key.
    public init(baseURL: String, headers: [String: String] = [:], client: OutgoingClient) {
        self.baseURL = baseURL.hasSuffix("/") ? String(baseURL.dropLast()) : baseURL
        self.headers = JSONObject(
            uniqueKeysWithValues: headers.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) })
        self.client = client
    }

    public func perform(
        _ call: ConnectorCall, context: ConnectorContext
    ) async throws(OperationFailure) -> WorkflowAnswer {
        let http = HTTPCall(
            connector: call, baseURL: baseURL, headers: call.headers.merging(headers) { _, own in own })
        return try await client.perform(http, idempotencyKey: context.idempotencyKey)
    }
}

/// The connectors of this system by their names.
public struct ConnectorDirectory: Sendable {
    private let connectors: [String: any Connector]
    private let fallback: (any Connector)?

    /// - Parameters:
    ///   - connectors: by the name in `managedApis/<name>`, in lower case; `*` takes every other one.
    ///   - fallback: takes every other connector, when there is no `*`; nil: their operations fail.
    public init(_ connectors: [String: any Connector], fallback: (any Connector)? = nil) {
        self.connectors = connectors
        self.fallback = connectors["*"] ?? fallback
    }

    func connector(named name: String) -> (any Connector)? {
        if let connector = connectors[name] { return connector }
        let letters = name.filter(\.isLetter)
        if letters.hasPrefix("azuresentinel") || letters.hasPrefix("microsoftsentinel"),
            let sentinel = connectors["azuresentinel"]
        {
            return sentinel
        }
        return fallback
    }
}
