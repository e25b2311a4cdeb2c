public import JSON

/// A request's body as bytes.
public struct EncodedBody: Sendable, Hashable {
    public var bytes: [UInt8]
    /// What the bytes are, when the value says so.
    public var contentType: String?
}

extension HTTPCall {
    /// The body as it goes over the wire: strings as they are, binary content decoded, other values as JSON.
    public var encodedBody: EncodedBody { EncodedBody(of: body) }
}

extension EncodedBody {
    init(of value: JSON) {
        switch value {
        case .null: self.init(bytes: [], contentType: nil)
        case .string(let text): self.init(bytes: Array(text.utf8), contentType: nil)
        default:
            if let content = value.binaryContent {
                self.init(bytes: content.bytes, contentType: content.contentType)
            } else {
                self.init(bytes: Array(value.description.utf8), contentType: "application/json")
            }
        }
    }
}

extension HTTPCall {
    /// An operation of a connector as a request below the connector's base address, without a slash at its end.
    public init(connector call: ConnectorCall, baseURL: String, headers: JSONObject) {
        self.init(
            method: call.method, uri: HTTPCall.uri(baseURL + call.path, adding: call.queries), headers: headers,
            body: call.body, authentication: .null)
    }
}
