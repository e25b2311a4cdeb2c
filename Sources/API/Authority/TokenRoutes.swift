internal import Access
internal import Hummingbird
internal import JSON
internal import StateStore
internal import WebGate

/// `POST /api/tokens`: makes a token for a program.
struct TokenRoutes {
    let access: AccessControl

    var endpoints: [Endpoint] {
        [
            Endpoint(
                .post, "tokens", id: "Tokens_Create", tag: .access, "Makes a token for a program",
                needs: .administer,
                body: .json(
                    .object(
                        .required("name", .string), .required("user", .string),
                        .optional("scopes", .array(.word(Permission.self)))), upTo: 1 << 16),
                answers: [
                    .created(.object(.required("id", .string), .required("secret", .string))), .conflict, .notFound,
                ], make)
        ]
    }

    @Sendable func make(_ call: EndpointCall) async throws -> Response {
        let body = call.body
        guard let name = body["name"]?.stringValue, let userName = body["user"]?.stringValue else {
            throw APIError.badRequest("'name' and 'user' are required")
        }
        guard let owner = try await access.users().first(where: { $0.name == userName }) else {
            throw APIError(.notFound, "there is no user '\(userName)'", target: "user")
        }
        var scopes: Set<Permission> = []
        for word in body["scopes"]?.arrayValue ?? [] {
            guard let scope = word.stringValue.flatMap(Permission.init(rawValue:)) else {
                let known = Permission.allCases.map(\.rawValue).joined(separator: ", ")
                throw APIError.badRequest("\(word) is no scope; use \(known)", target: "scopes")
            }
            scopes.insert(scope)
        }
        do {
            let made = try await access.makeToken(name: name, scopes: scopes, owner: owner)
            return Response(
                status: .created, json: ["id": .string(made.token.id), "secret": .string(made.secret.revealed)])
        } catch {
            throw APIError(error)
        }
    }
}

extension APIError {
    init(_ error: AccessError) {
        let code: Code =
            switch error.code {
            case .invalidCredentials: .unauthorized
            case .throttled: .tooMany
            case .invalidInvitation, .invalidField: .badRequest
            case .conflict: .conflict
            case .notFound: .notFound
            case .forbidden: .forbidden
            case .failure: .internalError
            }
        self.init(code, error.message, target: error.field)
    }
}
