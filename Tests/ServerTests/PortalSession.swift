import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import Testing

/// A person in the portal: signs up by the one-time link and keeps the cookie.
struct PortalSession: Sendable {
    let server: RunningTocsin
    let cookie: String

    var isSignedIn: Bool { !cookie.isEmpty }

    static func signUp(_ server: RunningTocsin, name: String = "ada") async throws -> PortalSession {
        let link = try #require(
            server.announcement.split(separator: "\n").first { $0.contains("/welcome?token=") }, "a link was printed")
        let token = try #require(link.split(separator: "=").last)
        let body = "token=\(token)&name=\(name)&password=correct-horse-battery-staple"
        let answer = try await server.send(
            "POST", "/welcome", body: body, type: "application/x-www-form-urlencoded", token: nil)
        // The client follows the redirect with GET and without the cookie, so the cookie is taken from a second sign-in.
        #expect(answer.status == 200 || answer.status == 303)
        return try await signIn(server, name: name)
    }

    static func signIn(_ server: RunningTocsin, name: String) async throws -> PortalSession {
        var configuration = HTTPClient.Configuration()
        configuration.redirectConfiguration = .disallow
        let client = HTTPClient(configuration: configuration)
        var request = HTTPClientRequest(url: server.address + "/sign-in")
        request.method = .POST
        request.headers.add(name: "Content-Type", value: "application/x-www-form-urlencoded")
        request.body = .bytes(ByteBuffer(string: "name=\(name)&password=correct-horse-battery-staple&next="))
        let response = try await client.execute(request, timeout: .seconds(30))
        let cookie = response.headers["Set-Cookie"].first?.split(separator: ";").first.map(String.init) ?? ""
        try await client.shutdown()
        return PortalSession(server: server, cookie: cookie)
    }

    /// Posts a form as the page that it is on would.
    func post(_ path: String, from page: String, _ fields: [String: String]) async throws -> Answer {
        let html = try await self.page(page).text
        let token = try #require(html.firstMatch(of: /name="csrf" value="([^"]+)"/)).output.1
        let form = fields.merging(["csrf": String(token)]) { $1 }.map { "\($0)=\($1)" }.joined(separator: "&")
        return try await server.send(
            "POST", path, body: form, type: "application/x-www-form-urlencoded", token: nil, headers: ["Cookie": cookie]
        )
    }

    func page(_ path: String) async throws -> Answer {
        try await server.send("GET", path, token: nil, headers: ["Cookie": cookie])
    }
}
