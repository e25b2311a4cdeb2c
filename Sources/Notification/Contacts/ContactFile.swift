internal import Vocabulary
internal import Yams

/// Why a file of contacts, or one contact in it, cannot be used.
public struct ContactProblem: Error, Sendable, Hashable, CustomStringConvertible {
    public let file: String
    /// Counted from 1.
    public let line: Int
    public let column: Int
    /// What is wrong and what to do.
    public let message: String

    public var description: String { "\(file):\(line):\(column): \(message)" }
}

/// Reads `contacts.yaml`: a list `contacts` of `name`, `emails`, `phone`, `roles`, `minimumSeverity`, `notifyOn`,
/// `maximumPerHour`, `isEnabled`.
public enum ContactFile {
    /// The contacts that can be used, and what is wrong with the others.
    public static func read(_ text: String, file: String) -> (contacts: [Contact], problems: [ContactProblem]) {
        let root: Node?
        do {
            root = try Yams.compose(yaml: text)
        } catch {
            return ([], [ContactProblem(file: file, line: 1, column: 1, message: "this is no YAML: \(error)")])
        }
        guard let root else { return ([], []) }
        guard let list = root.sequence ?? root.mapping?["contacts"]?.sequence else {
            let message = "a list 'contacts' is missing; each entry has 'name', 'emails' and 'minimumSeverity'"
            return ([], [ContactProblem(file: file, line: 1, column: 1, message: message)])
        }
        var reader = ContactReader(file: file)
        return (list.compactMap { reader.contact($0) }, reader.problems)
    }
}

private struct ContactReader {
    let file: String
    private(set) var problems: [ContactProblem] = []

    init(file: String) {
        self.file = file
    }

    mutating func contact(_ node: Node) -> Contact? {
        guard let fields = node.mapping else { return report("a contact is a mapping with 'name' and 'emails'", node) }
        guard let name = fields["name"]?.string, !name.isEmpty else { return report("the contact has no 'name'", node) }
        guard let emails = fields["emails"] ?? fields["email"] else {
            return report("the contact '\(name)' has no 'emails'", node)
        }
        var contact = Contact(name: name, addresses: addresses(emails), phone: fields["phone"]?.string ?? "")
        guard !contact.addresses.isEmpty else { return nil }
        contact.roles = texts(fields["roles"])
        if let severity = fields["minimumSeverity"] ?? fields["minimalSeverity"] {
            guard let read = severity.string.flatMap({ Severity(lenient: $0) }) else {
                return report("'minimumSeverity' is one of Informational, Low, Medium, High", severity)
            }
            contact.minimumSeverity = read
        }
        if let occasions = fields["notifyOn"] {
            var read: Set<Contact.Occasion> = []
            for text in texts(occasions) {
                guard let occasion = Contact.Occasion(rawValue: text) else {
                    return report("'notifyOn' knows created and severityRaised, not '\(text)'", occasions)
                }
                read.insert(occasion)
            }
            contact.occasions = read
        }
        if let limit = fields["maximumPerHour"] {
            guard let count = limit.int, count > 0 else { return report("'maximumPerHour' is a number above 0", limit) }
            contact.maximumPerHour = count
        }
        contact.isEnabled = fields["isEnabled"]?.bool ?? true
        return contact
    }

    /// A list, or one text with `;` or `,` between the addresses.
    private mutating func addresses(_ node: Node) -> [MailAddress] {
        var addresses: [MailAddress] = []
        for text in texts(node).flatMap({ $0.split { $0 == ";" || $0 == "," } }) {
            if let address = MailAddress(text) {
                addresses.append(address)
            } else {
                _ = report("'\(text)' is no mail address", node) as Contact?
            }
        }
        return addresses
    }

    private func texts(_ node: Node?) -> [String] {
        guard let node else { return [] }
        return node.sequence?.compactMap(\.string) ?? node.string.map { [$0] } ?? []
    }

    private mutating func report(_ message: String, _ node: Node) -> Contact? {
        problems.append(
            ContactProblem(file: file, line: node.mark?.line ?? 1, column: node.mark?.column ?? 1, message: message))
        return nil
    }
}
