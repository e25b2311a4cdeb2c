import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import Testing

@Suite(.serialized)
struct StoppingTests {
    @Test func `a server with an open page stops within seconds of SIGTERM`() async throws {
        let data = try RunningTocsin.temporaryFolder()
        let server = try await RunningTocsin(data: data, launcher: RunningTocsin.hearingSignals)
        let portal = try await PortalSession.signUp(server)
        // The stream of a page, and a connection that is kept open.
        var request = HTTPClientRequest(url: server.address + "/live")
        request.headers.add(name: "Cookie", value: portal.cookie)
        let stream = try await HTTPClient.shared.execute(request, timeout: .seconds(120))
        #expect(stream.status == .ok)
        let start = ContinuousClock.now
        let status = await server.terminate()
        #expect(status == 0)
        #expect(ContinuousClock.now - start < .seconds(15))
        for try await _ in stream.body {}
    }
}
