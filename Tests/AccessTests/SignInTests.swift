import Access
import Chronology
import StateStore
import Testing

@Suite struct SignInTests {
    @Test func `the first administrator signs up by a link that works once`() async throws {
        let fixture = try AccessFixture()
        let link = try #require(try await fixture.access.firstAdministratorInvitation())
        let opened = try await fixture.access.accept(
            invitation: link, name: "ada", displayName: "Ada", password: AccessFixture.password)
        #expect(opened.session.user.role == .administrator)
        let error = await #expect(throws: AccessError.self) {
            try await fixture.access.accept(
                invitation: link, name: "eve", displayName: "Eve", password: AccessFixture.password)
        }
        #expect(error?.code == .invalidInvitation)
        #expect(try await fixture.access.firstAdministratorInvitation() == nil)
    }

    @Test func `a new first link makes the old one void, and links expire`() async throws {
        let fixture = try AccessFixture()
        let old = try #require(try await fixture.access.firstAdministratorInvitation())
        let new = try #require(try await fixture.access.firstAdministratorInvitation())
        #expect(try await !fixture.access.isOpen(invitation: old))
        #expect(try await fixture.access.isOpen(invitation: new))
        fixture.advance(by: .hours(25))
        #expect(try await !fixture.access.isOpen(invitation: new))
    }

    @Test func `two people with one link make one user`() async throws {
        let fixture = try AccessFixture()
        let link = try #require(try await fixture.access.firstAdministratorInvitation())
        let successes = await withTaskGroup(of: Bool.self) { group in
            for name in ["ada", "eve", "bob"] {
                group.addTask {
                    do {
                        _ = try await fixture.access.accept(
                            invitation: link, name: name, displayName: name, password: AccessFixture.password)
                        return true
                    } catch {
                        return false
                    }
                }
            }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(successes == 1)
        #expect(try await fixture.access.users().count == 1)
    }

    @Test(arguments: ["short", "ada-ada-ada-", "aaaaaaaaaaaaaaaa", String(repeating: "long", count: 100)])
    func `a weak or endless password is refused`(password: String) async throws {
        let fixture = try AccessFixture()
        let link = try #require(try await fixture.access.firstAdministratorInvitation())
        let error = await #expect(throws: AccessError.self) {
            try await fixture.access.accept(
                invitation: link, name: "ada", displayName: "ada-ada-ada-", password: Secret(password))
        }
        #expect(error?.code == .invalidField)
        #expect(try await fixture.access.isOpen(invitation: link))
    }

    @Test func `the right password opens a session, a wrong one or name does not and says the same`() async throws {
        let fixture = try AccessFixture()
        let administrator = try await fixture.administrator()
        let opened = try await fixture.access.signIn(name: "ADA", password: AccessFixture.password, address: "a")
        #expect(opened.session.user.id == administrator.session.user.id)
        #expect(opened.token != administrator.token)
        #expect(try await fixture.access.session(token: opened.token)?.csrfToken == opened.session.csrfToken)
        var messages: Set<String> = []
        for (name, password) in [("ada", "wrong password"), ("nobody", "a long enough sentence")] {
            let error = await #expect(throws: AccessError.self) {
                try await fixture.access.signIn(name: name, password: Secret(password), address: "a")
            }
            #expect(error?.code == .invalidCredentials)
            messages.insert(error?.message ?? "")
        }
        #expect(messages.count == 1)
        let kinds = try await fixture.database.journal.entries(after: 0).map(\.kind)
        #expect(kinds == [.userCreated, .signedIn, .signInRefused, .signInRefused])
    }

    @Test func `after five failures an account must wait, from wherever it is tried`() async throws {
        let fixture = try AccessFixture()
        _ = try await fixture.administrator()
        for attempt in 0..<5 {
            await #expect(throws: AccessError.self) {
                try await fixture.access.signIn(name: "ada", password: Secret("wrong"), address: "address \(attempt)")
            }
        }
        let error = await #expect(throws: AccessError.self) {
            try await fixture.access.signIn(name: "ada", password: AccessFixture.password, address: "elsewhere")
        }
        #expect(error?.code == .throttled)
        #expect(error?.retryTime != nil)
        fixture.advance(by: .minutes(2))
        _ = try await fixture.access.signIn(name: "ada", password: AccessFixture.password, address: "elsewhere")
    }

    @Test func `an address that tries many names must wait`() async throws {
        let fixture = try AccessFixture()
        _ = try await fixture.administrator()
        for attempt in 0..<5 {
            await #expect(throws: AccessError.self) {
                try await fixture.access.signIn(name: "user\(attempt)", password: Secret("wrong"), address: "one")
            }
        }
        let error = await #expect(throws: AccessError.self) {
            try await fixture.access.signIn(name: "ada", password: AccessFixture.password, address: "one")
        }
        #expect(error?.code == .throttled)
    }

    @Test(arguments: [
        (0, Int64(0)), (4, 0), (5, 60), (6, 120), (7, 240), (8, 480), (9, 900), (50, 900),
    ])
    func `the wait doubles up to a quarter of an hour`(failures: Int, seconds: Int64) {
        let start = Instant(unixSeconds: 1_700_000_000)
        var throttle = LoginThrottle()
        for _ in 0..<failures { throttle.failed(at: start) }
        let wait = throttle.blockedUntil(now: start).map { Int64(($0 - start).seconds) } ?? 0
        #expect(wait == seconds)
        throttle.failed(at: start + .hours(2))
        #expect(throttle.failures == 1)
    }
}
