import Access
import Chronology
import StateStore
import Testing

@Suite struct AccessTokenTests {
    @Test func `an access token does what its audience and its program's scopes allow, for an hour`() async throws {
        let fixture = try AccessFixture()
        let owner = try await fixture.administrator().session.user
        let made = try await fixture.access.makeToken(
            name: "sender", scopes: [.ingestEvents, .readEvents], owner: owner)
        let issued = try await fixture.access.issueAccessToken(
            clientID: made.token.id.uppercased(), secret: made.secret, audience: .ingestion)
        let identity = try #require(try await fixture.access.identity(token: issued.secret.revealed))
        #expect(identity.permissions == [.ingestEvents])
        #expect(identity.token.id == made.token.id)
        let query = try await fixture.access.issueAccessToken(
            clientID: made.token.id, secret: made.secret, audience: .query)
        #expect(try await fixture.access.identity(token: query.secret.revealed)?.permissions == [.readEvents])
        fixture.advance(by: .hours(1))
        #expect(try await fixture.access.identity(token: issued.secret.revealed) == nil)
        #expect(try await fixture.access.identity(token: made.secret.revealed) != nil)
    }

    @Test func `a wrong client, a wrong secret or an access token gets none`() async throws {
        let fixture = try AccessFixture()
        let owner = try await fixture.administrator().session.user
        let made = try await fixture.access.makeToken(name: "sender", scopes: [.ingestEvents], owner: owner)
        let issued = try await fixture.access.issueAccessToken(
            clientID: made.token.id, secret: made.secret, audience: .ingestion)
        for (client, secret) in [
            ("nobody", made.secret), (made.token.id, Secret("tocsin_wrong")), (made.token.id, issued.secret),
        ] {
            let error = await #expect(throws: AccessError.self) {
                try await fixture.access.issueAccessToken(clientID: client, secret: secret, audience: .ingestion)
            }
            #expect(error?.code == .invalidCredentials)
        }
    }

    @Test func `revoking a token ends its access tokens`() async throws {
        let fixture = try AccessFixture()
        let owner = try await fixture.administrator().session.user
        let made = try await fixture.access.makeToken(name: "sender", scopes: [.ingestEvents], owner: owner)
        let issued = try await fixture.access.issueAccessToken(
            clientID: made.token.id, secret: made.secret, audience: .management)
        try await fixture.access.revokeToken(made.token.id, by: owner)
        #expect(try await fixture.access.identity(token: issued.secret.revealed) == nil)
    }

    @Test(arguments: [
        ("https://monitor.azure.com/.default", Audience.ingestion), ("https://monitor.azure.com//.default", .ingestion),
        ("https://management.azure.com/.default", .management), ("https://api.loganalytics.io/.default", .query),
        ("https://API.loganalytics.azure.com", .query),
    ])
    func `a scope names its audience`(scope: String, audience: Audience) {
        #expect(Audience(scope: scope) == audience)
        #expect(Audience(scope: "https://graph.microsoft.com/.default") == nil)
    }
}
