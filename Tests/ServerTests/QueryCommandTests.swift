import Foundation
import JSON
import TestSupport
import Testing

/// `tocsin query` as people and scripts use it.
struct QueryCommandTests {
    /// The counted pairs of many rows: more work than any test waits for.
    static let heavy = """
        let n = range x from 1 to 1000000 step 1 | extend k = x % 100;
        n | join kind=inner (n) on k | extend z = hash_sha256(strcat(x, x1)) | where z startswith 'zz' | count
        """

    private func query(
        _ arguments: [String], data: URL? = nil, environment: [String: String] = [:], input: String = ""
    ) async throws -> Command {
        let folder = if let data { data } else { try RunningTocsin.temporaryFolder() }
        return try await Command.run(
            ["query", "--data", folder.path] + arguments, environment: environment, input: input)
    }

    @Test func `the formats print what their readers expect`() async throws {
        let data = try RunningTocsin.temporaryFolder()
        let text = "print a = 1, b = 'x,y', c = datetime(2026-11-21), d = dynamic({'k': [1]}), e = long(null)"
        func printed(_ format: String) async throws -> String {
            try await query([text, "--format", format], data: data).output
        }
        #expect(
            try await printed("csv") == "a,b,c,d,e\r\n1,\"x,y\",2026-11-21T00:00:00.0000000Z,\"{\"\"k\"\":[1]}\",\r\n")
        #expect(try await printed("tsv").hasSuffix("1\tx,y\t2026-11-21T00:00:00.0000000Z\t{\"k\":[1]}\t\n"))
        #expect(try JSON(parsing: try await printed("json"))[0]?["d"] == ["k": [1]])
        #expect(try JSON(parsing: try await printed("ndjson"))["e"]?.isNull == true)
        #expect(try await printed("markdown").hasPrefix("| a | b | c | d | e |\n"))
        let table = try await printed("table")
        #expect(table.contains("null") && table.hasSuffix("1 row\n"))
    }

    @Test func `a Parquet file keeps the types`() async throws {
        let file = try RunningTocsin.temporaryFolder().appending(path: "result.parquet")
        let text = """
            print t = datetime(2026-11-21T01:02:03.123456Z), s = 90m, j = dynamic({"k": [1]}), n = 5, r = 1.5, b = true,
                i = int(7), g = guid(74be27de-1e4e-49d9-b579-fe0b331d3642), m = decimal(12.345), ["odd name"] = "ü",
                z = long(null)
            """
        let made = try await query([text, "--output", file.path])
        #expect(made.status == 0 && made.errors.contains("1 row written"), "\(made.errors)")
        let script = """
            import sys, json, duckdb
            r = duckdb.sql(f"select * from read_parquet('{sys.argv[1]}')")
            print(json.dumps([[str(t) for t in r.types], r.columns, [str(v) for v in r.fetchall()[0]]]))
            """
        let python = SharedFolder.checkout.appending(path: ".deps/venv/bin/python")
        let read = try await Command.run(python, ["-c", script, file.path])
        let json = try JSON(parsing: read.output.isEmpty ? "null" : read.output)
        let types: JSON = [
            "TIMESTAMP", "INTERVAL", "JSON", "BIGINT", "DOUBLE", "BOOLEAN", "INTEGER", "UUID", "DECIMAL(38,3)",
            "VARCHAR", "BIGINT",
        ]
        #expect(json[0] == types, "\(read.output) \(read.errors)")
        #expect(json[1]?[9] == "odd name")
        #expect(json[2]?[0] == "2026-11-21 01:02:03.123456" && json[2]?[1] == "1:30:00" && json[2]?[2] == "{\"k\":[1]}")
        #expect(json[2]?[8] == "12.345" && json[2]?[10] == "None")
    }

    @Test func `parameters, limits and a time span go with the query`() async throws {
        let data = try RunningTocsin.temporaryFolder()
        let declared = "declare query_parameters(n: long, s: string = 'd'); print n + 1, s"
        let given = try await query([declared, "--param", "n=41", "-p", "s=a=b", "--format", "csv"], data: data)
        #expect(given.output.hasSuffix("42,a=b\r\n"))
        let missing = try await query([declared], data: data)
        #expect(missing.status != 0 && missing.errors.contains("'n' has no value"))
        let unknown = try await query(["print 1", "--param", "x=1"], data: data)
        #expect(unknown.errors.contains("declares no parameter 'x'"))
        let cut = try await query(["range x from 1 to 10 step 1", "--max-rows", "3", "--format", "csv"], data: data)
        #expect(cut.output == "x\r\n1\r\n2\r\n3\r\n" && cut.errors.contains("partial result"))
        let slow = try await query([Self.heavy, "--timeout", "0.5"], data: data)
        #expect(slow.status != 0 && slow.errors.contains("took too long") || slow.errors.contains("ran longer"))
        for timespan in ["1d", "24h", "PT30M", "2026-01-01/2026-02-01"] {
            #expect(try await query(["print 1", "--timespan", timespan], data: data).status == 0)
        }
        #expect(try await query(["print 1", "--timespan", "soon"], data: data).errors.contains("no ISO 8601 duration"))
    }

    @Test func `statistics and the plan are shown when asked for`() async throws {
        let data = try RunningTocsin.temporaryFolder()
        let stats = try await query(["SigninLogs | count", "--stats"], data: data)
        #expect(stats.output.contains("1 row") && stats.errors.contains("pushed to the store"), "\(stats.errors)")
        let plan = try await query(["SigninLogs | count", "--explain"], data: data)
        #expect(plan.output.contains("SELECT") && !plan.output.contains("1 row\n"))
    }

    @Test func `a query comes from standard input, and its chart fits where it goes`() async throws {
        let data = try RunningTocsin.temporaryFolder()
        let text = "range x from 1 to 3 step 1 | extend n = strcat('row', x) | project n, x | render barchart"
        let drawn = try await query(
            ["-"], data: data, environment: ["COLUMNS": "60", "LC_ALL": "C.UTF-8"], input: text)
        #expect(drawn.output.contains("row3") && drawn.output.contains("█"), "\(drawn.output)")
        let plain = try await query([], data: data, environment: ["COLUMNS": "60", "LC_ALL": "C"], input: text)
        #expect(plain.output.contains("#") && plain.output.utf8.allSatisfy { $0 < 0x80 })
        let table = try await query([text, "--no-charts"], data: data)
        #expect(table.output.contains("3 rows"))
    }

    @Test func `what is wrong is told with its place`() async throws {
        let wrong = try await query(["print 1 |\n nonsense"])
        #expect(wrong.status != 0 && wrong.errors.contains("line 2, column"))
        let parquet = try await query(["print 1", "--format", "parquet"])
        #expect(parquet.errors.contains("--output FILE"))
    }

    @Test func `the shell takes queries over lines, completes words, stops at Ctrl-C and remembers`() async throws {
        let data = try RunningTocsin.temporaryFolder()
        let session = try await TerminalSession.run(
            ["query", "--data", data.path],
            [
                .init(expect: "kql> ", type: "let a = 20;\r"), .init(expect: "...> ", type: "print answer = a + 22\r"),
                .init(expect: "...> ", type: "\r"), .init(expect: "1 row", type: ""),
                .init(expect: "kql> ", type: "Signi\t"), .init(expect: "nLogs", type: " | summ\t"),
                .init(expect: "arize", type: "\u{3}"), .init(expect: "^C", type: ""),
                .init(expect: "kql> ", type: Self.heavy.replacing("\n", with: "\r") + "\r\r"),
                .init(expect: "Ctrl-C stops it", type: "\u{3}"), .init(expect: "the query was stopped", type: ""),
                .init(expect: "kql> ", type: "print 1 +;\r"), .init(expect: "line 1", type: ""),
                .init(expect: "kql> ", type: ".format csv\r"), .init(expect: "kql> ", type: "print still = 'here';\r"),
                .init(expect: "here\r", type: ""), .init(expect: "kql> ", type: ".quit\r"),
            ])
        #expect(session.transcript.contains("42"), "\(session.transcript)")
        #expect(session.transcript.contains("here"), "\(session.transcript)")
        #expect(session.status == 0, "\(session.transcript)")
        let stop = session.seconds.indices.contains(10) ? session.seconds[10] : 99
        #expect(stop < 5, "stopping took \(stop) s")
        let history = try String(contentsOf: data.appending(path: "query-history"), encoding: .utf8)
        #expect(history.contains("answer") && history.contains(".format"))
        let again = try await TerminalSession.run(
            ["query", "--data", data.path],
            [
                .init(expect: "kql> ", type: "\u{1B}[A\u{1B}[A"), .init(expect: "still", type: "\r"),
                .init(expect: "here", type: ""), .init(expect: "kql> ", type: "\u{4}"),
            ])
        #expect(again.seconds.count == 4, "\(again.transcript)")
    }
}

/// The query API: Log Analytics' shapes, running queries, and their end.
struct QueryAPITests {
    private func post(
        _ server: RunningTocsin, _ body: JSON, path: String = "/api/query", headers: [String: String] = [:]
    ) async throws -> Answer {
        try await server.send("POST", path, body: body.description, token: server.token, headers: headers)
    }

    @Test func `statistics, render and partial results come as Log Analytics gives them`() async throws {
        let server = try await SharedServer.get()
        let query: JSON = ["query": "range x from 1 to 10 step 1 | render barchart with (title='T')", "maxRows": 4]
        let plain = try await post(server, query, path: "/v1/workspaces/w/query").json
        #expect(plain["statistics"] == nil && plain["render"] == nil)
        #expect(plain["tables"]?[0]?["rows"]?.arrayValue?.count == 4)
        #expect(plain["error"]?["code"] == "PartialError")
        let preferred = try await post(
            server, query, headers: ["Prefer": "wait=30,include-statistics=true,include-render=true"]
        ).json
        #expect(preferred["render"]?["visualization"] == "barchart" && preferred["render"]?["title"] == "T")
        #expect(preferred["statistics"]?["query"]?["datasetStatistics"]?[0]?["tableRowCount"] == 4)
        let other = try await post(server, ["query": "print 1", "workspaces": ["elsewhere"]])
        #expect(other.status == 400 && other.text.contains("elsewhere"))
        let get = try await server.send("GET", "/v1/workspaces/w/query?query=print%20x%3D5", token: server.token)
        #expect(try get.json["tables"]?[0]?["rows"]?[0]?[0] == 5)
        let metadata = try await server.get("/api/metadata")
        #expect(metadata["tables"]?.arrayValue?.contains { $0["name"] == "SigninLogs" } == true)
    }

    @Test func `a running query is listed and ended by its id`() async throws {
        let server = try await SharedServer.get()
        let id = UUID().uuidString.lowercased()
        async let answer = post(
            server, ["query": .string(QueryCommandTests.heavy)], headers: ["x-ms-client-request-id": id])
        try await server.eventually("the query runs") {
            try await server.send("GET", "/api/queries/\(id)", token: server.token).status == 200
        }
        let listed = try await server.get("/api/queries")["value"]?.arrayValue?.first { $0["id"] == .string(id) }
        #expect(listed?["state"] == "running" && listed?["user"] == "Local operator")
        #expect(try await server.send("DELETE", "/api/queries/\(id)", token: server.token).status == 204)
        let ended = try await answer
        #expect(ended.status == 409 && ended.text.contains("cancelled"))
        #expect(try await server.send("DELETE", "/api/queries/\(id)", token: server.token).status == 404)
    }

    @Test func `a query ends when its client goes away`() async throws {
        let server = try await SharedServer.get()
        let id = UUID().uuidString.lowercased()
        let task = Task {
            try await post(
                server, ["query": .string(QueryCommandTests.heavy)], headers: ["x-ms-client-request-id": id])
        }
        try await server.eventually("the query runs") {
            try await server.send("GET", "/api/queries/\(id)", token: server.token).status == 200
        }
        task.cancel()
        _ = await task.result
        try await server.eventually("the query has ended") {
            try await server.send("GET", "/api/queries/\(id)", token: server.token).status == 404
        }
    }

    @Test func `a query that takes too long is answered with 504`() async throws {
        let server = try await SharedServer.get()
        let answer = try await post(server, ["query": .string(QueryCommandTests.heavy), "timeoutSeconds": 0.2])
        #expect(answer.status == 504, "\(answer.text)")
    }
}
