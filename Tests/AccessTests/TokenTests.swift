import Access
import Chronology
import StateStore
import Testing

@Suite struct TokenTests {
    @Test func `a token speaks for its owner within its scopes`() async throws {
        let fixture = try AccessFixture()
        let owner = try await fixture.administrator().session.user
        let made = try await fixture.access.makeToken(
            name: "collector", scopes: [.ingestEvents, .readEvents], owner: owner)
        #expect(made.secret.revealed.hasPrefix("tocsin_"))
        let identity = try #require(try await fixture.access.identity(token: made.secret.revealed))
        #expect(identity.permissions == [.ingestEvents, .readEvents])
        #expect(identity.actor.kind == .application)
        #expect(try await fixture.access.identity(token: made.secret.revealed + "x") == nil)
        #expect(try await fixture.access.identity(token: "") == nil)
    }

    @Test func `nobody gives a token more than the role holds, and a lesser role shrinks the token`() async throws {
        let fixture = try AccessFixture()
        let administrator = try await fixture.administrator().session.user
        let bob = try await fixture.user("bob", .contributor, invitedBy: administrator).session.user
        let error = await #expect(throws: AccessError.self) {
            try await fixture.access.makeToken(name: "t", scopes: [.administer], owner: bob)
        }
        #expect(error?.code == .forbidden)
        let made = try await fixture.access.makeToken(
            name: "t", scopes: [.changeContent, .readEvents], owner: bob)
        try await fixture.access.update(bob.id, role: .reader, by: administrator)
        let identity = try #require(try await fixture.access.identity(token: made.secret.revealed))
        #expect(identity.permissions == [.readEvents])
    }

    @Test func `tokens expire and are revoked by their owner or an administrator`() async throws {
        let fixture = try AccessFixture()
        let administrator = try await fixture.administrator().session.user
        let bob = try await fixture.user("bob", .reader, invitedBy: administrator).session.user
        let eve = try await fixture.user("eve", .reader, invitedBy: administrator).session.user
        let now = Instant(unixSeconds: 1_700_000_000)
        let short = try await fixture.access.makeToken(
            name: "short", scopes: [.readEvents], owner: bob, expiryTime: now + .hours(1))
        let long = try await fixture.access.makeToken(name: "long", scopes: [.readEvents], owner: bob)
        fixture.advance(by: .hours(1))
        #expect(try await fixture.access.identity(token: short.secret.revealed) == nil)
        let error = await #expect(throws: AccessError.self) {
            try await fixture.access.revokeToken(long.token.id, by: eve)
        }
        #expect(error?.code == .forbidden)
        try await fixture.access.revokeToken(long.token.id, by: administrator)
        #expect(try await fixture.access.identity(token: long.secret.revealed) == nil)
        #expect(try await fixture.access.tokens(of: bob.id).map(\.name) == ["short"])
    }

    @Test(arguments: [Role.reader, .responder, .contributor])
    func `only an administrator invites and changes users`(role: Role) async throws {
        let fixture = try AccessFixture()
        let administrator = try await fixture.administrator().session.user
        let user = try await fixture.user("bob", role, invitedBy: administrator).session.user
        let invitation = await #expect(throws: AccessError.self) {
            try await fixture.access.invite(role: .reader, by: user)
        }
        #expect(invitation?.code == .forbidden)
        let promotion = await #expect(throws: AccessError.self) {
            try await fixture.access.update(user.id, role: .administrator, by: user)
        }
        #expect(promotion?.code == .forbidden)
    }

    @Test func `the last administrator stays one`() async throws {
        let fixture = try AccessFixture()
        let administrator = try await fixture.administrator().session.user
        let error = await #expect(throws: AccessError.self) {
            try await fixture.access.update(administrator.id, role: .reader, by: administrator)
        }
        #expect(error?.code == .conflict)
        #expect(try await fixture.access.user(administrator.id)?.role == .administrator)
    }
}
