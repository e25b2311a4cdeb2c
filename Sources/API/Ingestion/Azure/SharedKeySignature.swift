internal import Chronology
internal import Crypto
internal import Foundation

/// The header `Authorization: SharedKey {workspace}:{signature}` of the HTTP Data Collector API.
struct SharedKeySignature {
    let workspace: String
    private let signature: Data

    /// How far the sender's clock may be off.
    static let tolerance = TimeSpan.minutes(15)

    /// Nil when the header is of another form.
    init?(_ header: String?) {
        let parts = (header ?? "").split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "sharedkey" else { return nil }
        let pair = parts[1].split(separator: ":", maxSplits: 1)
        guard pair.count == 2, let signature = Data(base64Encoded: pair[1].trimmingCharacters(in: .whitespaces)) else {
            return nil
        }
        workspace = pair[0].trimmingCharacters(in: .whitespaces)
        self.signature = signature
    }

    /// Whether one of the keys signed such a request. Compared in constant time.
    func isValid(keys: [String], length: Int, date: String) -> Bool {
        let text = "POST\n\(length)\napplication/json\nx-ms-date:\(date)\n/api/logs"
        return keys.contains { key in
            guard let bytes = Data(base64Encoded: key) else { return false }
            return HMAC<SHA256>.isValidAuthenticationCode(
                signature, authenticating: Data(text.utf8), using: SymmetricKey(data: bytes))
        }
    }

    /// The instant of a date such as `Mon, 04 Apr 2016 08:00:00 GMT` (RFC 9110, section 5.6.7); nil when it is none.
    static func instant(_ text: String) -> Instant? {
        let parts = text.split(whereSeparator: { $0 == " " || $0 == "," || $0 == ":" })
        let months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
        guard parts.count == 8, parts[7] == "GMT", let day = Int(parts[1]),
            let month = months.firstIndex(of: parts[2].lowercased()), let year = Int(parts[3]),
            let hour = Int(parts[4]), let minute = Int(parts[5]), let second = Int(parts[6])
        else { return nil }
        return CivilDate(year: year, month: month + 1, day: day, hour: hour, minute: minute, second: second).instant
    }
}
