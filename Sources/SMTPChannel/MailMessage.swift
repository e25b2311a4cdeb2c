internal import Chronology
internal import Foundation
public import Notification

/// A notification in the form of Internet mail: RFC 5322, with the text as plain text and as HTML (RFC 2046).
public struct MailMessage: Sendable {
    private static let lineLength = 76

    private let message: NotificationMessage
    private let settings: SMTPSettings

    public init(_ message: NotificationMessage, settings: SMTPSettings) {
        self.message = message
        self.settings = settings
    }

    /// The message with CRLF line ends.
    public var text: String {
        let boundary = "tocsin-\(token)"
        let lines = [
            "Date: \(date)",
            "From: \(mailbox(name: settings.senderName, address: settings.sender))",
            "To: \(mailbox(name: message.recipientName, address: message.recipient))",
            "Message-ID: <\(token)@\(domain)>",
            "Subject: \(HeaderText.encoded(message.subject, firstLineOffset: 9))",
            "Auto-Submitted: auto-generated",
            "MIME-Version: 1.0",
            "Content-Type: multipart/alternative;", " boundary=\"\(boundary)\"",
            "", "--\(boundary)",
            "Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: base64", "",
            base64(message.text), "--\(boundary)",
            "Content-Type: text/html; charset=utf-8", "Content-Transfer-Encoding: base64", "",
            base64(message.html), "--\(boundary)--", "",
        ]
        return lines.joined(separator: "\r\n")
    }

    /// A word that is the same for all tries of the message.
    private var token: String {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in message.id.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        let plain = message.id.unicodeScalars.filter {
            $0.isASCII && ($0.properties.isAlphabetic || $0.properties.numericType != nil)
        }
        return String(String.UnicodeScalarView(plain).prefix(24)) + "." + String(hash, radix: 16)
    }

    private var domain: String { settings.sender.text.split(separator: "@").last.map(String.init) ?? "localhost" }

    /// RFC 5322, section 3.3.
    private var date: String {
        let civil = CivilDate(message.date)
        let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let clock = "\(two(civil.hour)):\(two(civil.minute)):\(two(civil.second))"
        return "\(days[civil.dayOfWeek]), \(civil.day) \(months[civil.month - 1]) \(civil.year) \(clock) +0000"
    }

    private func mailbox(name: String, address: MailAddress) -> String {
        name.isEmpty ? "<\(address)>" : "\(HeaderText.encoded(name, firstLineOffset: 6)) <\(address)>"
    }

    private func base64(_ text: String) -> String {
        let normal = text.replacing("\r\n", with: "\n").replacing("\n", with: "\r\n")
        let encoded = Array(Data(normal.utf8).base64EncodedString().utf8)
        return stride(from: 0, to: encoded.count, by: Self.lineLength).map { start in
            String(decoding: encoded[start..<min(start + Self.lineLength, encoded.count)], as: UTF8.self)
        }.joined(separator: "\r\n")
    }
}

/// Unstructured text in a header: encoded words of RFC 2047, folded; no line break of the text survives.
enum HeaderText {
    private static let bytesPerWord = 39

    static func encoded(_ text: String, firstLineOffset: Int) -> String {
        let safe = String(
            String.UnicodeScalarView(
                text.unicodeScalars.map { $0.properties.generalCategory == .control || $0 == "\u{2028}" ? " " : $0 }))
        let isPlain =
            safe.utf8.allSatisfy { (0x20...0x7E).contains($0) } && safe.utf8.count + firstLineOffset <= 76
            && !safe.contains("=?") && safe.allSatisfy { $0.isLetter || $0.isNumber || " -_.:/!()[],'".contains($0) }
            && !safe.contains { ":()[],".contains($0) && firstLineOffset == 6 }
        if isPlain { return safe }
        return words(of: safe).map { "=?UTF-8?B?\(Data($0.utf8).base64EncodedString())?=" }
            .joined(separator: "\r\n ")
    }

    /// Pieces short enough for one encoded word each, cut between characters.
    private static func words(of text: String) -> [String] {
        var words: [String] = []
        var current = ""
        for scalar in text.unicodeScalars {
            if current.utf8.count + Unicode.UTF8.width(scalar) > bytesPerWord {
                words.append(current)
                current = ""
            }
            current.unicodeScalars.append(scalar)
        }
        return words + [current]
    }
}
