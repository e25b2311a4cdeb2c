internal import CRE2
internal import Synchronization

/// A compiled regular expression of the RE2 syntax, which Kusto uses too. Matching takes time linear in the subject.
public final class RE2Pattern: Sendable {
    // SAFETY: an RE2 object is immutable after construction and documented as safe to share between threads.
    nonisolated(unsafe) let handle: OpaquePointer

    /// Why a pattern could not be compiled, in RE2's words.
    public struct SyntaxError: Error, Sendable, CustomStringConvertible {
        public let pattern: String
        public let reason: String
        public var description: String { "invalid regular expression '\(pattern)': \(reason)" }
    }

    /// Compiles `text`.
    public init(
        _ text: String, ignoringCase: Bool = false, dotMatchesNewline: Bool = false
    ) throws(SyntaxError) {
        var copy = RE2Pattern.namingGroups(text)
        handle = copy.withUTF8 { bytes in
            bytes.withMemoryRebound(to: CChar.self) {
                tocsin_re2_new($0.baseAddress ?? emptyText, $0.count, !ignoringCase, dotMatchesNewline)
            }
        }
        if let reason = tocsin_re2_error(handle) {
            throw SyntaxError(pattern: text, reason: String(cString: reason))
        }
    }

    deinit { tocsin_re2_delete(handle) }

    /// `(?<name>…)` as `(?P<name>…)`, which versions of RE2 before 2023-09 know alone.
    private static func namingGroups(_ text: String) -> String {
        guard text.contains("(?<") else { return text }
        var result = ""
        var rest = text[...]
        var isInClass = false
        while let character = rest.popFirst() {
            result.append(character)
            switch character {
            case "\\": if let escaped = rest.popFirst() { result.append(escaped) }
            case "[": isInClass = true
            case "]": isInClass = false
            case "(" where !isInClass && rest.hasPrefix("?<") && !rest.hasPrefix("?<=") && !rest.hasPrefix("?<!"):
                result += "?P"
                rest = rest.dropFirst()
            default: break
            }
        }
        return result
    }

    /// Number of capturing groups, the whole match not counted.
    public var groupCount: Int { Int(tocsin_re2_group_count(handle)) }

    /// The name of a capturing group (counted from 1), if it has one.
    public func groupName(_ group: Int) -> String? {
        tocsin_re2_group_name(handle, Int32(group)).map { String(cString: $0) }
    }

    /// Whether some part of `text` (or all of it, if `entire`) matches.
    public func matches(_ text: UnsafeBufferPointer<UInt8>, entire: Bool = false) -> Bool {
        text.withMemoryRebound(to: CChar.self) {
            tocsin_re2_match(handle, $0.baseAddress ?? emptyText, $0.count, 0, entire, nil, 0)
        }
    }

    /// Whether some part of `text` (or all of it, if `entire`) matches.
    public func matches(_ text: String, entire: Bool = false) -> Bool {
        var copy = text
        return copy.withUTF8 { matches($0, entire: entire) }
    }

    /// The byte ranges of the first match at or after byte `start`: the whole match, then each group (nil: took no part).
    public func firstMatch(
        in text: UnsafeBufferPointer<UInt8>, from start: Int = 0, entire: Bool = false
    ) -> [Range<Int>?]? {
        let count = groupCount + 1
        return withUnsafeTemporaryAllocation(of: tocsin_re2_range.self, capacity: count) { groups in
            groups.initialize(repeating: tocsin_re2_range(offset: -1, length: 0))
            let isFound = text.withMemoryRebound(to: CChar.self) {
                tocsin_re2_match(
                    handle, $0.baseAddress ?? emptyText, $0.count, start, entire, groups.baseAddress, Int32(count))
            }
            guard isFound else { return nil }
            return groups.map { $0.offset < 0 ? nil : $0.offset..<($0.offset + $0.length) }
        }
    }

    /// The texts of the first match: the whole match, then each group (nil: took no part).
    public func firstMatch(in text: String, entire: Bool = false) -> [String?]? {
        var copy = text
        return copy.withUTF8 { bytes in
            firstMatch(in: bytes, entire: entire)?.map { range in
                range.map { String(decoding: bytes[$0], as: UTF8.self) }
            }
        }
    }
}

// SAFETY: a constant byte that RE2 only reads; RE2 wants a non-null pointer even for an empty subject.
private nonisolated(unsafe) let emptyText: UnsafePointer<CChar> = {
    let byte = UnsafeMutablePointer<CChar>.allocate(capacity: 1)
    byte.initialize(to: 0)
    return UnsafePointer(byte)
}()

extension RE2Pattern {
    /// The pattern of a text, case and line ends as RE2 has them; compiled once for all who ask for it again and again, such as
    /// queries that run every few seconds.
    ///
    /// - Throws: `SyntaxError`.
    public static func shared(_ text: String) throws(SyntaxError) -> RE2Pattern {
        if let known = recent.withLock({ $0[text] }) { return known }
        let pattern = try RE2Pattern(text)
        recent.withLock { known in
            if known.count >= mostRecent { known.removeAll() }
            known[text] = pattern
        }
        return pattern
    }

    /// So many are kept: each may use 8 MiB while it matches, at the worst.
    private static let mostRecent = 64
    private static let recent = Mutex<[String: RE2Pattern]>([:])
}
