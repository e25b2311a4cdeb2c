internal import Access
internal import Casebook
internal import Chronology
internal import EventStore
internal import HTTPTypes
internal import Hummingbird
internal import Investigation
internal import JSON
internal import KQLSyntax
internal import KQLValues
internal import StateStore
internal import Vocabulary
internal import WebGate

/// Alerts of Microsoft.Security: of the casebook and of products that sent their own, read from `SecurityAlert`.
struct SecurityAlertRoutes {
    let casebook: Casebook
    let queries: QueryService
    let intake: any EventIntake
    let names: WorkspaceNames
    let address: RequestAddress

    private var tables: SecurityTables { SecurityTables(queries: queries) }
    private var wire: SecurityAlertWire { SecurityAlertWire(names: names) }

    private static let schema = Schema.resource("SecurityCenterAlert", .any)
    private static let bundles = [
        "AppServices", "DNS", "KeyVaults", "KubernetesService", "ResourceManager", "SqlServers", "StorageAccounts",
        "VirtualMachines", "CosmosDbs",
    ]

    var endpoints: [Endpoint] {
        let one = "locations/{location}/alerts/{alert}"
        func list(_ path: String, _ id: String, _ summary: String) -> Endpoint {
            Endpoint(
                .get, path, id: id, tag: .security, summary, needs: .readIncidents, parameters: .paging,
                answers: [.ok(.page(of: Self.schema))], self.list)
        }
        let states: [(String, String, AlertStatus)] = [
            ("activate", "Activate", .new), ("dismiss", "Dismiss", .dismissed), ("resolve", "Resolve", .resolved),
            ("inProgress", "InProgress", .inProgress),
        ]
        return [
            list("alerts", "SecurityAlerts_List", "Lists alerts"),
            list("locations/{location}/alerts", "SecurityAlerts_ListByLocation", "Lists the alerts of a region"),
            Endpoint(
                .get, one, id: "SecurityAlerts_Get", tag: .security, "Reads an alert", needs: .readIncidents,
                answers: [.ok(Self.schema)], get),
            Endpoint(
                .post, "locations/{location}/alerts/default/simulate", id: "SecurityAlerts_Simulate", tag: .security,
                "Makes sample alerts", needs: .changeIncidents, body: .json(.any),
                answers: [.accepted(nil)], simulate),
            Endpoint(
                .get, "locations/{location}/operationResults/{operation}", id: "SecurityOperations_Get",
                tag: .security, "Tells whether a long operation has ended", needs: .readIncidents,
                answers: [.ok(.any)]
            ) { _ in Response(json: ["status": "Succeeded"]) },
        ]
            + states.map { word, id, status in
                Endpoint(
                    .post, "\(one)/\(word)", id: "SecurityAlerts_\(id)", tag: .security,
                    "Changes the state of an alert", needs: .changeIncidents,
                    body: .json(.any, isRequired: false), answers: [.noContent]
                ) { try await set(status, $0) }
            }
    }

    // MARK: Reading

    @Sendable private func list(_ call: EndpointCall) async throws -> Response {
        // The path names a resource group when it is the list of one.
        let group = call.name("group")
        let scope = group.isEmpty ? "" : " | where ResourceId contains \(KQLText.literal("/resourceGroups/\(group)/"))"
        let start = max(0, call.number("$skipToken") ?? 0)
        let size = min(call.number("$top") ?? ListRequest.most, ListRequest.most)
        let rows = try await tables.rows(
            Self.last + scope
                + " | order by StartTime desc, SystemAlertId asc | extend Place = row_number()"
                + " | where Place > \(start) | take \(size + 1)", of: "SecurityAlert")
        let shown = rows.prefix(size)
        let statuses = try await statuses(of: shown)
        var members: JSONObject = [
            "value": .array(shown.map { wire.json($0, status: statuses[$0.text("SystemAlertId")]) })
        ]
        if rows.count > size {
            members["nextLink"] = .string(NextLink.make(call.request, address, skipToken: "\(start + size)"))
        }
        return Response(json: .object(members))
    }

    /// The last row about each alert.
    private static let last = """
        SecurityAlert | where isnotempty(SystemAlertId) | extend Arrived = ingestion_time()
        | summarize arg_max(Arrived, *) by SystemAlertId
        """

    /// What the casebook says of alerts, by their ids, which is newer than their last rows; nothing of alerts of others.
    private func statuses(of rows: some Sequence<TableRow>) async throws -> [String: String] {
        let alerts = try await casebook.alerts(rows.map { AlertID(rawValue: $0.text("SystemAlertId")) })
        return Dictionary(alerts.map { ($0.id.rawValue, $0.status.rawValue) }, uniquingKeysWith: { $1 })
    }

    @Sendable private func get(_ call: EndpointCall) async throws -> Response {
        let row = try await known(call.name("alert"))
        return Response(json: wire.json(row, status: try await statuses(of: [row])[row.text("SystemAlertId")]))
    }

    private func known(_ id: String) async throws -> TableRow {
        let rows = try await tables.rows(
            """
            SecurityAlert | where SystemAlertId =~ \(KQLText.literal(id)) | extend Arrived = ingestion_time()
            | summarize arg_max(Arrived, *) by SystemAlertId
            """, of: "SecurityAlert")
        guard let row = rows.first else { throw APIError(.notFound, "there is no alert '\(id)'") }
        return row
    }

    // MARK: Changing

    private func set(_ status: AlertStatus, _ call: EndpointCall) async throws -> Response {
        let id = AlertID(rawValue: call.name("alert"))
        guard try await casebook.alert(id) == nil else {
            _ = try await casebook.setStatus(status, of: id, by: try call.actor)
            return Response(status: .noContent)
        }
        // An alert that only a table knows gets a further row, as a product that changes its alert sends one.
        var row = try await known(id.rawValue).members
        row["Arrived"] = nil
        row["Status"] = .string(status.rawValue)
        let text = Array(JSON.object(row).description.utf8)
        let once = AsyncThrowingStream<[UInt8], any Error> { sender in
            sender.yield(text)
            sender.finish()
        }
        // As a product that changes its alert sends a further row.
        _ = try await intake.take(
            once, as: IntakeDescription(table: "SecurityAlert", source: "Microsoft.Security", place: "alerts/\(id)"))
        return Response(status: .noContent)
    }

    @Sendable private func simulate(_ call: EndpointCall) async throws -> Response {
        let properties = call.body["properties"] ?? call.body
        let wanted = properties["bundles"]?.arrayValue?.compactMap(\.stringValue) ?? Self.bundles
        var alerts: [NewAlert] = []
        for bundle in wanted {
            guard let known = Self.bundles.first(where: { $0.lowercased() == bundle.lowercased() }) else {
                throw APIError.badRequest(
                    "'\(bundle)' is no bundle; there are \(Self.bundles.joined(separator: ", "))",
                    target: "properties.bundles")
            }
            let now = queries.now()
            var alert = NewAlert(
                displayName: "[Sample] Suspicious activity on \(known)", severity: .medium, startTime: now,
                endTime: now,
                generatedTime: now)
            alert.alertType = "SIMULATED_\(known)"
            alert.description = "A sample alert that was asked for; nothing has happened."
            alert.extendedProperties = ["IsSample": "true"]
            alerts.append(alert)
        }
        for alert in alerts { _ = try await casebook.record(alert, by: try call.actor) }
        var response = Response(status: .accepted)
        response.headers[.location] =
            "\(address(call.request))/subscriptions/\(names.subscriptionID)/providers/Microsoft.Security/locations/"
            + "\(SecurityAlertWire.location)/operationResults/simulation"
        return response
    }
}
