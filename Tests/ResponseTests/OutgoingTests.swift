import JSON
import Response
import Testing
import Workflow

struct OutgoingTests {
    @Test(arguments: [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
        "255.255.255.255", "::1", "::", "fe80::1", "fd00::1", "fec0::1", "ff02::1", "::ffff:127.0.0.1",
        "::ffff:10.0.0.1", "64:ff9b::a9fe:a9fe", "2002:7f00:1::", "2001:db8::1", "198.18.0.1",
    ])
    func `a special address is denied unless its host is named`(_ text: String) throws {
        let address = try #require(NetworkAddress(text))
        #expect(address.isSpecial)
        #expect(!OutgoingPolicy().permits(address, host: "x.example", port: 443))
        #expect(OutgoingPolicy(allowedPrivateHosts: ["X.example"]).permits(address, host: "x.example", port: 443))
        #expect(OutgoingPolicy(allowedPrivateHosts: ["x.example:80"]).permits(address, host: "x.example", port: 80))
        #expect(!OutgoingPolicy(allowedPrivateHosts: ["x.example:80"]).permits(address, host: "x.example", port: 22))
    }

    @Test(arguments: ["8.8.8.8", "20.50.2.1", "2606:4700::1111", "::ffff:8.8.8.8"])
    func `a public address is allowed`(_ text: String) throws {
        #expect(OutgoingPolicy().permits(try #require(NetworkAddress(text)), host: "x", port: 443))
    }

    @Test(arguments: ["file:///etc/passwd", "gopher://x/", "no address", "http://", "functions:/x"])
    func `only http and https addresses are asked`(_ uri: String) async {
        let web = FakeWeb()
        let call = HTTPCall(method: "GET", uri: uri)
        let failure = await #expect(throws: OperationFailure.self) {
            try await OutgoingClient(port: web).perform(call)
        }
        #expect(failure?.code == "InvalidUri")
        #expect(web.requests.isEmpty)
    }

    @Test func `redirects are followed for reading, a few times, without the password to strangers`() async throws {
        let web = FakeWeb { request in
            request.uri == "https://other.example/end"
                ? WorkflowAnswer(body: "there")
                : WorkflowAnswer(statusCode: 302, headers: ["Location": "https://other.example/end"])
        }
        let call = HTTPCall(
            method: "GET", uri: "https://x.example/a",
            authentication: ["type": "Basic", "username": "u", "password": "p"])
        #expect(try await OutgoingClient(port: web).perform(call).body == "there")
        #expect(web.requests[0].headers["Authorization"] == "Basic dTpw")
        #expect(web.requests[1].headers["Authorization"] == nil)
        let post = HTTPCall(method: "POST", uri: "https://x.example/a")
        #expect(try await OutgoingClient(port: web).perform(post).statusCode == 302)
        let circle = FakeWeb { _ in WorkflowAnswer(statusCode: 302, headers: ["location": "/again"]) }
        let failure = await #expect(throws: OperationFailure.self) {
            try await OutgoingClient(port: circle).perform(call)
        }
        #expect(failure?.code == "TooManyRedirects")
    }

    @Test func `a host can be sent elsewhere, and a token is fetched`() async throws {
        let web = FakeWeb { request in
            WorkflowAnswer(body: request.uri.contains("/oauth2/token") ? ["access_token": "tok"] : ["ok": true])
        }
        let client = OutgoingClient(port: web, rewrites: ["management.azure.com": "http://127.0.0.1:7700/"])
        let call = HTTPCall(
            method: "GET", uri: "https://management.azure.com/subscriptions?api-version=1",
            authentication: [
                "type": "ActiveDirectoryOAuth", "tenant": "t", "clientId": "c", "secret": "s+", "audience": "a",
            ])
        _ = try await client.perform(call)
        #expect(web.requests[1].uri == "http://127.0.0.1:7700/subscriptions?api-version=1")
        #expect(web.requests[1].headers["Authorization"] == "Bearer tok")
        #expect(String(decoding: web.requests[0].body, as: UTF8.self).contains("client_secret=s%2B"))
    }
}
