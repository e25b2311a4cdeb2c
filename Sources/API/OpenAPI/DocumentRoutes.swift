internal import Hummingbird
internal import JSON
internal import NIOCore

/// The description of the API itself, open to anybody.
struct DocumentRoutes {
    let document: JSON
    private let json: String
    private let markdown: String

    /// - Parameter lists: What is described, besides these endpoints.
    init(describing lists: [EndpointList]) {
        let document = OpenAPIDocument(lists + [EndpointList(at: "api", endpoints: Self.endpoints("", ""))])
        self.document = document.json
        json = self.document.description
        markdown = document.markdown
    }

    var endpoints: [Endpoint] { Self.endpoints(json, markdown) }

    private static func endpoints(_ json: String, _ markdown: String) -> [Endpoint] {
        [
            Endpoint(
                .get, "openapi.json", id: "Document_GetOpenAPI", tag: .workspace,
                "The OpenAPI 3.1 document of this API",
                access: .anybody, answers: [.ok(.map(.any))],
                handling: .call { _ in answer(json, "application/json; charset=utf-8") }),
            Endpoint(
                .get, "openapi.md", id: "Document_GetMarkdown", tag: .workspace, "All endpoints as Markdown tables",
                access: .anybody, answers: [EndpointAnswer(.ok, "Done", .string, contentType: "text/markdown")],
                handling: .stream { _, _ in answer(markdown, "text/markdown; charset=utf-8") }),
        ]
    }

    private static func answer(_ text: String, _ type: String) -> Response {
        Response(status: .ok, headers: [.contentType: type], body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }
}
