internal import Chronology
internal import Investigation

/// What could not be taken in as it should, by source and reason, with the raw text.
struct DeadLettersPage: Page {
    let frame: Frame
    let count: String
    let source: String
    let reason: String
    let isFiltered: Bool
    let mayRedrive: Bool
    let redrivePath: String
    let counts: [CountRow]
    let letters: [LetterRow]

    var template: TemplateName { .deadLetters }

    struct CountRow: Sendable {
        let count: String
        let source: String
        let reason: String
        let latest: String
        /// The letters of this source and reason.
        let path: String
        let isRedrivable: Bool
    }

    struct LetterRow: Sendable {
        let time: String
        let source: String
        let format: String
        let table: String
        let reason: String
        let line: String
        let raw: String
    }

    /// The longest raw text that a page shows, in characters.
    static let longest = 4000

    init(frame: Frame, listing: DeadLetterListing, filter: DeadLetterFilter, mayRedrive: Bool, now: Instant) {
        self.frame = frame
        let total = listing.counts.reduce(0) { $0 + $1.count }
        count = total == 1 ? "1 letter" : "\(total.grouped) letters"
        source = filter.source ?? ""
        reason = filter.reason ?? ""
        isFiltered = filter != DeadLetterFilter()
        self.mayRedrive = mayRedrive
        redrivePath = PortalURL.redriveDeadLetters.path
        counts = listing.counts.map { each in
            CountRow(
                count: each.count.grouped, source: each.source, reason: each.reason,
                latest: ShownTime(each.latest, now: now).relative,
                path: "\(PortalURL.deadLetters.path)?source=\(PortalURL.escaped(each.source))"
                    + "&reason=\(PortalURL.escaped(each.reason))", isRedrivable: each.isRedrivable && mayRedrive)
        }
        letters = listing.letters.map { letter in
            LetterRow(
                time: "\(letter.time)", source: letter.source, format: letter.format, table: letter.table,
                reason: letter.reason, line: letter.line.map { "line \($0)" } ?? "",
                raw: letter.raw.count > Self.longest ? letter.raw.prefix(Self.longest) + "…" : letter.raw)
        }
    }
}
