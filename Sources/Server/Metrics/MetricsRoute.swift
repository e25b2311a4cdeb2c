internal import Access
internal import Exposition
internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import WebGate

/// `GET /metrics`: what Prometheus scrapes.
struct MetricsRoute {
    /// What is measured when it is asked for, besides what was counted as it happened.
    let sampled: @Sendable () async throws -> [MetricFamily]

    func add(to group: RouterGroup<TocsinRequestContext>) {
        group.group("metrics").add(middleware: Requires(.readMetrics)).get(use: show)
    }

    @Sendable func show(_ request: Request, context: TocsinRequestContext) async throws -> Response {
        let families = ProcessMetrics.families() + ProcessMetrics.registry.families + (try await sampled())
        return Response(
            status: .ok, headers: [.contentType: TextExposition.contentType, .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: TextExposition.text(families))))
    }
}
