import AsyncHTTPClient
import Foundation
import JSON
import NIOCore
import NIOHTTP1
import TestSupport
import Testing

/// The real program, started as a user would start it, on a data folder of its own.
final class RunningTocsin: Sendable {
    let data: URL
    let address: String
    let token: String
    /// What it printed until it was ready.
    let announcement: String
    /// Where its file system begins; not `/` when it has a mount of its own.
    let root: String
    private let process: ChildProcess

    /// The program that was built beside these tests.
    static let program: URL = {
        let beside = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent().appending(path: "tocsin")
        if FileManager.default.isExecutableFile(atPath: beside.path) { return beside }
        return SharedFolder.checkout.appending(path: ".build/debug/tocsin")
    }()

    static func environment(_ further: [String: String] = [:]) -> [String: String] {
        var environment = ProcessInfo.processInfo.environment
        environment["TOCSIN_HOME"] = SharedFolder.checkout.path
        environment["TOCSIN_DATA"] = nil
        environment["SHELL"] = "/bin/bash"
        return environment.merging(further) { $1 }
    }

    static func temporaryFolder() throws -> URL {
        let folder = FileManager.default.temporaryDirectory.appending(path: "tocsin-test-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        return folder
    }

    /// Starts a server and waits until it says that it answers.
    ///
    /// - Parameter launcher: A command in front of the program's own, which becomes the program by exec.
    init(
        command: String = "serve", data: URL, environment: [String: String] = [:], arguments: [String] = [],
        launcher: [String] = []
    ) async throws {
        let port = arguments.contains("--port") ? [] : ["--port", "0"]
        let command = launcher + [Self.program.path, command, "--data", data.path] + port + arguments
        let process = try await ChildProcess(
            launcher.isEmpty ? Self.program.path : "/usr/bin/env",
            launcher.isEmpty ? Array(command.dropFirst()) : command, environment: Self.environment(environment))
        var printed = ""
        while !printed.contains("Stop with Ctrl-C."), let line = await process.nextLine() { printed += line + "\n" }
        guard printed.contains("Stop with Ctrl-C.") else {
            await process.ended()
            throw Failure(description: "the server did not start: \(printed)\(process.errors)")
        }
        self.data = data
        announcement = printed
        self.process = process
        root = "/proc/\(process.identifier)/root"
        let running = try JSON(parsing: try Data(contentsOf: URL(filePath: "\(root)\(data.path)/server.json")))
        address = try #require(running["address"]?.stringValue)
        token = try #require(running["token"]?.stringValue)
    }

    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// Ends the process at once, as a crash would.
    func kill() async {
        process.signal(SIGKILL)
        await process.ended()
    }

    /// A launcher under which signals arrive although a test runner's threads block them.
    static let hearingSignals = [
        "python3", "-c",
        "import os, signal, sys; signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGTERM, signal.SIGINT]); "
            + "os.execv(sys.argv[1], sys.argv[1:])",
    ]

    /// A launcher that puts a disk of its own in the place of the data folder; for root only.
    static func onDisk(of mebibytes: Int, at data: URL) -> [String] {
        [
            "unshare", "--mount", "sh", "-c", "mount -t tmpfs -o size=\(mebibytes)m tmpfs \"$0\" && exec \"$@\"",
            data.path,
        ]
    }

    /// Asks the process to end, as an operator would, and gives its status; it must have been started `hearingSignals`.
    func terminate() async -> Int32 {
        process.signal(SIGTERM)
        return await process.ended()
    }

    /// Ends the process for good. By SIGKILL too: a test runner's threads block other signals, and children inherit that.
    func stop() async { await kill() }

    deinit { process.signal(SIGKILL) }
}

/// A request to a running server.
struct Answer: Sendable {
    let status: Int
    let headers: [String: String]
    let text: String

    var json: JSON {
        get throws { try JSON(parsing: text) }
    }
}

extension RunningTocsin {
    /// Sends a request; `token` nil sends none.
    func send(
        _ method: String, _ path: String, body: String? = nil, type: String = "application/json", token: String?,
        headers: [String: String] = [:], timeout: TimeAmount = .seconds(60)
    ) async throws -> Answer {
        var request = HTTPClientRequest(url: path.hasPrefix("http") ? path : address + path)
        request.method = .init(rawValue: method)
        if let token { request.headers.add(name: "Authorization", value: "Bearer \(token)") }
        if let body {
            request.headers.add(name: "Content-Type", value: type)
            request.body = .bytes(ByteBuffer(string: body))
        }
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        let response = try await HTTPClient.shared.execute(request, timeout: timeout)
        let content = try await response.body.collect(upTo: 1 << 28)
        return Answer(
            status: Int(response.status.code),
            headers: Dictionary(response.headers.map { ($0.name.lowercased(), $0.value) }, uniquingKeysWith: { $1 }),
            text: String(buffer: content))
    }

    func get(_ path: String) async throws -> JSON {
        try await send("GET", path, token: token).json
    }

    func ingest(
        _ lines: String, _ parameters: String = "source=test", timeout: TimeAmount = .seconds(60)
    ) async throws -> JSON {
        let answer = try await send(
            "POST", "/api/ingest?\(parameters)", body: lines, type: "application/x-ndjson", token: token,
            timeout: timeout)
        return try answer.json
    }

    /// The rows of a query, each cell as JSON.
    func query(_ text: String) async throws -> [[JSON]] {
        let answer = try await send(
            "POST", "/api/query", body: JSON.object(["query": .string(text)]).description, token: token)
        let json = try answer.json
        let rows = try #require(json["tables"]?[0]?["rows"]?.arrayValue, "\(answer.text)")
        return rows.map { $0.arrayValue ?? [] }
    }

    /// Asks again until the condition holds; gives up after a minute.
    func eventually(_ what: String, _ condition: () async throws -> Bool) async throws {
        let deadline = ContinuousClock.now + .seconds(60)
        while ContinuousClock.now < deadline {
            if try await condition() { return }
            await Task.yield()
        }
        throw Failure(description: "did not happen within a minute: \(what)")
    }
}

extension Command {
    /// Runs the program that is tested.
    static func run(_ arguments: [String], environment: [String: String] = [:], input: String = "") async throws
        -> Command
    {
        try await run(RunningTocsin.program, arguments, environment: environment, input: input)
    }

    /// Runs another program beside it.
    ///
    /// - Parameter environment: What is added to that of the tests.
    static func run(
        _ program: URL, _ arguments: [String], environment: [String: String] = [:], input: String = "",
        folder: URL? = nil
    ) async throws -> Command {
        try await run(
            program.path, arguments, environment: RunningTocsin.environment(environment), input: input, folder: folder)
    }
}
