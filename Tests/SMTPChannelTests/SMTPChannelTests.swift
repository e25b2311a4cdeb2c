import Chronology
import Foundation
import Notification
import SMTPChannel
import Testing

@Suite(.enabled(if: MailServer.isAvailable, Comment(rawValue: MailServer.absence)))
struct SMTPChannelTests {
    func settings(
        _ server: MailServer, _ security: SMTPSettings.Security,
        _ credentials: SMTPSettings.Credentials? = .init(username: "tocsin", password: "s3cret ü")
    ) throws -> SMTPSettings {
        SMTPSettings(
            host: "localhost", port: server.port, security: security, credentials: credentials,
            sender: try #require(MailAddress("tocsin@example.org")), senderName: "Tocsin",
            caFile: security == .none ? nil : server.caFile, timeout: .seconds(10))
    }

    func message(to address: String = "ada@example.org", subject: String = "Übergriff: 50 % 日本") throws
        -> NotificationMessage
    {
        NotificationMessage(
            recipient: try #require(MailAddress(address)), recipientName: "Ada Lovelace", subject: subject,
            text: "Line one\n.\nLine three: ä€\n", html: "<p>ä€ &amp; more</p>", id: "17/Ada/ada@example.org",
            date: Instant(unixMicroseconds: 1_795_000_000_000_000))
    }

    @Test(arguments: [SMTPSettings.Credentials.Mechanism.plain, .login, .automatic])
    func `a mail goes out over STARTTLS with a password`(_ mechanism: SMTPSettings.Credentials.Mechanism) async throws {
        let server = try await MailServer(.starttls)
        let credentials = SMTPSettings.Credentials(username: "tocsin", password: "s3cret ü", mechanism: mechanism)
        try await SMTPChannel(try settings(server, .startTLS, credentials)).deliver(try message())
        let mail = try await server.next()
        #expect(mail.sender == "tocsin@example.org")
        #expect(mail.recipients == ["ada@example.org"])
        #expect(mail.isEncrypted)
        if mechanism != .automatic { #expect(mail.mechanism == mechanism.rawValue) }
        #expect(mail.content.contains("Message-ID: <17Adaadaexampleorg."))
        #expect(mail.content.contains("multipart/alternative"))
        #expect(mail.content.contains(Data("<p>ä€ &amp; more</p>".utf8).base64EncodedString()))
    }

    @Test func `a mail goes out over TLS, and without any`() async throws {
        let secure = try await MailServer(.tls)
        try await SMTPChannel(try settings(secure, .tls)).deliver(try message())
        #expect(try await secure.next().isEncrypted)
        let plain = try await MailServer(.plain)
        try await SMTPChannel(try settings(plain, .none, nil)).deliver(try message())
        #expect(try await !plain.next().isEncrypted)
    }

    @Test func `a server without STARTTLS gets neither password nor mail`() async throws {
        let server = try await MailServer(.plain)
        let channel = SMTPChannel(try settings(server, .startTLS))
        let failure = await #expect(throws: DeliveryFailure.self) { try await channel.deliver(try message()) }
        #expect(failure?.isPermanent == false)
    }

    @Test func `a certificate of nobody we trust is refused`() async throws {
        let server = try await MailServer(.starttls)
        var untrusting = try settings(server, .startTLS)
        untrusting.caFile = nil
        let channel = SMTPChannel(untrusting)
        let failure = await #expect(throws: DeliveryFailure.self) { try await channel.deliver(try message()) }
        #expect(failure?.isPermanent == false)
    }

    @Test func `a wrong password is worth another try, an unknown recipient is not`() async throws {
        let server = try await MailServer(.starttls)
        let wrong = SMTPChannel(try settings(server, .startTLS, .init(username: "tocsin", password: "no")))
        let password = await #expect(throws: DeliveryFailure.self) { try await wrong.deliver(try message()) }
        #expect(password?.isPermanent == false)
        let channel = SMTPChannel(try settings(server, .startTLS))
        let unknown = await #expect(throws: DeliveryFailure.self) {
            try await channel.deliver(try message(to: "nobody@example.org"))
        }
        #expect(unknown?.isPermanent == true)
        #expect(unknown?.reason.contains("550") == true)
        let busy = await #expect(throws: DeliveryFailure.self) {
            try await channel.deliver(try message(to: "busy@example.org"))
        }
        #expect(busy?.isPermanent == false)
    }

    @Test func `nobody at the port is a failure that passes`() async throws {
        let sender = try #require(MailAddress("a@b"))
        let settings = SMTPSettings(host: "127.0.0.1", port: 1, security: .none, sender: sender, timeout: .seconds(2))
        let channel = SMTPChannel(settings)
        let failure = await #expect(throws: DeliveryFailure.self) { try await channel.deliver(try message()) }
        #expect(failure?.isPermanent == false)
    }

    @Test func `line breaks in a subject or name make no new header`() throws {
        let sender = try #require(MailAddress("tocsin@example.org"))
        var evil = try message(subject: "Hello\r\nBcc: victim@example.org\r\n\r\nBody")
        evil.recipientName = "Ada\r\nX-Evil: yes"
        let text = MailMessage(evil, settings: SMTPSettings(host: "h", port: 25, security: .none, sender: sender)).text
        let head = text.components(separatedBy: "\r\n\r\n")[0]
        let names = head.components(separatedBy: "\r\n").filter { !$0.hasPrefix(" ") }
            .map { String($0.prefix { $0 != ":" }) }
        #expect(
            names == [
                "Date", "From", "To", "Message-ID", "Subject", "Auto-Submitted", "MIME-Version", "Content-Type",
            ])
        #expect(!text.components(separatedBy: "\r\n").contains { $0.utf8.count > 998 })
    }

    @Test func `every line is short enough, whatever the text`() throws {
        let sender = try #require(MailAddress("tocsin@example.org"))
        let long = try message(subject: String(repeating: "ätsch 日本語 ", count: 60))
        let text = MailMessage(long, settings: SMTPSettings(host: "h", port: 25, security: .none, sender: sender)).text
        #expect(text.components(separatedBy: "\r\n").allSatisfy { $0.utf8.count <= 78 })
    }
}
