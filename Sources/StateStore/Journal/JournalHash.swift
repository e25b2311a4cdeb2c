internal import Chronology
internal import Crypto
public import Foundation

/// A SHA-256 digest in the journal's chain.
public struct JournalHash: Sendable, Hashable, CustomStringConvertible {
    /// 32 bytes.
    public let bytes: Data

    /// Nil unless there are 32 bytes.
    public init?(bytes: Data) {
        guard bytes.count == 32 else { return nil }
        self.bytes = bytes
    }

    private init(digest: SHA256.Digest) {
        bytes = Data(digest)
    }

    /// What the first entry names as the hash before it.
    public static let beginning = JournalHash(zeroes: 32)

    private init(zeroes count: Int) {
        bytes = Data(count: count)
    }

    /// 64 hexadecimal digits.
    public var description: String {
        bytes.map { byte in
            (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }.joined()
    }

    /// The hash of an entry's canonical bytes: a version mark, then every field with its length in eight bytes before
    /// it, so that no two different entries have the same bytes.
    static func of(
        sequence: Int64,
        draft: JournalDraft,
        payloadText: String,
        previous: JournalHash
    ) -> JournalHash {
        var hasher = SHA256()
        let fields = [
            "tocsin-journal-1", String(sequence), String(draft.time.ticks), draft.kind.rawValue, draft.subject,
            draft.actor.kind.rawValue, draft.actor.id, draft.actor.name, payloadText,
        ]
        for field in fields {
            let bytes = Data(field.utf8)
            withUnsafeBytes(of: UInt64(bytes.count).bigEndian) { hasher.update(bufferPointer: $0) }
            hasher.update(data: bytes)
        }
        hasher.update(data: previous.bytes)
        return JournalHash(digest: hasher.finalize())
    }
}
