internal import Chronology
internal import JSON

/// Records of Microsoft Entra ID and the Azure activity log, as diagnostic settings export them.
struct CloudEvents {
    var time: Instant
    var stage: AttackStage?

    struct SignIn {
        var person: Person
        var address: String
        var country: String
        var city: String
        var app: (name: String, id: String) = ("Office 365 Exchange Online", "00000002-0000-0ff1-ce00-000000000000")
        /// 0 is success.
        var result = 0
        var reason = ""
        var agent = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/126.0 Edg/126.0"
        var client = "Browser"
        var system = "Windows10"
        var risk = "none"
        var isInteractive = true
        var id: String
    }

    func signIn(_ signIn: SignIn) -> SimulatedEvent {
        let failure = signIn.result == 0 ? "Other." : signIn.reason
        let properties: JSON = [
            "id": .string(signIn.id), "createdDateTime": .string(stamp),
            "userDisplayName": .string(signIn.person.displayName),
            "userPrincipalName": .string(signIn.person.principalName), "userId": .string(signIn.person.objectID),
            "userType": "Member", "appId": .string(signIn.app.id), "appDisplayName": .string(signIn.app.name),
            "resourceDisplayName": .string(signIn.app.name), "ipAddress": .string(signIn.address),
            "clientAppUsed": .string(signIn.client), "userAgent": .string(signIn.agent),
            "correlationId": .string(signIn.id), "conditionalAccessStatus": "notApplied",
            "isInteractive": .bool(signIn.isInteractive), "riskState": "none",
            "riskLevelAggregated": .string(signIn.risk), "riskLevelDuringSignIn": .string(signIn.risk),
            "authenticationRequirement": .string("singleFactorAuthentication"),
            "status": [
                "errorCode": .int(Int64(signIn.result)), "failureReason": .string(failure), "additionalDetails": "",
            ],
            "deviceDetail": [
                "deviceId": "", "operatingSystem": .string(signIn.system), "browser": .string(signIn.client),
            ],
            "location": [
                "city": .string(signIn.city), "state": "", "countryOrRegion": .string(signIn.country),
                "geoCoordinates": [:],
            ],
        ]
        return record([
            ("time", .string(stamp)),
            ("resourceId", .string("/tenants/\(Organisation.tenant)/providers/Microsoft.aadiam")),
            ("operationName", "Sign-in activity"), ("operationVersion", "1.0"),
            ("category", .string(signIn.isInteractive ? "SignInLogs" : "NonInteractiveUserSignInLogs")),
            ("tenantId", .string(Organisation.tenant)), ("resultType", .string(String(signIn.result))),
            ("resultSignature", "None"), ("resultDescription", .string(signIn.reason)), ("durationMs", 0),
            ("callerIpAddress", .string(signIn.address)), ("correlationId", .string(signIn.id)),
            ("identity", .string(signIn.person.displayName)), ("Level", 4), ("location", .string(signIn.country)),
            ("properties", properties),
        ])
    }

    /// A change in the directory; `targets` are what was changed.
    func change(
        _ operation: String, category: String, by person: Person, from address: String, targets: [JSON], id: String
    ) -> SimulatedEvent {
        let properties: JSON = [
            "id": .string("Directory_" + id), "category": .string(category), "correlationId": .string(id),
            "result": "success", "resultReason": "", "activityDisplayName": .string(operation),
            "activityDateTime": .string(stamp), "loggedByService": "Core Directory", "operationType": "Update",
            "initiatedBy": [
                "user": [
                    "id": .string(person.objectID), "displayName": .string(person.displayName),
                    "userPrincipalName": .string(person.principalName), "ipAddress": .string(address), "roles": [],
                ]
            ],
            "targetResources": .array(targets), "additionalDetails": [],
        ]
        return record([
            ("time", .string(stamp)),
            ("resourceId", .string("/tenants/\(Organisation.tenant)/providers/Microsoft.aadiam")),
            ("operationName", .string(operation)), ("operationVersion", "1.0"), ("category", "AuditLogs"),
            ("tenantId", .string(Organisation.tenant)), ("resultSignature", "None"), ("durationMs", 0),
            ("callerIpAddress", .string(address)), ("correlationId", .string(id)), ("Level", 4),
            ("properties", properties),
        ])
    }

    /// An operation on a resource.
    func operation(
        _ name: String, on resource: String, group: String, by person: Person, from address: String, id: String
    ) -> SimulatedEvent {
        let path =
            "/SUBSCRIPTIONS/\(Organisation.subscription.uppercased())/RESOURCEGROUPS/\(group.uppercased())/PROVIDERS/"
            + resource.uppercased()
        let claims: JSON = [
            "aud": "https://management.core.windows.net/", "name": .string(person.displayName),
            "ipaddr": .string(address),
            "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn": .string(person.principalName),
        ]
        return record([
            ("time", .string(stamp)), ("resourceId", .string(path)), ("operationName", .string(name.uppercased())),
            ("category", "Administrative"), ("resultType", "Success"), ("resultSignature", "Succeeded."),
            ("durationMs", 31), ("callerIpAddress", .string(address)), ("correlationId", .string(id)),
            ("identity", ["authorization": ["scope": .string(path), "action": .string(name)], "claims": claims]),
            ("level", "Information"),
            ("properties", ["statusCode": "OK", "serviceRequestId": .null, "eventCategory": "Administrative"]),
        ])
    }

    private var stamp: String { time.formatted(fractionDigits: 7) }

    private func record(_ members: [(String, JSON)]) -> SimulatedEvent {
        let record = JSON.object(JSONObject(members, uniquingKeysWith: { $1 }))
        let line: JSON = ["records": [record]]
        return SimulatedEvent(time: time, format: .azureDiagnostics, line: line.description, stage: stage)
    }
}
