internal import HTTPTypes
internal import Hummingbird
internal import JSON

/// An error as Elasticsearch's clients read it: a type, a reason, and the status that decides about another try.
struct ElasticError: ProtocolFault, Sendable {
    enum Kind: String, Sendable {
        case illegalArgument = "illegal_argument_exception"
        case validation = "action_request_validation_exception"
        case parsing = "parse_exception"
        case document = "document_parsing_exception"
        case invalidIndexName = "invalid_index_name_exception"
        case security = "security_exception"
        case notFound = "resource_not_found_exception"
        case tooLarge = "content_too_long_exception"
        case mediaType = "media_type_header_exception"
        case rejected = "es_rejected_execution_exception"
        case timeout = "timeout_exception"
        case full = "cluster_block_exception"
        case unavailable = "unavailable_shards_exception"
    }

    let kind: Kind
    let reason: String
    let status: HTTPResponse.Status

    init(_ kind: Kind, _ reason: String, status: HTTPResponse.Status = .badRequest) {
        self.kind = kind
        self.reason = reason
        self.status = status
    }

    init(_ failure: IntakeFailure) {
        let kind: Kind =
            switch failure.reason {
            case .unauthorized, .forbidden: .security
            case .notFound: .notFound
            case .malformed: .illegalArgument
            case .tooLarge: .tooLarge
            case .unsupported: .mediaType
            case .tooSlow: .timeout
            case .busy: .rejected
            case .full: .full
            case .failed: .unavailable
            }
        // 429 makes every client wait and try again; a full disk is Elasticsearch's 429 too (flood stage).
        self.init(kind, failure.message, status: failure.reason == .full ? .tooManyRequests : failure.status)
    }

    static let schema = Schema.object(
        .required("error", .map(.any)), .required("status", .integer)
    ).named("ElasticError")

    var json: JSON { ["type": .string(kind.rawValue), "reason": .string(reason)] }

    var response: Response {
        Response(
            status: status,
            json: [
                "error": ["root_cause": [json], "type": .string(kind.rawValue), "reason": .string(reason)],
                "status": .int(Int64(status.code)),
            ])
    }
}
