internal import Access
internal import EventStore
internal import Hummingbird
internal import Investigation
internal import StateStore
internal import WebGate

extension PortalRoutes {
    @Sendable func deadLetters(_ request: Request, context: TocsinRequestContext) async throws -> Response {
        let filter = DeadLetterFilter(FormFields(query: request.uri.query))
        let listing = try await services.sources.deadLetters.listing(filter, limit: 50)
        return try page(
            DeadLettersPage(
                frame: try await frame(.deadLetters, request, context), listing: listing, filter: filter,
                mayRedrive: try context.requireCaller().may(.ingestEvents), now: services.site.now()))
    }

    @Sendable func redriveDeadLetters(_ request: Request, context: TocsinRequestContext) async throws -> Response {
        let caller = try context.requireCaller()
        let filter = DeadLetterFilter(try await FormFields.checked(request, caller))
        let notice: Notice
        do {
            let receipt = try await services.sources.deadLetters.redrive(filter, by: caller.actor.name)
            notice = Notice(
                "\(receipt.letters) letters were taken in again: \(receipt.stored) rows stored, "
                    + "\(receipt.failed) failed again.")
        } catch let error as EventStoreError {
            notice = Notice(error.message, isError: true)
        }
        return .redirect(to: notice.on(PortalURL.deadLetters.path), type: .normal)
    }
}

extension DeadLetterFilter {
    /// An empty field filters nothing.
    fileprivate init(_ form: FormFields) {
        func text(_ name: String) -> String? { form[name].flatMap { $0.isEmpty ? nil : $0 } }
        self.init(source: text("source"), reason: text("reason"))
    }
}
