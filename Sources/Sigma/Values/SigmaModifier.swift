/// The value modifiers of Sigma 2 (appendix "Modifiers").
enum SigmaModifier: String {
    case contains, startswith, endswith, all, re, i, m, s, cased, cidr, base64, base64offset, wide, utf16, utf16le
    case utf16be, windash, exists, fieldref, lt, lte, gt, gte, neq, expand
    case ignorecase, multiline, dotall, minute, hour, day, week, month, year

    struct Mismatch: Error {
        var code = SigmaFinding.Code.modifierMismatch
        let reason: String
    }

    /// What a value becomes; `windash`, `base64offset` and `expand` make several of it.
    func apply(to draft: SigmaDraft, placeholders: [String: [String]]) throws(Mismatch) -> [SigmaDraft] {
        switch self {
        case .all, .neq: return [draft]
        case .contains: return [try draft.anchored(.anywhere)]
        case .startswith: return [try draft.anchored(.prefix)]
        case .endswith: return [try draft.anchored(.suffix)]
        case .re: return [draft.with(.expression(draft.original, []))]
        case .i, .ignorecase: return [try draft.flagged(.ignoresCase, self)]
        case .m, .multiline: return [try draft.flagged(.multiline, self)]
        case .s, .dotall: return [try draft.flagged(.dotMatchesNewline, self)]
        case .cased: return [try draft.cased()]
        case .cidr: return [try draft.network()]
        case .base64: return [draft.withText(SigmaText(literal: Base64Text.encode(try draft.plainBytes(self))))]
        case .base64offset:
            return Base64Text.encodeAtEachOffset(try draft.plainBytes(self)).map {
                draft.withText(SigmaText(literal: $0))
            }
        case .wide, .utf16le: return [try draft.widened(.littleEndian)]
        case .utf16be: return [try draft.widened(.bigEndian)]
        case .utf16: return [try draft.widened(.marked)]
        case .windash: return try draft.withEachDash()
        case .exists: return [try draft.existence()]
        case .fieldref: return [draft.with(.field(draft.original, .whole, isCased: false))]
        case .lt, .lte, .gt, .gte: return [try draft.comparison(SigmaComparison(rawValue: rawValue) ?? .less)]
        case .minute, .hour, .day, .week, .month, .year:
            return [try draft.datePart(SigmaDatePart(rawValue: rawValue) ?? .year)]
        case .expand: return try draft.expanded(placeholders)
        }
    }
}
