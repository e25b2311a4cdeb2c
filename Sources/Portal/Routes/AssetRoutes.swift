public import Foundation
internal import HTTPTypes
public import Hummingbird
internal import NIOCore
internal import NIOFoundationEssentialsCompat
public import WebGate

/// Style sheets, scripts, fonts and icons: our own out of this module, browser libraries out of the web folder.
public struct AssetRoutes: Sendable {
    private let files: [String: Asset]

    private struct Asset: Sendable {
        let type: String
        let bytes: ByteBuffer
        let tag: String
    }

    /// Reads all assets into memory; they are a few hundred kilobytes.
    public init(webFolder: URL) {
        var files: [String: Asset] = [:]
        let own = Bundle.module.bundleURL.appending(path: "Resources/assets")
        AssetRoutes.add(folder: own, under: "", to: &files)
        AssetRoutes.add(folder: webFolder.appending(path: "vendor"), under: "vendor/", to: &files)
        AssetRoutes.add(folder: webFolder.appending(path: "fonts"), under: "fonts/", to: &files)
        self.files = files
    }

    public func add(to group: RouterGroup<TocsinRequestContext>) {
        group.get("assets/**") { request, context in
            try answer(request, context.parameters.getCatchAll().joined(separator: "/"))
        }
        // Browsers ask for it wherever no page tells another, as beside the answers of the API.
        group.get("favicon.ico") { request, _ in try answer(request, "favicon.svg") }
    }

    private func answer(_ request: Request, _ name: String) throws -> Response {
        guard let asset = files[name] else { throw HTTPError(.notFound) }
        var headers: HTTPFields = [.eTag: asset.tag, .cacheControl: "public, max-age=300"]
        if request.headers[.ifNoneMatch] == asset.tag { return Response(status: .notModified, headers: headers) }
        headers[.contentType] = asset.type
        return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: asset.bytes))
    }

    private static func add(folder: URL, under prefix: String, to files: inout [String: Asset]) {
        let root = folder.resolvingSymlinksInPath().path
        let found = FileManager.default.enumerator(atPath: root)?.compactMap { $0 as? String } ?? []
        for name in found {
            guard let type = type(of: name), let data = FileManager.default.contents(atPath: "\(root)/\(name)") else {
                continue
            }
            var hash = UInt64(0xcbf2_9ce4_8422_2325)
            for byte in data { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
            files[prefix + name] = Asset(
                type: type, bytes: ByteBuffer(data: data), tag: "\"\(String(hash, radix: 16))\"")
        }
    }

    private static func type(of name: String) -> String? {
        switch name.split(separator: ".").last {
        case "css": "text/css; charset=utf-8"
        case "js": "text/javascript; charset=utf-8"
        case "svg": "image/svg+xml"
        case "woff2": "font/woff2"
        default: nil
        }
    }
}
