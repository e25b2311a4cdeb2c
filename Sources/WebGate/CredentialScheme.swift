internal import Foundation

/// How a program presents its token in the header `Authorization`.
public enum CredentialScheme: String, Sendable, Hashable, CaseIterable {
    /// `Bearer TOKEN` (RFC 6750).
    case bearer
    /// `Basic` with the token as password (RFC 7617); the name before it is of no account.
    case basic
    /// `Splunk TOKEN`, as senders to Splunk's HTTP Event Collector write it.
    case splunk
    /// `ApiKey` with Base64 of `ID:TOKEN`, as Elasticsearch's clients write it, or with the token itself.
    case apiKey = "apikey"

    /// The scheme of a header's value and the token in it; nil when it is of no known form.
    public static func read(_ header: String) -> (scheme: CredentialScheme, token: String)? {
        let parts = header.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, let scheme = CredentialScheme(rawValue: parts[0].lowercased()) else { return nil }
        let text = parts[1].trimmingCharacters(in: .whitespaces)
        switch scheme {
        case .bearer, .splunk: return (scheme, text)
        case .basic: return password(in: text).map { (scheme, $0) }
        case .apiKey: return (scheme, password(in: text) ?? text)
        }
    }

    /// What follows the first colon of Base64 text; nil when it is no text, as when a token happens to read as Base64.
    private static func password(in base64: String) -> String? {
        guard let bytes = Data(base64Encoded: base64), let text = String(bytes: bytes, encoding: .utf8),
            let colon = text.firstIndex(of: ":")
        else { return nil }
        return String(text[text.index(after: colon)...])
    }
}
