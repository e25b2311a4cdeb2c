internal import Synchronization

/// The library in use, which may be exchanged while runs go on.
final class LibraryShelf: Sendable {
    private let stored: Mutex<PlaybookLibrary>

    init(_ library: PlaybookLibrary) {
        stored = Mutex(library)
    }

    var library: PlaybookLibrary {
        get { stored.withLock { $0 } }
        set { stored.withLock { $0 = newValue } }
    }
}
