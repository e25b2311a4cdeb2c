internal import CEditLine
internal import Foundation

/// Edits lines on the terminal, with a history and completion by Tab.
///
/// SAFETY: the C editor is used on `queue` only, one call after the other.
final class LineEditor: @unchecked Sendable {
    enum Outcome: Sendable {
        case line(String)
        /// Ctrl-C: what was typed is given up.
        case interrupted
        /// Ctrl-D, or the terminal is gone.
        case end
    }

    private static let remembered: Int32 = 1000

    private let queue = DispatchQueue(label: "tocsin.line-editor")
    private let editor: OpaquePointer
    private let completing: CompletionContext

    /// - Parameter complete: given the text before the cursor; called while a line is read.
    init(complete: @escaping @Sendable (String) -> Completion) throws {
        completing = CompletionContext(complete)
        let made = tocsin_line_editor_create(
            "tocsin", Self.remembered,
            { context, before in
                guard let context else { return tocsin_completion() }
                let owner = Unmanaged<CompletionContext>.fromOpaque(context).takeUnretainedValue()
                return owner.answer(String(cString: before))
            }, Unmanaged.passUnretained(completing).toOpaque())
        guard let made else { throw CommandFailure("this terminal cannot be used for editing lines") }
        editor = made
    }

    deinit { tocsin_line_editor_destroy(editor) }

    func read(prompt: String) async -> Outcome {
        await withCheckedContinuation { continuation in
            queue.async { [self] in
                var text: UnsafePointer<CChar>?
                let outcome = prompt.withCString { tocsin_line_editor_read(editor, $0, &text) }
                switch outcome {
                case TOCSIN_LINE_READ: continuation.resume(returning: .line(text.map { String(cString: $0) } ?? ""))
                case TOCSIN_LINE_INTERRUPTED: continuation.resume(returning: .interrupted)
                default: continuation.resume(returning: .end)
                }
            }
        }
    }

    func load(_ path: String) {
        // Without a file there is no history yet.
        queue.sync { _ = tocsin_line_editor_load(editor, path) }
    }

    /// Remembers an entry and writes the history; false when the file cannot be written.
    func remember(_ text: String, in path: String) -> Bool {
        queue.sync {
            tocsin_line_editor_remember(editor, text)
            return tocsin_line_editor_save(editor, path)
        }
    }
}

/// What Tab does.
struct Completion: Sendable, Equatable {
    /// Bytes before the cursor that go.
    var removed = 0
    /// What comes in their place; nil: nothing changes.
    var inserted: String?
    /// What may come, when there is a choice.
    var choices: [String] = []
}

/// Carries the completion function through C.
private final class CompletionContext: Sendable {
    private let complete: @Sendable (String) -> Completion

    init(_ complete: @escaping @Sendable (String) -> Completion) {
        self.complete = complete
    }

    func answer(_ before: String) -> tocsin_completion {
        let found = complete(before)
        let shown = found.choices.isEmpty ? nil : found.choices.joined(separator: "  ")
        return tocsin_completion(
            removed: found.removed, inserted: found.inserted.flatMap { strdup($0) }, shown: shown.flatMap { strdup($0) }
        )
    }
}
