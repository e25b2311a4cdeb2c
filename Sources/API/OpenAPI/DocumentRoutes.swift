internal import Hummingbird
internal import JSON
internal import NIOCore
internal import Synchronization

/// The description of the API itself, open to anybody; it is made when somebody first asks for it.
final class DocumentRoutes: Sendable {
    private struct Texts {
        let document: JSON
        let json: String
        let markdown: String
    }

    private let lists: [EndpointList]
    private let made = Mutex<Texts?>(nil)

    /// - Parameter lists: What is described, besides these endpoints.
    init(describing lists: [EndpointList]) {
        self.lists = lists
    }

    var document: JSON { texts.document }

    private var texts: Texts {
        made.withLock { made in
            if let made { return made }
            let document = OpenAPIDocument(lists + [EndpointList(at: "api", endpoints: endpoints)])
            let json = document.json
            let texts = Texts(document: json, json: json.description, markdown: document.markdown)
            made = texts
            return texts
        }
    }

    var endpoints: [Endpoint] {
        [
            Endpoint(
                .get, "openapi.json", id: "Document_GetOpenAPI", tag: .workspace,
                "The OpenAPI 3.1 document of this API",
                access: .anybody, answers: [.ok(.map(.any))],
                handling: .call { _ in Self.answer(self.texts.json, "application/json; charset=utf-8") }),
            Endpoint(
                .get, "openapi.md", id: "Document_GetMarkdown", tag: .workspace, "All endpoints as Markdown tables",
                access: .anybody, answers: [EndpointAnswer(.ok, "Done", .string, contentType: "text/markdown")],
                handling: .stream { _, _ in Self.answer(self.texts.markdown, "text/markdown; charset=utf-8") }),
        ]
    }

    private static func answer(_ text: String, _ type: String) -> Response {
        Response(status: .ok, headers: [.contentType: type], body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }
}
