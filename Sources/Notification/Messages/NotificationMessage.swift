public import Chronology

/// A message to one address, in words; channels give it their form.
public struct NotificationMessage: Sendable, Hashable {
    public var recipient: MailAddress
    public var recipientName: String
    public var subject: String
    public var text: String
    public var html: String
    /// The same for all tries of one message: the left side of the Message-ID.
    public var id: String
    public var date: Instant

    public init(
        recipient: MailAddress, recipientName: String = "", subject: String, text: String, html: String, id: String,
        date: Instant
    ) {
        self.recipient = recipient
        self.recipientName = recipientName
        self.subject = subject
        self.text = text
        self.html = html
        self.id = id
        self.date = date
    }

    /// A message that only shows that the way works.
    public static func test(to recipient: MailAddress, id: String, date: Instant) -> NotificationMessage {
        let text = "This is a test message from Tocsin. It shows that notifications reach you; nothing happened."
        return NotificationMessage(
            recipient: recipient, subject: "Tocsin test message", text: text + "\n", html: "<p>\(text)</p>", id: id,
            date: date)
    }
}
