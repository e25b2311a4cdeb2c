import Chronology
import JSON
import KQLValues

/// `around` and `assert`.
let checkFunctions: [ScalarFunction] = scalars {
    ScalarFunction(
        "around", family: .conditional, summary: "Whether a value lies within a distance of another.",
        signatures: [
            .takes(.real("value"), .real("center"), .real("distance"), returns: .bool),
            .takes(.datetime("value"), .datetime("center"), .timespan("distance"), returns: .bool),
            .takes(.timespan("value"), .timespan("center"), .timespan("distance"), returns: .bool),
        ]
    ) { call throws(EvaluationError) in
        if call.arguments[2].type == .real {
            return try each { (value: Double, center: Double, distance: Double) in
                value >= center - distance && value <= center + distance
            }(call)
        }
        return try each { (value: Int64, center: Int64, distance: Int64) in
            value >= center &- distance && value <= center &+ distance
        }(call.withLongs())
    }
    ScalarFunction(
        "assert", family: .conditional, summary: "True; ends the query with a message when the condition is false.",
        signatures: [.takes(.bool("condition"), .string("message"), returns: .bool)],
        evaluate: each { (condition: Bool?, message: String) throws(EvaluationError) -> Bool? in
            guard condition != false else { throw EvaluationError("assertion failed: \(message)") }
            return condition
        })
    ScalarFunction(
        "geo_info_from_ip_address", family: .ip,
        summary: "A bag of the country, state, city and position of an IP address.",
        signatures: [.takes(.string("ip"), returns: .dynamic)],
        determinism: .perQuery
    ) { call throws(EvaluationError) in
        let location = call.context.location
        return try each { (ip: String) in location(ip) }(call)
    }
}
