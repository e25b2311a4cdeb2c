internal import CCurl
internal import Chronology
internal import Dispatch
internal import Foundation
public import Notification

/// Delivers notifications through a mail server, by libcurl on a thread of its own.
public struct SMTPChannel: Channel {
    private static let queue = DispatchQueue(label: "tocsin.smtp", attributes: .concurrent)
    private static let isPrepared = tocsin_curl_prepare() == 0

    private let settings: SMTPSettings

    public init(_ settings: SMTPSettings) {
        self.settings = settings
    }

    public var name: String { "smtp" }

    public func deliver(_ message: NotificationMessage) async throws(DeliveryFailure) {
        guard Self.isPrepared else {
            throw DeliveryFailure(isPermanent: false, reason: "libcurl cannot be used on this machine")
        }
        let text = MailMessage(message, settings: settings).text
        let outcome = await withCheckedContinuation { continuation in
            Self.queue.async {
                continuation.resume(returning: SMTPOutcome.sending(text, to: message.recipient, settings))
            }
        }
        if let failure = outcome.failure { throw failure }
    }
}

/// What came of handing a message over.
private struct SMTPOutcome: Sendable {
    let failure: DeliveryFailure?

    /// Blocks until the server has answered.
    static func sending(_ text: String, to recipient: MailAddress, _ settings: SMTPSettings) -> SMTPOutcome {
        let strings = CStrings(
            settings.url, settings.sender.text, text, recipient.text, settings.credentials?.username,
            settings.credentials?.password, loginOptions(settings), settings.caFile)
        defer { strings.free() }
        var recipients = [UnsafePointer(strings[3])]
        let milliseconds = Int(settings.timeout.seconds * 1000)
        let result = recipients.withUnsafeMutableBufferPointer { list in
            var request = tocsin_smtp_request()
            request.url = UnsafePointer(strings[0])
            request.security = security(settings.security)
            request.sender = UnsafePointer(strings[1])
            request.message = UnsafePointer(strings[2])
            request.message_length = text.utf8.count
            request.recipients = UnsafePointer(list.baseAddress)
            request.recipient_count = list.count
            request.username = UnsafePointer(strings[4])
            request.password = UnsafePointer(strings[5])
            request.login_options = UnsafePointer(strings[6])
            request.ca_file = UnsafePointer(strings[7])
            request.connect_timeout_ms = min(milliseconds, 15_000)
            request.timeout_ms = milliseconds
            return tocsin_smtp_send(&request)
        }
        return SMTPOutcome(failure: failure(result, settings))
    }

    private static func security(_ security: SMTPSettings.Security) -> Int32 {
        switch security {
        case .none: Int32(TOCSIN_SMTP_PLAIN)
        case .startTLS: Int32(TOCSIN_SMTP_STARTTLS)
        case .tls: Int32(TOCSIN_SMTP_TLS)
        }
    }

    private static func loginOptions(_ settings: SMTPSettings) -> String? {
        switch settings.credentials?.mechanism {
        case .plain: "AUTH=PLAIN"
        case .login: "AUTH=LOGIN"
        case .automatic, nil: nil
        }
    }

    /// A refusal with a code of 5xx is final; a broken connection or a wrong password is worth another try, since
    /// somebody may repair it.
    private static func failure(_ result: tocsin_smtp_result, _ settings: SMTPSettings) -> DeliveryFailure? {
        guard result.code != 0 else { return nil }
        let reason = withUnsafeBytes(of: result.reason) { bytes in
            String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
        let isRefusal = result.is_temporary == 0 && (500...599).contains(result.response)
        let answer = result.response > 0 ? " (answer \(result.response))" : ""
        return DeliveryFailure(isPermanent: isRefusal, reason: "\(settings.host):\(settings.port): \(reason)\(answer)")
    }
}

/// Texts as C strings, for the length of a call; absent ones are null pointers.
private struct CStrings {
    private let pointers: [UnsafeMutablePointer<CChar>?]

    init(_ texts: String?...) {
        pointers = texts.map { $0.map { strdup($0) } ?? nil }
    }

    subscript(index: Int) -> UnsafeMutablePointer<CChar>? { pointers[index] }

    func free() {
        for pointer in pointers { Foundation.free(pointer) }
    }
}
