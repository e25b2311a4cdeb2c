import Notification
import Testing
import Vocabulary

struct ContactTests {
    @Test func `a file of contacts is read`() throws {
        let text = """
            contacts:
              - name: Security operations
                emails: [soc@example.org, lead@example.org]
                roles: [incident lead]
                minimumSeverity: Medium
                notifyOn: [created]
                maximumPerHour: 5
              - name: Management
                emails: "boss@example.org; deputy@example.org"
                isEnabled: false
            """
        let (contacts, problems) = ContactFile.read(text, file: "contacts.yaml")
        #expect(problems.isEmpty)
        #expect(contacts.map(\.name) == ["Security operations", "Management"])
        #expect(contacts[0].addresses.map(\.text) == ["soc@example.org", "lead@example.org"])
        #expect(contacts[0].wants(.created, severity: .medium))
        #expect(!contacts[0].wants(.created, severity: .low))
        #expect(!contacts[0].wants(.severityRaised, severity: .high))
        #expect(contacts[1].addresses.count == 2)
        #expect(!contacts[1].wants(.created, severity: .high))
    }

    @Test func `a wrong contact is reported with its place, and the others stay`() throws {
        let text = """
            contacts:
              - name: A
                emails: not an address
              - name: B
                emails: b@example.org
                minimumSeverity: huge
              - name: C
                emails: c@example.org
            """
        let (contacts, problems) = ContactFile.read(text, file: "contacts.yaml")
        #expect(contacts.map(\.name) == ["C"])
        #expect(problems.map(\.line) == [3, 6])
        #expect(problems.first?.description.hasPrefix("contacts.yaml:3:") == true)
    }

    @Test(arguments: [
        "a@b\r\nBcc: x@y", "a b@c", "<a@b>", "a@b@c", "@b", "a@", "", "a,b@c", "ä@b", "\"a\"@b",
        String(repeating: "a", count: 300) + "@b",
    ])
    func `an address that could smuggle something in is refused`(_ text: String) {
        #expect(MailAddress(text) == nil)
    }
}
