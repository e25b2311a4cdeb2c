import Collection
import EventStore
import KQLValues
import Testing

struct AzureTests {
    @Test func `a sign-in becomes a row of SigninLogs with its nested values`() {
        let row = collect(
            """
            {"records":[{"time":"2026-06-10T07:00:00.1234567Z","resourceId":"/tenants/t1/providers/Microsoft.aadiam",
            "operationName":"Sign-in activity","operationVersion":"1.0","category":"SignInLogs","tenantId":"t1",
            "resultType":"50126","resultSignature":"None","resultDescription":"Invalid username or password",
            "durationMs":12,"callerIpAddress":"203.0.113.5","correlationId":"c1","identity":"Ana Lind","Level":4,
            "location":"SE","properties":{"id":"i1","createdDateTime":"2026-06-10T06:59:59Z",
            "userPrincipalName":"ana@northwind.example","userId":"u1","appDisplayName":"Office 365","ipAddress":"203.0.113.5",
            "status":{"errorCode":50126,"failureReason":"Invalid username or password."},
            "deviceDetail":{"deviceId":"","operatingSystem":"Windows 10"},
            "location":{"city":"Lund","state":"Skane","countryOrRegion":"SE","geoCoordinates":{"latitude":55.7}},
            "isInteractive":true,"riskEventTypes":["a"],"newProperty":{"x":1}}}]}
            """
        ).rows("SigninLogs").first
        #expect(row?["TimeGenerated"] == "2026-06-10T07:00:00.1234567Z")
        #expect(row?["ResultType"] == "50126")
        #expect(row?["UserPrincipalName"] == "ana@northwind.example")
        #expect(row?["IPAddress"] == "203.0.113.5")
        #expect(row?["Location"] == "SE")
        #expect(
            row?["LocationDetails"]
                == #"{"city":"Lund","state":"Skane","countryOrRegion":"SE","geoCoordinates":{"latitude":55.7}}"#)
        #expect(row?["Status"]?.hasPrefix(#"{"errorCode":50126,"#) == true)
        #expect(row?["CreatedDateTime"] == "2026-06-10T06:59:59.0000000Z")
        #expect(row?["IsInteractive"] == "true")
        #expect(row?["DurationMs"] == "12")
        #expect(row?["RiskEventTypes"] == #"["a"]"#)
        #expect(row?["AADTenantId"] == "t1")
        #expect(row?["_AdditionalFields"] == #"{"properties":{"newProperty":{"x":1}}}"#)
        #expect(row?["Type"] == "SigninLogs")
    }

    @Test func `an audit record keeps the category of the change`() {
        let row = collect(
            """
            {"records":[{"time":"2026-06-10T07:00:00Z","category":"AuditLogs","operationName":"Add member to role",
            "properties":{"category":"RoleManagement","result":"success","activityDisplayName":"Add member to role",
            "initiatedBy":{"user":{"userPrincipalName":"a@b.example","ipAddress":null}},"operationType":"Assign",
            "targetResources":[{"id":"1","modifiedProperties":[]}],"additionalDetails":[]}}]}
            """
        ).rows("AuditLogs").first
        #expect(row?["Category"] == "RoleManagement")
        #expect(row?["InitiatedBy"] == #"{"user":{"userPrincipalName":"a@b.example","ipAddress":null}}"#)
        #expect(row?["TargetResources"] == #"[{"id":"1","modifiedProperties":[]}]"#)
        #expect(row?["AADOperationType"] == "Assign")
    }

    @Test func `an activity record gives caller, status and claims whose names have dots`() {
        let row = collect(
            """
            {"records":[{"time":"2026-06-10T07:00:00Z","category":"Administrative","level":"Information",
            "resourceId":"/SUBSCRIPTIONS/S1/RESOURCEGROUPS/RG1/PROVIDERS/MICROSOFT.STORAGE/STORAGEACCOUNTS/A",
            "operationName":"MICROSOFT.STORAGE/STORAGEACCOUNTS/LISTKEYS/ACTION","resultType":"Success",
            "callerIpAddress":"203.0.113.5","identity":{"authorization":{"scope":"/x","action":"y"},
            "claims":{"http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn":"ana@northwind.example","aud":"z"}},
            "properties":{"statusCode":"OK"}}]}
            """
        ).rows("AzureActivity").first
        #expect(row?["Caller"] == "ana@northwind.example")
        #expect(row?["ActivityStatusValue"] == "Success")
        #expect(row?["OperationNameValue"] == "MICROSOFT.STORAGE/STORAGEACCOUNTS/LISTKEYS/ACTION")
        #expect(row?["ResourceGroup"] == "RG1")
        #expect(row?["SubscriptionId"] == "S1")
        #expect(
            row?["Claims_d"]
                == #"{"http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn":"ana@northwind.example","aud":"z"}"#)
        #expect(row?["CategoryValue"] == "Administrative")
    }

    @Test func `rows name their table by Type, and a table of one's own gets types from its values`() {
        let chunks = collect(
            """
            {"TimeGenerated":"2026-06-10T07:00:00Z","Type":"Heartbeat","Computer":"h1","Unheard":"of"}
            {"TimeGenerated":"2026-06-10T07:00:00Z","Type":"Mine_CL","n":1,"r":1.5,"b":true,"t":"2026-06-10T07:00:00Z","o":{"x":[1]},"s":"x"}
            {"TimeGenerated":"2026-06-10T07:00:00Z","Type":"Mine_CL","n":2,"r":2,"b":null,"s":3,"a b":"c"}
            """)
        #expect(chunks.rows("Heartbeat").first?["_AdditionalFields"] == #"{"Unheard":"of"}"#)
        let mine = chunks.flatMap(\.batches).first { $0.table == "Mine_CL" }
        let types = mine.map { batch in batch.schema.columns.map { "\($0.name):\($0.type.rawValue)" }.sorted() }
        #expect(
            types == [
                "TimeGenerated:datetime", "Type:string", "a_b:string", "b:bool", "n:long", "o:dynamic", "r:real",
                "s:string", "t:datetime",
            ])
    }

    @Test func `what no source knows is kept whole as a dead letter`() {
        let chunks = collect(#"{"foo":{"bar":[1,"x"]},"baz":null}"#)
        #expect(chunks.deadLetters.first?.raw == #"{"foo":{"bar":[1,"x"]},"baz":null}"#)
        #expect(chunks.first?.rows == [nil])
    }

    @Test func `an unknown table or source is refused in words`() {
        let collector = Shipped.collector
        #expect(collector.fault(of: CollectionOptions(origin: "x", table: "Nope"))?.contains("_CL") == true)
        #expect(collector.fault(of: CollectionOptions(origin: "x", source: "nope"))?.contains("windows") == true)
        #expect(collector.fault(of: CollectionOptions(origin: "x", source: "cef", table: "Syslog")) == nil)
    }
}
