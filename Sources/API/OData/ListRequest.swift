internal import Hummingbird
internal import JSON

/// Which page of a list a client asks for, and the link to the next one.
struct ListRequest {
    /// The most items of one page (sentinel-service-limits).
    static let most = 1000

    let limit: Int
    let offset: Int
    private let request: Request
    private let address: RequestAddress

    /// - Parameter size: how many items a page has when the client does not say.
    /// - Throws: `APIError` 400 for a token that is none of ours.
    init(_ call: EndpointCall, address: RequestAddress, size: Int = 50) throws(APIError) {
        request = call.request
        self.address = address
        limit = min(max(1, call.number("$top") ?? size), Self.most)
        // A client may put the token of the page before behind that of the link: the link's own comes first.
        let token = call.request.uri.queryParameters["$skipToken"] ?? call.request.uri.queryParameters["%24skipToken"]
        switch token {
        case nil: offset = max(0, call.number("$skip") ?? 0)
        case let token?:
            guard let offset = Int(token), (0...1_000_000_000).contains(offset) else {
                throw APIError.badRequest("'$skipToken' is out of no nextLink of this list", target: "$skipToken")
            }
            self.offset = offset
        }
    }

    /// The answer with one page of items and, when there are more, the absolute link to the next page.
    func answer(_ items: [JSON], total: Int) -> Response {
        var members: JSONObject = ["value": .array(items)]
        if offset + items.count < total, !items.isEmpty {
            members["nextLink"] = .string(NextLink.make(request, address, skipToken: "\(offset + items.count)"))
        }
        return Response(json: .object(members))
    }

    /// The same of a list that is wholly at hand.
    func answer(all items: [JSON]) -> Response {
        answer(Array(items.dropFirst(offset).prefix(limit)), total: items.count)
    }
}
