internal import Access
internal import Foundation
internal import HTTPTypes
internal import Hummingbird
internal import Investigation
internal import JSON
internal import KQLSyntax

/// Assessments and secure scores of Microsoft.Security, read from the tables to which Defender for Cloud exports them.
struct PostureRoutes {
    let queries: QueryService
    let names: WorkspaceNames
    let address: RequestAddress

    private var tables: SecurityTables { SecurityTables(queries: queries) }

    /// What answers below a subscription and below each scope in it.
    var endpoints: [Endpoint] {
        [
            list("assessments", "Assessments_List", "Lists assessments") { try await assessments($0) },
            get("assessments/{assessment}", "Assessments_Get", "Reads an assessment") {
                Self.named($1, in: try await assessments($0))
            },
            list("subAssessments", "SubAssessments_ListAll", "Lists findings of assessments") {
                try await findings($0, of: nil)
            },
            list("assessments/{assessment}/subAssessments", "SubAssessments_List", "Lists findings of an assessment") {
                try await findings($0, of: $0.name("assessment"))
            },
            list("secureScores", "SecureScores_List", "Lists secure scores") { _ in try await scores() },
            get("secureScores/{score}", "SecureScores_Get", "Reads a secure score") { _, name in
                Self.named(name, in: try await scores())
            },
            list("secureScoreControls", "SecureScoreControls_List", "Lists the controls of the secure score") { _ in
                try await controls()
            },
            list(
                "secureScores/{score}/secureScoreControls", "SecureScoreControls_ListBySecureScore",
                "Lists the controls of a secure score"
            ) { _ in try await controls() },
            list("pricings", "Pricings_List", "Lists plans: there are none") { _ in [] },
            list("tasks", "Tasks_List", "Lists tasks: there are none") { _ in [] },
            list("locations", "Locations_List", "Lists regions: there is one") { _ in [location] },
        ]
    }

    /// What answers below a subscription and at the root.
    var definitionEndpoints: [Endpoint] {
        [
            list("assessmentMetadata", "AssessmentsMetadata_List", "Lists kinds of assessments") { _ in
                try await metadata()
            },
            get("assessmentMetadata/{metadata}", "AssessmentsMetadata_Get", "Reads a kind of assessment") { _, name in
                Self.named(name, in: try await metadata())
            },
            list(
                "secureScoreControlDefinitions", "SecureScoreControlDefinitions_List", "Lists kinds of controls"
            ) { _ in try await controlDefinitions() },
        ]
    }

    private func list(
        _ path: String, _ id: String, _ summary: String,
        _ values: @escaping @Sendable (EndpointCall) async throws -> [JSON]
    ) -> Endpoint {
        Endpoint(
            .get, path, id: id, tag: .security, summary, needs: .readIncidents, parameters: .paging,
            answers: [.ok(.page(of: .any))]
        ) { call in
            try ListRequest(call, address: address, size: ListRequest.most).answer(all: try await values(call))
        }
    }

    /// - Parameter value: called with the last part of the path in lower case.
    private func get(
        _ path: String, _ id: String, _ summary: String,
        _ value: @escaping @Sendable (EndpointCall, String) async throws -> JSON?
    ) -> Endpoint {
        Endpoint(.get, path, id: id, tag: .security, summary, needs: .readIncidents, answers: [.ok(.any)]) { call in
            let name = path.split(separator: "{").last.map { call.name(String($0.dropLast())) } ?? ""
            guard let found = try await value(call, name.lowercased()) else {
                throw APIError(.notFound, "there is no '\(name)' here")
            }
            return Response(json: found)
        }
    }

    private static func named(_ name: String, in values: [JSON]) -> JSON? {
        values.first { $0["name"]?.stringValue?.lowercased() == name }
    }

    private var subscription: String { "/subscriptions/\(names.subscriptionID)" }

    private var location: JSON {
        let name = SecurityAlertWire.location
        return Resource(
            id: "\(subscription)/providers/Microsoft.Security/locations/\(name)", name: name,
            type: "Microsoft.Security/locations", properties: ["homeRegionName": .string(name)]
        ).json
    }

    // MARK: Assessments

    /// Of the scope that the path names: a resource, a resource group or all.
    private func assessments(_ call: EndpointCall) async throws -> [JSON] {
        let scope = Self.scope(call)
        let filter = scope.isEmpty ? "" : " | where AssessedResourceId startswith \(KQLText.literal(scope))"
        return try await recommendations(filter).map(assessment)
    }

    private static func scope(_ call: EndpointCall) -> String {
        let path = call.request.uri.path
        guard let end = path.lowercased().range(of: "/providers/microsoft.security/"), path.contains("/resource") else {
            return ""
        }
        return String(path[..<end.lowerBound])
    }

    private func recommendations(_ filter: String = "") async throws -> [TableRow] {
        try await tables.rows(
            """
            SecurityRecommendation\(filter) | summarize arg_max(TimeGenerated, *) by AssessedResourceId, RecommendationId
            | order by AssessedResourceId asc, RecommendationId asc
            """, of: "SecurityRecommendation")
    }

    private func assessment(_ row: TableRow) -> JSON {
        let resource = row.text("AssessedResourceId")
        let name = Self.lastPart(row.text("RecommendationId"))
        var status: JSONObject = [
            "code": .string(Self.code(row.text("RecommendationState"))),
            "cause": .string(row.text("NotApplicableReason")),
            "description": "",
        ]
        for (member, column) in [
            ("firstEvaluationDate", "FirstEvaluationDate"), ("statusChangeDate", "StatusChangeDate"),
        ] where !row.time(column).isNull {
            status[member] = row.time(column)
        }
        return Resource(
            id: "\(resource)/providers/Microsoft.Security/assessments/\(name)", name: name,
            type: "Microsoft.Security/assessments",
            properties: [
                "resourceDetails": ["source": "Azure", "id": .string(resource)],
                "displayName": .string(row.text("RecommendationDisplayName")), "status": .object(status),
                "additionalData": Self.texts(row.parsed("RecommendationAdditionalData")),
                "links": ["azurePortalUri": .string(row.text("RecommendationLink"))],
                "metadata": metadataProperties(row),
            ]
        ).json
    }

    private func metadata() async throws -> [JSON] {
        var seen: Set<String> = []
        return try await recommendations().compactMap { row in
            let name = Self.lastPart(row.text("RecommendationId"))
            guard seen.insert(name.lowercased()).inserted else { return nil }
            return Resource(
                id: "/providers/Microsoft.Security/assessmentMetadata/\(name)", name: name,
                type: "Microsoft.Security/assessmentMetadata", properties: metadataProperties(row)
            ).json
        }
    }

    private func metadataProperties(_ row: TableRow) -> JSON {
        let severity = row.text("RecommendationSeverity")
        return [
            "displayName": .string(row.text("RecommendationDisplayName")),
            "severity": .string(["Low", "Medium", "High"].contains(severity) ? severity : "Medium"),
            "description": .string(row.text("Description")),
            "remediationDescription": .string(row.text("RemediationDescription")),
            "policyDefinitionId": .string(row.text("PolicyDefinitionId")), "assessmentType": "BuiltIn",
        ]
    }

    /// The tables say `Healthy`, `Unhealthy` or `NotApplicable`, older ones `Removed` too.
    private static func code(_ state: String) -> String {
        ["Healthy", "Unhealthy"].first { $0.lowercased() == state.lowercased() } ?? "NotApplicable"
    }

    private static func texts(_ json: JSON) -> JSON {
        var members = JSONObject()
        for (name, value) in json.objectValue ?? [:] { members[name] = .string(value.stringValue ?? value.description) }
        return .object(members)
    }

    /// The assessment's name, out of its id or the id of a finding of it.
    private static func parent(_ id: String) -> String {
        lastPart(id.lowercased().range(of: "/subassessments/").map { String(id[..<$0.lowerBound]) } ?? id)
    }

    private static func lastPart(_ text: String) -> String { text.split(separator: "/").last.map(String.init) ?? text }

    private func findings(_ call: EndpointCall, of assessment: String?) async throws -> [JSON] {
        let rows = try await tables.rows(
            """
            SecurityNestedRecommendation
            | summarize arg_max(TimeGenerated, *) by AssessedResourceId, ParentRecommendationId, NestedRecommendationId
            | order by AssessedResourceId asc, NestedRecommendationId asc
            """, of: "SecurityNestedRecommendation")
        return rows.compactMap { row in
            let parent = Self.parent(row.text("ParentRecommendationId"))
            if let assessment, assessment.lowercased() != parent.lowercased() { return nil }
            let name = Self.lastPart(row.text("NestedRecommendationId"))
            let resource = row.text("AssessedResourceId")
            return Resource(
                id: "\(resource)/providers/Microsoft.Security/assessments/\(parent)/subAssessments/\(name)", name: name,
                type: "Microsoft.Security/assessments/subAssessments",
                properties: [
                    "id": .string(name), "displayName": .string(row.text("RecommendationName")),
                    "status": [
                        "code": .string(Self.code(row.text("RecommendationState"))),
                        "severity": .string(row.text("RecommendationSeverity")),
                    ],
                    "description": .string(row.text("Description")),
                    "remediation": .string(row.text("RemediationDescription")),
                    "category": .string(row.text("Category")), "impact": .string(row.text("Impact")),
                    "timeGenerated": row.time("TimeGenerated"),
                    "resourceDetails": ["source": "Azure", "id": .string(resource)],
                ]
            ).json
        }
    }

    // MARK: Scores

    private func scores() async throws -> [JSON] {
        let rows = try await tables.rows(
            "SecureScores | summarize arg_max(TimeGenerated, *) by SecureScoresSubscriptionId", of: "SecureScores")
        return rows.map { row in
            let name = "ascScore"
            return Resource(
                id: "\(subscription)/providers/Microsoft.Security/secureScores/\(name)", name: name,
                type: "Microsoft.Security/secureScores",
                properties: [
                    "displayName": .string(row.text("DisplayName").isEmpty ? "ASC score" : row.text("DisplayName")),
                    "weight": row.json("Weight"), "score": Self.score(row),
                ]
            ).json
        }
    }

    private static func score(_ row: TableRow) -> JSON {
        let current = row.json("CurrentScore").doubleValue ?? 0
        let most = row.json("MaxScore").doubleValue ?? 0
        let share = row.json("PercentageScore").doubleValue ?? (most > 0 ? current / most : 0)
        return [
            "max": .int(Int64(most.rounded())), "current": .double(current),
            "percentage": .double((share * 10_000).rounded() / 10_000),
        ]
    }

    private func controlRows() async throws -> [TableRow] {
        try await tables.rows(
            "SecureScoreControls | summarize arg_max(TimeGenerated, *) by ControlId | order by ControlName asc",
            of: "SecureScoreControls")
    }

    private func controls() async throws -> [JSON] {
        try await controlRows().map { row in
            let name = Self.lastPart(row.text("ControlId"))
            return Resource(
                id: "\(subscription)/providers/Microsoft.Security/secureScores/ascScore/secureScoreControls/\(name)",
                name: name, type: "Microsoft.Security/secureScores/secureScoreControls",
                properties: [
                    "displayName": .string(row.text("ControlName")),
                    "healthyResourceCount": row.json("HealthyResources"),
                    "unhealthyResourceCount": row.json("UnhealthyResources"),
                    "notApplicableResourceCount": row.json("NotApplicableResources"), "score": Self.score(row),
                ]
            ).json
        }
    }

    private func controlDefinitions() async throws -> [JSON] {
        try await controlRows().map { row in
            let name = Self.lastPart(row.text("ControlId"))
            return Resource(
                id: "/providers/Microsoft.Security/secureScoreControlDefinitions/\(name)", name: name,
                type: "Microsoft.Security/secureScoreControlDefinitions",
                properties: [
                    "displayName": .string(row.text("ControlName")), "description": "",
                    "maxScore": row.json("MaxScore"), "source": ["sourceType": .string(row.text("ControlType"))],
                    "assessmentDefinitions": [],
                ]
            ).json
        }
    }
}
