import RE2
import Sigma

/// Sigma's meaning written down as plainly as possible: what the matcher's searches, memory and bits must not change.
struct PlainEvaluation {
    /// A field's texts: one, or the leaves of an array. No texts: null.
    typealias Event = [String: [String]]

    let event: Event

    func holds(_ predicate: SigmaPredicate) -> Bool {
        switch predicate {
        case .test(let field, let test): holds(field, test)
        case .all(let parts): parts.allSatisfy { holds($0) }
        case .any(let parts): parts.contains { holds($0) }
        case .not(let inner): !holds(inner)
        case .atLeast(let count, let parts): parts.filter { holds($0) }.count >= count
        }
    }

    private func holds(_ field: String?, _ test: SigmaTest) -> Bool {
        guard let field else {
            guard case .text(let text, let isCased) = test else {
                return event.values.joined().contains { holds($0, test) }
            }
            let anywhere = SigmaTest.text(text.anchored(.anywhere), isCased: isCased)
            return event.values.joined().contains { holds($0, anywhere) }
        }
        let texts = event[field].flatMap { $0.isEmpty ? nil : $0 }
        switch test {
        case .isNull: return texts == nil
        case .exists(let isThere): return (texts != nil) == isThere
        case .field(let other, _, _):
            // Another field's array is compared with as the text it is.
            guard let wanted = event[other], wanted.count == 1 else { return false }
            return texts?.contains { $0.lowercased() == wanted[0].lowercased() } ?? false
        default: return texts?.contains { holds($0, test) } ?? false
        }
    }

    private func holds(_ value: String, _ test: SigmaTest) -> Bool {
        switch test {
        case .text(let text, let isCased): Self.matches(value, text, isCased: isCased)
        case .expression(let pattern, let flags):
            // The rule was read, so the expression is sound.
            (try? RE2Pattern(pattern, ignoringCase: flags.contains(.ignoresCase)))?.matches(value) ?? false
        case .comparison(let comparison, let bound): Double(value).map { comparison.holds($0, bound) } ?? false
        default: false
        }
    }

    /// Letters of ASCII are folded; others only where the text has some that have two cases.
    private static func matches(_ value: String, _ text: SigmaText, isCased: Bool) -> Bool {
        let hasCases = text.parts.contains { part in
            if case .literal(let literal) = part {
                literal.unicodeScalars.contains { !$0.isASCII && $0.properties.changesWhenCaseMapped }
            } else {
                false
            }
        }
        func folded(_ text: String) -> [UInt8] {
            isCased
                ? Array(text.utf8)
                : hasCases ? Array(text.lowercased().utf8) : text.utf8.map { (65...90).contains($0) ? $0 | 32 : $0 }
        }
        return matches(folded(value)[...], text.parts[...], folded)
    }

    private static func matches(
        _ value: ArraySlice<UInt8>, _ parts: ArraySlice<SigmaText.Part>, _ folded: (String) -> [UInt8]
    ) -> Bool {
        switch parts.first {
        case nil: return value.isEmpty
        case .literal(let literal):
            let bytes = folded(literal)
            return value.starts(with: bytes) && matches(value.dropFirst(bytes.count), parts.dropFirst(), folded)
        case .anyCharacters:
            return (0...value.count).contains { matches(value.dropFirst($0), parts.dropFirst(), folded) }
        case .oneCharacter: return false
        }
    }
}
