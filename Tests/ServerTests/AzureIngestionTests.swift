import Crypto
import Foundation
import JSON
import Testing

/// The Logs Ingestion API, the resources it needs, and the HTTP Data Collector API.
struct AzureIngestionTests {
    static let insights =
        "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/tocsin/providers/Microsoft.Insights"
    static let workspace =
        "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/tocsin"
        + "/providers/Microsoft.OperationalInsights/workspaces/tocsin"

    static func rule(_ table: String, kql: String = "source | extend Double = Number * 2") -> JSON {
        [
            "location": "here", "tags": ["team": "blue"],
            "properties": [
                "streamDeclarations": [
                    "Custom-App": [
                        "columns": [
                            ["name": "TimeGenerated", "type": "datetime"], ["name": "Number", "type": "int"],
                            ["name": "Text", "type": "string"], ["name": "More", "type": "dynamic"],
                        ]
                    ]
                ],
                "destinations": ["logAnalytics": [["name": "ws"]]],
                "dataFlows": [
                    [
                        "streams": ["Custom-App"], "destinations": ["ws"], "transformKql": .string(kql),
                        "outputStream": .string("Custom-\(table)"),
                    ]
                ],
            ],
        ]
    }

    private func makeRule(_ name: String, _ table: String) async throws -> String {
        let server = try await IntakeServer.get()
        let (status, json) = try await server.put("/api/dataCollectionRules/\(name)", Self.rule(table))
        #expect(status == 201, "\(json)")
        return try #require(json["properties"]?["immutableId"]?.stringValue)
    }

    private func ingest(
        _ id: String, _ body: String, stream: String = "Custom-App", headers: [String: String] = [:],
        query: String = "?api-version=2023-01-01"
    ) async throws -> Answer {
        let server = try await IntakeServer.get()
        let usual = ["Authorization": "Bearer \(server.token)", "Content-Type": "application/json"]
        return try await server.post(
            "/dataCollectionRules/\(id)/streams/\(stream)\(query)", body, headers: usual.merging(headers) { $1 })
    }

    // MARK: Logs Ingestion

    @Test func `records go through the rule's transformation into its table`() async throws {
        let server = try await IntakeServer.get()
        let id = try await makeRule("app-a", "AppA_CL")
        let answer = try await ingest(
            id,
            """
            [{"TimeGenerated":"2026-11-20T10:00:00Z","Number":21,"Text":"a","More":{"b":[1,2]},"Undeclared":"x"},
            {"TimeGenerated":"2026-11-20T10:00:01Z","Number":1}]
            """)
        #expect(answer.status == 204 && answer.text.isEmpty, "\(answer.text)")
        let rows = try await server.query(
            "AppA_CL | sort by TimeGenerated asc | project Double, Text, tostring(More.b[1])")
        #expect(rows.map { $0[0].intValue } == [42, 2])
        #expect(rows.first?[1].stringValue == "a" && rows.first?[2].stringValue == "2")
    }

    @Test func `the same request sent again is stored once, other content under its identifier is stored too`()
        async throws
    {
        let server = try await IntakeServer.get()
        let id = try await makeRule("app-b", "AppB_CL")
        let headers = ["x-ms-client-request-id": UUID().uuidString]
        for number in [1, 1, 2] {
            let record = #"[{"TimeGenerated":"2026-11-20T10:00:00Z","Number":\#(number)}]"#
            #expect(try await ingest(id, record, headers: headers).status == 204)
        }
        #expect(try await server.number("AppB_CL | count") == 2)
    }

    @Test func `what is wrong is answered in Azure's envelope`() async throws {
        let server = try await IntakeServer.get()
        let id = try await makeRule("app-c", "AppC_CL")
        let big = "[{\"Text\":\"" + String(repeating: "x", count: 1 << 20) + "\"}]"
        let cases: [(Answer, Int, String)] = [
            (try await ingest("dcr-unknown", "[]"), 404, "NotFound"),
            (try await ingest(id, "[]", stream: "Custom-Other"), 400, "InvalidStream"),
            (try await ingest(id, "{}"), 400, "InvalidPayload"), (try await ingest(id, "[1]"), 400, "InvalidPayload"),
            (try await ingest(id, "[{"), 400, "InvalidPayload"),
            (try await ingest(id, big), 413, "ContentLengthLimitExceeded"),
            (try await ingest(id, "[]", query: ""), 400, "MissingApiVersionParameter"),
            (try await ingest(id, "[]", headers: ["Content-Type": "text/plain"]), 415, "UnsupportedMediaType"),
            (try await ingest(id, "[]", headers: ["Content-Encoding": "br"]), 415, "UnsupportedMediaType"),
            (try await ingest(id, "[]", headers: ["Content-Encoding": "gzip"]), 400, "InvalidPayload"),
            (try await ingest(id, "[]", headers: ["Authorization": "Bearer no"]), 401, "AuthenticationFailed"),
        ]
        for (answer, status, code) in cases {
            #expect(answer.status == status, "\(answer.text)")
            #expect(try answer.json["error"]?["code"]?.stringValue == code)
        }
        #expect(try await ingest(id, "[]").status == 204)
        #expect(try await server.number("AppC_CL | count") ?? 0 == 0)
    }

    @Test func `a gzip bomb is refused without being unpacked`() async throws {
        let server = try await IntakeServer.get()
        let id = try await makeRule("app-d", "AppD_CL")
        let bomb = try await gzipped("head -c 300000000 /dev/zero")
        #expect(bomb.count < 1 << 20)
        let headers = [
            "Authorization": "Bearer \(server.token)", "Content-Type": "application/json", "Content-Encoding": "gzip",
        ]
        for path in [
            "/dataCollectionRules/\(id)/streams/Custom-App?api-version=1", "/services/collector/raw", "/_bulk",
            "/v1/logs",
        ] {
            let answer = try await server.post(path, bomb, headers: headers)
            #expect(answer.status == 413, "\(path): \(answer.status) \(answer.text)")
        }
    }

    // MARK: Resources

    @Test func `rules and endpoints are resources at both paths, in any letter case`() async throws {
        let server = try await IntakeServer.get()
        let (made, endpoint) = try await server.put(
            "\(Self.insights)/dataCollectionEndpoints/entry?api-version=2023-03-11", ["location": "here"])
        #expect(made == 201)
        #expect(endpoint["properties"]?["logsIngestion"]?["endpoint"]?.stringValue == server.address)
        let path = "\(Self.insights)/dataCollectionRules/app-e"
        #expect(try await server.put(path, Self.rule("AppE_CL")).status == 201)
        #expect(try await server.put(path, Self.rule("AppE_CL")).status == 200)
        let shown = try await server.get(path.replacing("resourceGroups", with: "resourcegroups"))
        #expect(shown["type"]?.stringValue == "Microsoft.Insights/dataCollectionRules")
        #expect(shown["id"]?.stringValue == path && shown["tags"]?["team"] == "blue")
        let tagged = try await server.send(
            "PATCH", "/api/dataCollectionRules/app-e", body: #"{"tags":{"team":"red"}}"#, token: server.token)
        #expect(try tagged.json["tags"]?["team"] == "red")
        let stale = try await server.send(
            "PUT", path, body: Self.rule("AppE_CL").description, token: server.token, headers: ["If-Match": "\"1\""])
        #expect(stale.status == 412)
        let all = try await server.get("/api/dataCollectionRules")["value"]?.arrayValue ?? []
        #expect(all.contains { $0["name"] == "app-e" })
        for status in [200, 204] {
            #expect(try await server.send("DELETE", path, token: server.token).status == status)
        }
        #expect(try await server.send("GET", path, token: server.token).status == 404)
    }

    @Test(arguments: [
        ("source | summarize count()", "transformKql"), ("source | extend x =", "transformKql"),
        ("source | project Number", "transformKql"), ("SecurityEvent", "transformKql"),
    ])
    func `a transformation that cannot be used is refused with its place`(kql: String, target: String) async throws {
        let server = try await IntakeServer.get()
        let (status, json) = try await server.put("/api/dataCollectionRules/bad", Self.rule("Bad_CL", kql: kql))
        #expect(status == 400)
        #expect(json["error"]?["target"]?.stringValue == "properties.dataFlows[0].transformKql", "\(json)")
    }

    @Test func `a table of one's own has the columns and the retention that were asked for`() async throws {
        let server = try await IntakeServer.get()
        let body: JSON = [
            "properties": [
                "schema": [
                    "name": "Own_CL",
                    "columns": [
                        ["name": "TimeGenerated", "type": "dateTime"], ["name": "Score", "type": "real"],
                        ["name": "Detail", "type": "dynamic"],
                    ],
                ], "retentionInDays": 30, "totalRetentionInDays": 90,
            ]
        ]
        let (status, made) = try await server.put("\(Self.workspace)/tables/Own_CL?api-version=2022-10-01", body)
        #expect(status == 200, "\(made)")
        #expect(made["properties"]?["archiveRetentionInDays"] == 60)
        #expect(
            try await server.query("Own_CL | getschema | where ColumnName == 'Score' | project ColumnType") == [
                ["real"]
            ])
        let changed = try await server.send(
            "PATCH", "/api/tables/own_cl", body: #"{"properties":{"retentionInDays":7}}"#, token: server.token)
        #expect(try changed.json["properties"]?["retentionInDays"] == 7)
        #expect(try changed.json["properties"]?["totalRetentionInDays"] == 90)
        for faulty in [
            #"{"properties":{"retentionInDays":100}}"#, #"{"properties":{"plan":"Free"}}"#,
            #"{"properties":{"schema":{"columns":[{"name":"Score","type":"string"},{"name":"TimeGenerated","type":"datetime"}]}}}"#,
        ] {
            let answer = try await server.send("PATCH", "/api/tables/Own_CL", body: faulty, token: server.token)
            #expect(answer.status == 400, "\(faulty): \(answer.text)")
        }
        #expect(try await server.put("/api/tables/NoSuffix", body).status == 400)
        #expect(try await server.send("DELETE", "/api/tables/SecurityEvent", token: server.token).status == 400)
        #expect(try await server.send("DELETE", "/api/tables/Own_CL", token: server.token).status == 200)
    }

    // MARK: HTTP Data Collector

    private func collect(
        _ body: String, type: String? = "Legacy", date: Date = Date(), key: String? = nil,
        further: [String: String] = [:],
        query: String = "?api-version=2016-04-01", workspace: String = "00000000-0000-0000-0000-000000000001"
    ) async throws -> Answer {
        let server = try await IntakeServer.get()
        let keys = try await server.send("POST", "\(Self.workspace)/sharedKeys", token: server.token).json
        let secret = try #require(key ?? keys["secondarySharedKey"]?.stringValue)
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = TimeZone(secondsFromGMT: 0)
        formatter.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
        let day = formatter.string(from: date)
        let text = "POST\n\(body.utf8.count)\napplication/json\nx-ms-date:\(day)\n/api/logs"
        let signature = HMAC<SHA256>.authenticationCode(
            for: Data(text.utf8), using: SymmetricKey(data: try #require(Data(base64Encoded: secret))))
        var headers = [
            "Authorization": "SharedKey \(workspace):\(Data(signature).base64EncodedString())", "x-ms-date": day,
            "Content-Type": "application/json",
        ]
        headers["Log-Type"] = type
        return try await server.post("/api/logs\(query)", body, headers: headers.merging(further) { $1 })
    }

    @Test func `signed records become columns named after their types`() async throws {
        let server = try await IntakeServer.get()
        let body = """
            [{"text":"a","number":3,"flag":true,"when":"2026-11-20T10:00:00.5Z","id":"8145d822-13a7-44ad-859c-36f31a84f6dd",
            "list":[1,2],"nothing":null},{"number":1.5}]
            """
        let answer = try await collect(body, further: ["time-generated-field": "when"])
        #expect(answer.status == 200 && answer.text.isEmpty, "\(answer.text)")
        let rows = try await server.query(
            """
            Legacy_CL | where isnotempty(text_s) | project text_s, number_d, flag_b, when_t, id_g, list_s, TimeGenerated
            """)
        #expect(rows.count == 1)
        #expect(rows[0][1].doubleValue == 3 && rows[0][2].boolValue == true && rows[0][5].stringValue == "[1,2]")
        #expect(rows[0][3] == rows[0][6])
        let types = try await server.query(
            "Legacy_CL | getschema | where ColumnName matches regex '_[a-z]$' | distinct ColumnType")
        #expect(
            Set(types.compactMap { $0[0].stringValue }).isSuperset(of: ["string", "real", "bool", "datetime", "guid"]),
            "\(types)")
        #expect(try await server.number("Legacy_CL | count") == 2)
    }

    @Test func `what is wrong has its documented code`() async throws {
        let cases: [(Answer, Int, String)] = [
            (try await collect("{}", query: ""), 400, "MissingApiVersion"),
            (try await collect("{}", query: "?api-version=1"), 400, "InvalidApiVersion"),
            (try await collect("{}", type: nil), 400, "MissingLogType"),
            (try await collect("{}", type: "no-hyphen"), 400, "InvalidLogType"),
            (try await collect("{}", further: ["Content-Type": "text/csv"]), 400, "UnsupportedContentType"),
            (try await collect("{}", workspace: "nobody"), 400, "InvalidCustomerId"),
            (try await collect("{}", key: "d3Jvbmc="), 403, "InvalidAuthorization"),
            (try await collect("{}", date: Date(timeIntervalSinceNow: -3600)), 403, "InvalidAuthorization"),
            (try await collect("{"), 400, "InvalidDataFormat"), (try await collect("[1]"), 400, "InvalidDataFormat"),
        ]
        for (answer, status, code) in cases {
            #expect(answer.status == status, "\(answer.text)")
            #expect(try answer.json["Error"]?.stringValue == code)
        }
    }

    // MARK: Back-pressure

    @Test func `what is too much is turned away with the time to come again`() async throws {
        let data = try RunningTocsin.temporaryFolder()
        try Data("http:\n  intakeMiB: 1\n".utf8).write(to: data.appending(path: "tocsin.yaml"))
        let server = try await RunningTocsin(data: data)
        let text = String(repeating: "x", count: 2 << 20)
        let headers = ["Authorization": "Bearer \(server.token)", "Content-Type": "application/json"]
        let expected = [
            ("/services/collector/raw", 503), ("/_bulk", 429), ("/v1/logs", 429),
        ]
        for (path, status) in expected {
            let answer = try await server.post(path, text, headers: headers)
            #expect(answer.status == status, "\(path): \(answer.text)")
            #expect(answer.headers["retry-after"].flatMap { Int($0) } != nil)
        }
        // The room is free again afterwards.
        let small = try await server.post("/services/collector", #"{"event":"x"}"#, headers: headers)
        #expect(small.status == 200)
        await server.stop()
    }
}
