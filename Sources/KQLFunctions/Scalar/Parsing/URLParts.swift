import Foundation
import JSON
import KQLValues

/// URLs taken apart.
let urlParsingFunctions: [ScalarFunction] = scalars {
    ScalarFunction(
        "parse_url", aliases: ["parseurl"], family: .parsing, summary: "The parts of a URL (RFC 3986) as a bag.",
        signatures: [.takes(.string("url"), returns: .dynamic)],
        evaluate: each { (text: String) -> JSON? in URLParts(text).map { $0.json } })
    ScalarFunction(
        "parse_urlquery", aliases: ["parseurlquery"], family: .parsing,
        summary: "The parameters of a URL query as a bag.",
        signatures: [.takes(.string("query"), returns: .dynamic)],
        evaluate: each { (text: String) -> JSON? in
            let query = text.firstIndex(of: "?").map { text[text.index(after: $0)...] } ?? text[...]
            return ["Query Parameters": URLParts.parameters(query)]
        })
}

private struct URLParts {
    var scheme = ""
    var host = ""
    var port = ""
    var path = ""
    var user = ""
    var password = ""
    var query: Substring = ""
    var fragment = ""

    /// Reads an absolute URL; nil for text without a scheme.
    init?(_ text: String) {
        guard let schemeEnd = text.range(of: "://") else {
            guard let colon = text.firstIndex(of: ":"), text[..<colon].allSatisfy({ $0.isLetter || $0.isNumber }) else {
                return nil
            }
            scheme = String(text[..<colon])
            path = String(text[text.index(after: colon)...])
            return
        }
        scheme = String(text[..<schemeEnd.lowerBound])
        var rest = text[schemeEnd.upperBound...]
        if let mark = rest.firstIndex(of: "#") {
            fragment = String(rest[rest.index(after: mark)...])
            rest = rest[..<mark]
        }
        if let mark = rest.firstIndex(of: "?") {
            query = rest[rest.index(after: mark)...]
            rest = rest[..<mark]
        }
        if let slash = rest.firstIndex(of: "/") {
            path = String(rest[slash...])
            rest = rest[..<slash]
        }
        if let at = rest.lastIndex(of: "@") {
            let user = rest[..<at].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            self.user = String(user[0])
            if user.count > 1 { password = String(user[1]) }
            rest = rest[rest.index(after: at)...]
        }
        if let colon = rest.lastIndex(of: ":"), rest[colon...].dropFirst().allSatisfy(\.isNumber) {
            port = String(rest[rest.index(after: colon)...])
            rest = rest[..<colon]
        }
        host = String(rest)
    }

    var json: JSON {
        [
            "Scheme": .string(scheme), "Host": .string(host), "Port": .string(port), "Path": .string(path),
            "Username": .string(user), "Password": .string(password), "Query Parameters": URLParts.parameters(query),
            "Fragment": .string(fragment),
        ]
    }

    static func parameters(_ query: Substring) -> JSON {
        var bag = JSONObject()
        for pair in query.split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            bag[String(parts[0])] = .string(parts.count > 1 ? String(parts[1]) : "")
        }
        return .object(bag)
    }
}
