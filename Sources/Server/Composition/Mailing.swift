internal import Casebook
internal import Chronology
internal import Foundation
internal import Logging
internal import Notification
internal import SMTPChannel
internal import StateStore

/// Notification as configured.
enum Mailing {
    static func engine(_ core: Core) throws -> NotificationEngine {
        NotificationEngine(
            database: core.database, casebook: core.casebook, contacts: contacts(core),
            channel: try channel(core.settings.mail),
            options: NotificationEngine.Options(portalURL: core.settings.http.address), time: core.time,
            logger: core.logger)
    }

    /// The mail channel, nil when no mail server is configured.
    static func channel(_ mail: Settings.Mail) throws -> SMTPChannel? {
        guard let host = mail.host else { return nil }
        guard let sender = MailAddress(mail.from) else {
            throw SettingsError(message: "mail.from is '\(mail.from)'; it must be a mail address")
        }
        let security: SMTPSettings.Security =
            switch mail.security {
            case "none": .none
            case "tls": .tls
            default: .startTLS
            }
        let credentials = mail.username.map {
            SMTPSettings.Credentials(username: $0, password: mail.password ?? "")
        }
        return SMTPChannel(
            SMTPSettings(
                host: host, port: mail.port, security: security, credentials: credentials, sender: sender,
                caFile: mail.caFile))
    }

    /// The contacts of the data folder, else of the content folder.
    private static func contacts(_ core: Core) -> [Contact] {
        for folder in [core.settings.dataFolder, core.settings.contentFolder] {
            let file = folder.appending(path: "contacts.yaml")
            guard let text = ContentFiles.text(file) else { continue }
            let (contacts, problems) = ContactFile.read(text, file: file.path)
            for problem in problems { core.logger.warning("contact left out", metadata: ["problem": "\(problem)"]) }
            return contacts
        }
        return []
    }
}

/// Sends a message that shows that the mail settings work.
public enum TestMessage {
    public static func send(to address: String, _ settings: Settings) async throws {
        guard let recipient = MailAddress(address) else {
            throw SettingsError(message: "'\(address)' is no mail address")
        }
        guard let channel = try Mailing.channel(settings.mail) else {
            throw SettingsError(
                message: "no mail server is configured; set mail.host in tocsin.yaml or TOCSIN_MAIL_HOST")
        }
        let now = TimeSource.system.now()
        try await channel.deliver(.test(to: recipient, id: "test-\(now.ticks)", date: now))
    }
}
