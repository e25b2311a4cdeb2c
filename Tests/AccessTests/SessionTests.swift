import Access
import Chronology
import Foundation
import GRDB
import StateStore
import Testing

@Suite struct SessionTests {
    @Test func `a session ends when idle, and after its longest time`() async throws {
        let fixture = try AccessFixture()
        let opened = try await fixture.administrator()
        for _ in 0..<6 {
            fixture.advance(by: .minutes(110))
            #expect(try await fixture.access.session(token: opened.token) != nil)
        }
        fixture.advance(by: .hours(2))
        #expect(try await fixture.access.session(token: opened.token) == nil)
        let other = try await fixture.access.signIn(name: "ada", password: AccessFixture.password, address: "a")
        fixture.advance(by: .minutes(121))
        #expect(try await fixture.access.session(token: other.token) == nil)
    }

    @Test func `signing out ends the session and no other`() async throws {
        let fixture = try AccessFixture()
        let first = try await fixture.administrator()
        let second = try await fixture.access.signIn(name: "ada", password: AccessFixture.password, address: "a")
        try await fixture.access.signOut(token: first.token)
        #expect(try await fixture.access.session(token: first.token) == nil)
        #expect(try await fixture.access.session(token: second.token) != nil)
    }

    @Test func `a form is accepted with the session's own token only`() async throws {
        let fixture = try AccessFixture()
        let first = try await fixture.administrator()
        let second = try await fixture.access.signIn(name: "ada", password: AccessFixture.password, address: "a")
        #expect(first.session.accepts(csrfToken: first.session.csrfToken))
        #expect(!first.session.accepts(csrfToken: second.session.csrfToken))
        #expect(!first.session.accepts(csrfToken: ""))
    }

    @Test func `no secret lies in the database`() async throws {
        let fixture = try AccessFixture()
        let opened = try await fixture.administrator()
        let made = try await fixture.access.makeToken(
            name: "t", scopes: [.readEvents], owner: opened.session.user)
        let text = try await fixture.database.read { database in
            var text = ""
            for table in ["access_user", "access_session", "access_token", "access_invitation", "journal_entry"] {
                for row in try Row.fetchAll(database, sql: "SELECT * FROM \(table)") { text += "\(row)" }
            }
            return text
        }
        for secret in [opened.token, made.secret.revealed, AccessFixture.password.revealed] {
            #expect(!text.contains(secret))
        }
        #expect(text.contains("$argon2id$"))
    }

    @Test func `a disabled user has neither sessions nor tokens`() async throws {
        let fixture = try AccessFixture()
        let administrator = try await fixture.administrator().session.user
        let opened = try await fixture.user("bob", .responder, invitedBy: administrator)
        let made = try await fixture.access.makeToken(
            name: "t", scopes: [.readEvents], owner: opened.session.user)
        try await fixture.access.update(opened.session.user.id, isDisabled: true, by: administrator)
        #expect(try await fixture.access.session(token: opened.token) == nil)
        #expect(try await fixture.access.identity(token: made.secret.revealed) == nil)
        let error = await #expect(throws: AccessError.self) {
            try await fixture.access.signIn(name: "bob", password: AccessFixture.password, address: "a")
        }
        #expect(error?.code == .invalidCredentials)
    }

    @Test func `a changed password ends the other sessions`() async throws {
        let fixture = try AccessFixture()
        let kept = try await fixture.administrator()
        let other = try await fixture.access.signIn(name: "ada", password: AccessFixture.password, address: "a")
        let new = Secret("another long sentence")
        try await fixture.access.changePassword(
            of: kept.session.user.id, from: AccessFixture.password, to: new, keepingSession: kept.token)
        #expect(try await fixture.access.session(token: kept.token) != nil)
        #expect(try await fixture.access.session(token: other.token) == nil)
        _ = try await fixture.access.signIn(name: "ada", password: new, address: "a")
    }
}
