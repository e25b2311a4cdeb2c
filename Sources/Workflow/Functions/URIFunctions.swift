internal import JSON

/// `uriHost`, `uriPath`… over an absolute URI (RFC 3986).
enum URIFunctions {
    static let all: [WorkflowFunction] = [
        .init("uriHost", 1...1) { arguments, _ throws(ExpressionError) in .string(try parts(arguments).host) },
        .init("uriPath", 1...1) { arguments, _ throws(ExpressionError) in .string(try parts(arguments).path) },
        .init("uriPathAndQuery", 1...1) { arguments, _ throws(ExpressionError) in
            let parts = try parts(arguments)
            return .string(parts.path + parts.query)
        },
        .init("uriPort", 1...1) { arguments, _ throws(ExpressionError) in .int(try parts(arguments).port) },
        .init("uriQuery", 1...1) { arguments, _ throws(ExpressionError) in .string(try parts(arguments).query) },
        .init("uriScheme", 1...1) { arguments, _ throws(ExpressionError) in .string(try parts(arguments).scheme) },
    ]

    private static func parts(_ arguments: Arguments) throws(ExpressionError) -> URIParts {
        guard let parts = URIParts(try arguments.text(0)) else { throw arguments.wrong(0, "an absolute URI") }
        return parts
    }
}

/// The components of an absolute URI; `query` keeps its question mark.
struct URIParts {
    var scheme: String
    var host: String
    var port: Int64
    var path: String
    var query: String

    init?(_ text: String) {
        guard let mark = text.firstRange(of: "://") else { return nil }
        scheme = text[..<mark.lowerBound].lowercased()
        guard !scheme.isEmpty else { return nil }
        let withoutFragment = text[mark.upperBound...].prefix { $0 != "#" }
        let authority = withoutFragment.prefix { $0 != "/" && $0 != "?" }
        let rest = withoutFragment[authority.endIndex...]
        path = String(rest.prefix { $0 != "?" })
        query = String(rest.dropFirst(path.count))
        if path.isEmpty { path = "/" }
        let hostAndPort = authority.split(separator: "@", omittingEmptySubsequences: false).last ?? authority
        let defaultPort: Int64 = ["http": 80, "https": 443, "ftp": 21][scheme] ?? -1
        if let colon = hostAndPort.lastIndex(of: ":"), !hostAndPort[colon...].contains("]"),
            let number = Int64(hostAndPort[hostAndPort.index(after: colon)...])
        {
            port = number
            host = hostAndPort[..<colon].lowercased()
        } else {
            port = defaultPort
            host = hostAndPort.lowercased()
        }
    }
}
