import Foundation
import JSON
import TestSupport
import Testing

struct LanguageServiceTests {
    private func ask(_ question: String, _ body: JSON) async throws -> JSON {
        let server = try await SharedServer.get()
        let answer = try await server.send(
            "POST", "/api/kql/\(question)", body: body.description, token: server.token)
        #expect(answer.status == 200, "\(answer.text)")
        return try answer.json
    }

    @Test func `completions come with what they replace, their types and values`() async throws {
        let text = "SecurityEvent | where EventI"
        let list = try await ask("completions", ["query": .string(text), "position": 28])
        #expect(list["start"]?.intValue == 22 && list["end"]?.intValue == 28)
        let first = list["items"]?.arrayValue?.first
        #expect(first?["label"]?.stringValue == "EventID")
        #expect(first?["kind"]?.stringValue == "column")
        #expect(first?["detail"]?.stringValue == "int")
        let limited = try await ask("completions", ["query": "SecurityEvent | ", "position": 16, "limit": 3])
        #expect(limited["items"]?.arrayValue?.count == 3)
        #expect(limited["isCut"]?.boolValue == true)
    }

    @Test func `positions count UTF-16 units`() async throws {
        let text = "print \"😀é\" | extend x = EvntID"
        let found = try await ask("diagnostics", ["query": .string(text)])
        let finding = found["diagnostics"]?.arrayValue?.first
        let start = try #require(finding?["start"]?.intValue)
        let units = Array(text.utf16)
        #expect(String(decoding: units[Int(start)...], as: UTF16.self) == "EvntID")
    }

    @Test func `a misspelt column is told with its repair`() async throws {
        let found = try await ask("diagnostics", ["query": "SecurityEvent | where EvntID == 1"])
        let finding = found["diagnostics"]?.arrayValue?.first
        #expect(finding?["severity"]?.stringValue == "error")
        #expect(finding?["fixes"]?.arrayValue?.first?["text"]?.stringValue == "EventID")
    }

    @Test func `hover, signature, format and tokens answer`() async throws {
        let hover = try await ask("hover", ["query": "SecurityEvent | where EventID == 1", "position": 24])
        #expect(hover["hover"]?["title"]?.stringValue == "column SecurityEvent.EventID: int")
        let signature = try await ask("signature", ["query": "print bin(1, ", "position": 13])
        #expect(signature["signature"]?["activeParameter"]?.intValue == 1)
        let none = try await ask("signature", ["query": "print 1", "position": 0])
        #expect(none["signature"] == .null)
        let formatted = try await ask("format", ["query": "SecurityEvent|take 5"])
        #expect(formatted["formatted"]?.stringValue == "SecurityEvent\n| take 5\n")
        let refused = try await ask("format", ["query": "SecurityEvent | take ("])
        #expect(refused["changed"]?.boolValue == false)
        #expect(refused["diagnostics"]?.arrayValue?.isEmpty == false)
        let tokens = try await ask("tokens", ["query": "SecurityEvent | take 5"])
        #expect(tokens["tokens"]?.arrayValue?.first == [0, 13, "table"])
    }

    @Test func `analyze answers everything at once`() async throws {
        let plain = try await ask("analyze", ["query": "SecurityEvent | take 5"])
        #expect(plain["diagnostics"] == [])
        #expect(plain["completions"] == nil)
        let placed = try await ask("analyze", ["query": "SecurityEvent | where ", "position": 22])
        #expect(placed["completions"]?["items"]?.arrayValue?.isEmpty == false)
        #expect(placed["tokens"]?.arrayValue?.count == 3)
    }

    @Test(arguments: [
        ("hover", #"{"query":"print 1"}"#, "position"), ("hover", #"{"query":"print 1","position":"x"}"#, "position"),
        ("completions", #"{"query":"print 1","position":-1}"#, "position"),
        ("completions", #"{"query":"print 1","position":99}"#, "position"),
        ("completions", #"{"query":"print '😀'","position":8}"#, "position"),
        ("completions", #"{"query":"print 1","position":1,"limit":0}"#, "limit"), ("tokens", #"{"text":"x"}"#, "query"),
    ])
    func `a bad body is refused and says which member is wrong`(question: String, body: String, target: String)
        async throws
    {
        let server = try await SharedServer.get()
        let answer = try await server.send("POST", "/api/kql/\(question)", body: body, token: server.token)
        #expect(answer.status == 400)
        #expect(try answer.json["error"]?["target"]?.stringValue == target)
    }

    @Test func `the portal's editor asks with the session of the page`() async throws {
        let data = try RunningTocsin.temporaryFolder()
        let server = try await RunningTocsin(data: data)
        let refused = try await server.send("POST", "/portal/kql/tokens", body: #"{"query":"print 1"}"#, token: nil)
        #expect(refused.status == 401)
        let session = try await PortalSession.signUp(server)
        let answer = try await server.send(
            "POST", "/portal/kql/tokens", body: #"{"query":"print 1"}"#, token: nil, headers: ["Cookie": session.cookie]
        )
        #expect(answer.status == 200)
        #expect(try answer.json["tokens"]?.arrayValue?.count == 2)
        let page = try await session.page("/logs?query=SecurityEvent%7Ctake%205&format=1")
        #expect(page.text.contains("SecurityEvent\n| take 5"))
        await server.stop()
    }

    @Test func `query files are checked and formatted without a server`() async throws {
        let folder = try RunningTocsin.temporaryFolder()
        let file = folder.appending(path: "hunt.kql")
        try Data("SecurityEvent\n| where EvntID == 1".utf8).write(to: file)
        let wrong = try await Command.run(["kql", "check", file.path])
        #expect(wrong.status == 1)
        #expect(wrong.output.hasPrefix("\(file.path):2:9: error: "))
        let json = try await Command.run(["kql", "check", "--json", file.path])
        #expect(try JSON(parsing: json.output)["replacement"]?.stringValue == "EventID")
        try Data("SecurityEvent|where EventID==1".utf8).write(to: file)
        let right = try await Command.run(["kql", "check", file.path])
        #expect(right.status == 0 && right.output.isEmpty)
        let written = try await Command.run(["kql", "format", "--write", file.path])
        #expect(written.status == 0)
        #expect(try String(contentsOf: file, encoding: .utf8) == "SecurityEvent\n| where EventID == 1\n")
    }
}
