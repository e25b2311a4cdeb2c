import Chronology
import JSON
import Testing
import Workflow

struct RunTests {
    @Test func `actions run in order and see each other's outputs`() throws {
        var harness = try RunHarness(actions: [
            "First": ["type": "Compose", "inputs": ["a": "@triggerBody()?['x']"]],
            "Second": [
                "type": "Compose", "inputs": "got @{outputs('First')?['a']}", "runAfter": ["First": ["Succeeded"]],
            ],
        ])
        harness.finish(body: ["x": 5])
        #expect(harness.run.status == .succeeded)
        #expect(harness.outputs("Second") == "got 5")
    }

    @Test func `a failure skips what waits for success and runs what waits for failure`() throws {
        var harness = try RunHarness(actions: [
            "Bad": ["type": "Compose", "inputs": "@int('x')"],
            "Never": ["type": "Compose", "inputs": 1, "runAfter": ["Bad": ["Succeeded"]]],
            "Handler": [
                "type": "Compose", "inputs": "@actions('Bad').status", "runAfter": ["Bad": ["Failed", "TimedOut"]],
            ],
            "Last": ["type": "Compose", "inputs": 2, "runAfter": ["Handler": ["Succeeded"], "Never": ["Skipped"]]],
        ])
        harness.finish()
        #expect(harness.run.status == .succeeded)
        #expect(harness.status("Never") == .skipped)
        #expect(harness.outputs("Handler") == "Failed")
        #expect(harness.record("Bad")?.error?.code == "InvalidTemplate")
        #expect(harness.status("Last") == .succeeded)
    }

    @Test func `an unhandled failure fails the run, though its successor was skipped`() throws {
        var harness = try RunHarness(actions: [
            "Bad": ["type": "Compose", "inputs": "@int('x')"],
            "After": ["type": "Compose", "inputs": 1, "runAfter": ["Bad": ["Succeeded"]]],
        ])
        harness.finish()
        #expect(harness.run.status == .failed)
        #expect(harness.run.error?.code == "ActionFailed")
    }

    @Test func `conditions take objects and expressions, and choose a branch`() throws {
        var harness = try RunHarness(actions: [
            "Check": [
                "type": "If",
                "expression": [
                    "and": [["equals": ["@triggerBody()?['s']", "High"]], ["not": ["less": [5, 3]]], "@equals(1,1)"]
                ],
                "actions": ["Yes": ["type": "Compose", "inputs": "yes"]],
                "else": ["actions": ["No": ["type": "Compose", "inputs": "no"]]],
            ],
            "After": ["type": "Compose", "inputs": "@outputs('Yes')", "runAfter": ["Check": ["Succeeded"]]],
        ])
        harness.finish(body: ["s": "High"])
        #expect(harness.outputs("After") == "yes")
        #expect(harness.status("Check/No") == nil)
    }

    @Test func `a switch runs the matching case, else its default`() throws {
        let actions: JSON = [
            "Choose": [
                "type": "Switch", "expression": "@triggerBody()?['n']",
                "cases": ["One": ["case": 1, "actions": ["A": ["type": "Compose", "inputs": "one"]]]],
                "default": ["actions": ["B": ["type": "Compose", "inputs": "other"]]],
            ]
        ]
        var first = try RunHarness(actions: actions)
        first.finish(body: ["n": 1])
        #expect(first.status("Choose/A") == .succeeded)
        var second = try RunHarness(actions: actions)
        second.finish(body: ["n": 2])
        #expect(second.status("Choose/B") == .succeeded)
    }

    @Test func `loops go through items, nested, with their own outputs`() throws {
        var harness = try RunHarness(actions: [
            "Init": [
                "type": "InitializeVariable",
                "inputs": ["variables": [["name": "list", "type": "array", "value": []]]],
            ],
            "Outer": [
                "type": "Foreach", "foreach": "@triggerBody()", "runAfter": ["Init": ["Succeeded"]],
                "actions": [
                    "Inner": [
                        "type": "Foreach", "foreach": "@items('Outer')['n']",
                        "actions": [
                            "Make": ["type": "Compose", "inputs": "@{items('Outer')['k']}@{item()}"],
                            "Add": [
                                "type": "AppendToArrayVariable",
                                "inputs": ["name": "list", "value": "@outputs('Make')"],
                                "runAfter": ["Make": ["Succeeded"]],
                            ],
                        ],
                    ]
                ],
            ],
            "Join": [
                "type": "Join", "inputs": ["from": "@variables('list')", "joinWith": ","],
                "runAfter": ["Outer": ["Succeeded"]],
            ],
        ])
        harness.finish(body: [["k": "a", "n": [1, 2]], ["k": "b", "n": [3]]])
        #expect(harness.outputs("Join") == ["body": "a1,a2,b3"])
        #expect(harness.status("Outer[1]/Inner[0]/Make") == .succeeded)
    }

    @Test func `a loop keeps to its width and fails when an iteration fails`() throws {
        var harness = try RunHarness(actions: [
            "Loop": [
                "type": "Foreach", "foreach": "@range(0, 5)",
                "runtimeConfiguration": ["concurrency": ["repetitions": 2]],
                "actions": ["Call": ["type": "Http", "inputs": ["method": "GET", "uri": "https://x/@{item()}"]]],
            ]
        ]) { request in request.path.text.contains("[3]") ? answer(request, 404) : answer(request) }
        var run = harness.run
        #expect(run.start(trigger: "manual", event: WorkflowAnswer(), seed: 1, at: harness.now).count == 2)
        harness.finish()
        #expect(harness.requests.count == 5)
        #expect(harness.run.status == .failed)
        #expect(harness.record("Loop[3]/Call")?.error?.code == "NotFound")
    }

    @Test func `an empty loop succeeds and one over null fails`() throws {
        var empty = try RunHarness(actions: ["L": ["type": "Foreach", "foreach": "@createArray()", "actions": [:]]])
        empty.finish()
        #expect(empty.run.status == .succeeded)
        var null = try RunHarness(actions: ["L": ["type": "Foreach", "foreach": "@null", "actions": [:]]])
        null.finish()
        #expect(null.run.status == .failed)
    }

    @Test func `until repeats until its condition, or its limit`() throws {
        let body: JSON = [
            "Init": [
                "type": "InitializeVariable", "inputs": ["variables": [["name": "n", "type": "integer", "value": 0]]],
            ],
            "Loop": [
                "type": "Until", "expression": "@equals(variables('n'), 3)", "limit": ["count": 10, "timeout": "PT1H"],
                "runAfter": ["Init": ["Succeeded"]],
                "actions": ["Count": ["type": "IncrementVariable", "inputs": ["name": "n"]]],
            ],
        ]
        var harness = try RunHarness(actions: body)
        harness.finish()
        #expect(harness.outputs("Loop") == ["iterationCount": 3])
        #expect(harness.run.status == .succeeded)
    }

    @Test func `data operations build tables, selections and filters`() throws {
        var harness = try RunHarness(actions: [
            "Pick": ["type": "Select", "inputs": ["from": "@triggerBody()", "select": ["N": "@item()?['name']"]]],
            "Filter": ["type": "Query", "inputs": ["from": "@triggerBody()", "where": "@greater(item()['n'], 1)"]],
            "Table": ["type": "Table", "inputs": ["from": "@triggerBody()", "format": "HTML"]],
            "CSV": [
                "type": "Table",
                "inputs": [
                    "from": "@triggerBody()", "format": "CSV",
                    "columns": [["header": "Name", "value": "@item()['name']"]],
                ],
            ],
            "Parse": [
                "type": "ParseJson",
                "inputs": [
                    "content": "{\"a\": 1}", "schema": ["type": "object", "properties": ["a": ["type": "integer"]]],
                ],
            ],
        ])
        harness.finish(body: [["name": "x<", "n": 1], ["name": "y,z", "n": 2]])
        #expect(harness.outputs("Pick") == ["body": [["N": "x<"], ["N": "y,z"]]])
        #expect(harness.outputs("Filter")?["body"]?.arrayValue?.count == 1)
        #expect(
            harness.outputs("Table")?["body"]
                == "<table><thead><tr><th>name</th><th>n</th></tr></thead><tbody><tr><td>x&lt;</td><td>1</td></tr><tr><td>y,z</td><td>2</td></tr></tbody></table>"
        )
        #expect(harness.outputs("CSV")?["body"] == "Name\r\nx<\r\n\"y,z\"\r\n")
        #expect(harness.outputs("Parse") == ["body": ["a": 1]])
    }

    @Test func `terminate ends the run with its own error`() throws {
        var harness = try RunHarness(actions: [
            "Slow": ["type": "Http", "inputs": ["method": "GET", "uri": "https://x"]],
            "Stop": [
                "type": "Terminate", "inputs": ["runStatus": "Failed", "runError": ["code": "mine", "message": "m"]],
            ],
        ]) { _ in nil }
        harness.finish()
        #expect(harness.run.status == .failed)
        #expect(harness.run.error == RunError(code: "mine", message: "m"))
        #expect(harness.status("Slow") == .cancelled)
    }

    @Test func `result lists what a scope did, for the handler of its failure`() throws {
        var harness = try RunHarness(actions: [
            "Try": [
                "type": "Scope",
                "actions": [
                    "Call": ["type": "Http", "inputs": ["method": "POST", "uri": "https://x", "body": ["a": 1]]]
                ],
            ],
            "Catch": [
                "type": "Compose", "runAfter": ["Try": ["Failed"]],
                "inputs": "@{result('Try')[0].status} @{result('Try')[0]['outputs']['statusCode']}",
            ],
        ]) { answer($0, 400, "no") }
        harness.finish()
        #expect(harness.outputs("Catch") == "Failed 400")
        #expect(harness.run.status == .succeeded)
    }
}

struct OperationTests {
    @Test func `a transient failure is retried after a pause, with the same key`() throws {
        var harness = try RunHarness(actions: [
            "Call": [
                "type": "Http",
                "inputs": [
                    "method": "POST", "uri": "https://x", "queries": ["q": "a b"], "body": ["k": 1],
                    "retryPolicy": ["type": "fixed", "count": 3, "interval": "PT10S"],
                ],
            ]
        ]) { request in request.attempt < 3 ? answer(request, 503) : answer(request, 200, ["ok": true]) }
        let begin = harness.now
        harness.finish()
        #expect(harness.run.status == .succeeded)
        #expect(harness.requests.map(\.attempt) == [1, 2, 3])
        #expect(Set(harness.requests.map(\.idempotencyKey)).count == 1)
        #expect(harness.now - begin == .seconds(20))
        #expect(harness.record("Call")?.retryCount == 2)
        guard case .http(let call) = harness.requests[0].call else {
            Issue.record("no HTTP call")
            return
        }
        #expect(call.uri == "https://x?q=a%20b")
    }

    @Test func `a client error is not retried`() throws {
        var harness = try RunHarness(actions: [
            "Call": ["type": "Http", "inputs": ["method": "GET", "uri": "https://x"]]
        ]) {
            answer($0, 404)
        }
        harness.finish()
        #expect(harness.requests.count == 1)
        #expect(harness.outputs("Call")?["statusCode"] == 404)
    }

    @Test func `an accepted request is polled at its location`() throws {
        var harness = try RunHarness(actions: [
            "Call": ["type": "Http", "inputs": ["method": "POST", "uri": "https://x/start"]]
        ]) {
            request in
            guard case .http(let call) = request.call else { return nil }
            if call.uri == "https://x/done" { return answer(request, 200, "finished") }
            let accepted = WorkflowAnswer(statusCode: 202, headers: ["Location": "/done", "Retry-After": "7"])
            return .answered(request.path, attempt: request.attempt, accepted)
        }
        harness.finish()
        #expect(harness.outputs("Call")?["body"] == "finished")
    }

    @Test func `a webhook waits until it is called back`() throws {
        let document: JSON = [
            "triggers": ["manual": ["type": "Request"]],
            "actions": [
                "Ask": [
                    "type": "ApiConnectionWebhook",
                    "inputs": [
                        "host": ["connection": ["name": "@parameters('$connections')['office365']['connectionId']"]],
                        "path": "/approvalmail/$subscriptions", "body": ["NotificationUrl": "@{listCallbackUrl()}"],
                    ],
                ],
                "Then": [
                    "type": "Compose", "inputs": "@body('Ask')?['SelectedOption']", "runAfter": ["Ask": ["Succeeded"]],
                ],
            ],
        ]
        let definition = try #require(WorkflowDefinition.read(document, file: "t").definition)
        var harness = RunHarness(
            definition, parameters: ["$connections": ["office365": ["connectionId": "/c/o365"]]],
            connections: [WorkflowConnection(key: "office365", connector: "office365", connectionID: "/c/o365")])
        harness.finish()
        #expect(harness.run.status == .running)
        #expect(harness.run.awaitsCallback(ActionPath("Ask")))
        guard case .subscribe(let call)? = harness.requests.first?.call else {
            Issue.record("no subscription")
            return
        }
        #expect(call.connector == "office365")
        #expect(call.body["NotificationUrl"] == "https://tocsin/callbacks/secret/Ask")
        _ = harness.feed(.calledBack(ActionPath("Ask"), WorkflowAnswer(body: ["SelectedOption": "Approve"])))
        #expect(harness.run.status == .succeeded)
        #expect(harness.outputs("Then") == "Approve")
    }

    @Test func `a response answers once, and a wait takes its time`() throws {
        var harness = try RunHarness(actions: [
            "Pause": ["type": "Wait", "inputs": ["interval": ["count": 2, "unit": "Minute"]]],
            "Reply": [
                "type": "Response", "kind": "Http", "inputs": ["statusCode": 201, "body": ["done": true]],
                "runAfter": ["Pause": ["Succeeded"]],
            ],
        ])
        let begin = harness.now
        harness.finish()
        #expect(harness.now - begin == .minutes(2))
        #expect(harness.responses == [WorkflowAnswer(statusCode: 201, body: ["done": true])])
    }

    @Test func `an action that takes too long times out`() throws {
        var harness = try RunHarness(actions: [
            "Call": ["type": "Http", "inputs": ["method": "GET", "uri": "https://x"], "limit": ["timeout": "PT30S"]],
            "Late": ["type": "Compose", "inputs": "late", "runAfter": ["Call": ["TimedOut"]]],
        ]) { _ in nil }
        harness.finish()
        #expect(harness.status("Call") == .timedOut)
        #expect(harness.outputs("Late") == "late")
    }

    @Test func `secrets stay out of the history`() throws {
        var harness = try RunHarness(actions: [
            "Call": [
                "type": "Http",
                "inputs": [
                    "method": "GET", "uri": "https://x",
                    "authentication": ["type": "Basic", "username": "u", "password": "p"],
                ],
            ],
            "Hidden": [
                "type": "Compose", "inputs": "x",
                "runtimeConfiguration": ["secureData": ["properties": ["inputs", "outputs"]]],
            ],
        ])
        harness.finish()
        #expect(
            harness.record("Call")?.inputs["authentication"] == ["type": "Basic", "username": "u", "password": "***"])
        #expect(harness.record("Hidden")?.outputs == nil as JSON)
    }

    @Test func `the value of a secure parameter is sent and never shown`() throws {
        let document: JSON = [
            "triggers": ["manual": ["type": "Request"]], "parameters": ["key": ["type": "SecureString"]],
            "actions": [
                "Call": [
                    "type": "Http",
                    "inputs": [
                        "method": "GET", "uri": "https://x?k=@{parameters('key')}",
                        "headers": ["Authorization": "Bearer abc", "Accept": "*/*"],
                    ],
                ]
            ],
        ]
        let definition = try #require(WorkflowDefinition.read(document, file: "t").definition)
        var harness = RunHarness(definition, parameters: ["key": "tops3cret"])
        harness.finish()
        guard case .http(let call)? = harness.requests.first?.call else {
            Issue.record("no request")
            return
        }
        #expect(call.uri == "https://x?k=tops3cret" && call.headers["Authorization"] == "Bearer abc")
        let shown = harness.record("Call")?.inputs.description ?? ""
        #expect(shown.contains("k=***") && !shown.contains("tops3cret") && !shown.contains("Bearer"))
    }

    @Test func `the same events bring a new run to the same state`() throws {
        var harness = try RunHarness(actions: [
            "Id": ["type": "Compose", "inputs": "@{guid()} @{utcNow()} @{rand(0, 1000000)}"],
            "Loop": [
                "type": "Foreach", "foreach": "@range(0, 30)", "runAfter": ["Id": ["Succeeded"]],
                "actions": [
                    "Call": [
                        "type": "Http", "inputs": ["method": "GET", "uri": "https://x/@{item()}/@{rand(0, 100)}"],
                    ]
                ],
            ],
        ]) { request in
            request.attempt == 1 && request.path.text.contains("[7]") ? answer(request, 500) : answer(request)
        }
        harness.finish()
        #expect(harness.run.status == .succeeded)
        for count in stride(from: 0, through: harness.history.count, by: 3) {
            var replayed = WorkflowRun(definition: harness.run.definition, environment: harness.run.environment)
            let begin = try #require(harness.run.startTime)
            _ = replayed.start(trigger: "manual", event: WorkflowAnswer(body: [:]), seed: 1, at: begin)
            for (event, time) in harness.history.prefix(count) {
                let stored = try #require(WorkflowEvent(json: JSON(parsing: event.json.description)))
                #expect(stored == event)
                _ = replayed.handle(stored, at: time)
            }
            let asked = Set(replayed.outstanding.map(\.path)), known = Set(harness.requests.map(\.path))
            #expect(asked.isSubset(of: known))
            if count == harness.history.count { #expect(replayed.records == harness.run.records) }
        }
    }

    @Test func `a runaway workflow is stopped`() throws {
        var harness = try RunHarness(
            maximumExecutions: 1000,
            actions: [
                "Loop": [
                    "type": "Until", "expression": "@equals(1, 2)", "limit": ["count": 5000, "timeout": "P1D"],
                    "actions": [
                        "Inner": [
                            "type": "Foreach", "foreach": "@range(0, 100)",
                            "actions": ["X": ["type": "Compose", "inputs": 1]],
                        ]
                    ],
                ]
            ])
        harness.finish()
        #expect(harness.run.status == .failed)
        #expect(harness.run.error?.code == "TooManyActions")
    }
}

struct CallTests {
    @Test func `a message for a batch starts a workflow, a function goes to its connector`() throws {
        var harness = try RunHarness(actions: [
            "Send": [
                "type": "SendToBatch",
                "inputs": [
                    "batchName": "b", "content": "@triggerBody()",
                    "host": ["triggerName": "Batch_messages", "workflow": ["id": "/workflows/Receiver"]],
                ],
            ],
            "Call": [
                "type": "Function",
                "inputs": ["function": ["id": "/sites/app/functions/F"], "method": "POST", "body": ["a": 1]],
            ],
        ])
        harness.finish(body: ["x": 1])
        #expect(harness.run.status == .succeeded)
        guard case .workflow(let batch)? = harness.requests.first(where: { $0.path.text == "Send" })?.call,
            case .connector(let function)? = harness.requests.first(where: { $0.path.text == "Call" })?.call
        else {
            Issue.record("other requests: \(harness.requests)")
            return
        }
        #expect(batch.workflowID == "/workflows/Receiver")
        #expect(batch.body["items"]?[0]?["content"] == ["x": 1])
        #expect(function.connector == "azurefunctions" && function.path == "/sites/app/functions/F")
    }
}
