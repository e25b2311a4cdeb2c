internal import HTTPTypes
internal import Hummingbird
internal import JSON

/// The answers of Splunk's HTTP Event Collector: a number and its text, with the status that goes with it.
enum HECAnswer: Int, Sendable {
    case success = 0
    case tokenDisabled = 1
    case tokenRequired = 2
    case invalidAuthorization = 3
    case invalidToken = 4
    case noData = 5
    case invalidDataFormat = 6
    case internalError = 8
    case busy = 9
    case channelMissing = 10
    case invalidChannel = 11
    case eventRequired = 12
    case eventBlank = 13
    case invalidFields = 15
    case healthy = 17
    case queuesFull = 18
    case tooLarge = 27

    var text: String {
        switch self {
        case .success: "Success"
        case .tokenDisabled: "Token disabled"
        case .tokenRequired: "Token is required"
        case .invalidAuthorization: "Invalid authorization"
        case .invalidToken: "Invalid token"
        case .noData: "No data"
        case .invalidDataFormat: "Invalid data format"
        case .internalError: "Internal server error"
        case .busy: "Server is busy"
        case .channelMissing: "Data channel is missing"
        case .invalidChannel: "Invalid data channel"
        case .eventRequired: "Event field is required"
        case .eventBlank: "Event field cannot be blank"
        case .invalidFields: "Error in handling indexed fields"
        case .healthy: "HEC is healthy"
        case .queuesFull: "HEC is unhealthy, queues are full"
        case .tooLarge: "Request entity too large"
        }
    }

    var status: HTTPResponse.Status {
        switch self {
        case .success, .healthy: .ok
        case .tokenRequired, .invalidAuthorization: .unauthorized
        case .tokenDisabled, .invalidToken: .forbidden
        case .internalError: .internalServerError
        case .busy, .queuesFull: .serviceUnavailable
        case .tooLarge: .contentTooLarge
        case .noData, .invalidDataFormat, .channelMissing, .invalidChannel, .eventRequired, .eventBlank, .invalidFields:
            .badRequest
        }
    }

    func response(_ further: JSONObject = [:]) -> Response {
        var members: JSONObject = ["text": .string(text), "code": .int(Int64(rawValue))]
        members.merge(further) { $1 }
        return Response(status: status, json: .object(members))
    }

    /// The answer to a failure; `detail` says what Splunk's fixed texts do not.
    static func response(_ failure: IntakeFailure, hadCredentials: Bool, isSplunkScheme: Bool) -> Response {
        let answer: HECAnswer =
            switch failure.reason {
            case .unauthorized:
                !hadCredentials ? .tokenRequired : isSplunkScheme ? .invalidToken : .invalidAuthorization
            case .forbidden: .tokenDisabled
            case .notFound, .malformed, .unsupported: .invalidDataFormat
            case .tooLarge: .tooLarge
            case .tooSlow, .busy: .busy
            case .full, .failed: .internalError
            }
        var response = answer.response(["detail": .string(failure.message)])
        if [.unsupported, .notFound, .tooSlow].contains(failure.reason) { response.status = failure.status }
        return response
    }
}

/// What is wrong with the events of a request, and which event it is, counted from 0.
struct HECFault: ProtocolFault {
    let answer: HECAnswer
    let event: Int?

    init(_ answer: HECAnswer, event: Int? = nil) {
        self.answer = answer
        self.event = event
    }

    var response: Response {
        answer.response(event.map { ["invalid-event-number": .int(Int64($0))] } ?? [:])
    }
}
