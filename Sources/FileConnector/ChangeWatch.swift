internal import Dispatch
internal import Glibc

/// Tells when something changed in some folders, and now and then in any case.
///
/// inotify tells of changes at once; on file systems whose changes are made elsewhere (NFS) only the interval does.
final class ChangeWatch {
    /// One element per time to look; while nobody looks they are one.
    let signals: AsyncStream<Void>
    private let input: AsyncStream<Void>.Continuation
    private let descriptor: Int32
    private let source: (any DispatchSourceRead)?
    private let timer: any DispatchSourceTimer
    private var watched: Set<Int32> = []

    private static let events =
        UInt32(IN_MODIFY | IN_CREATE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | IN_CLOSE_WRITE | IN_ATTRIB)

    init(interval: Duration) {
        let (signals, input) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        self.signals = signals
        self.input = input
        let descriptor = inotify_init1(Int32(IN_NONBLOCK | IN_CLOEXEC))
        self.descriptor = descriptor
        let queue = DispatchQueue(label: "tocsin.files")
        if descriptor >= 0 {
            let source = DispatchSource.makeReadSource(fileDescriptor: descriptor, queue: queue)
            source.setEventHandler {
                var buffer = [UInt8](repeating: 0, count: 1 << 16)
                while read(descriptor, &buffer, buffer.count) > 0 {}
                input.yield()
            }
            source.setCancelHandler { close(descriptor) }
            source.activate()
            self.source = source
        } else {
            // Without inotify (its instances are limited) there is still the interval.
            source = nil
        }
        timer = DispatchSource.makeTimerSource(queue: queue)
        let seconds = Double(interval.components.seconds) + Double(interval.components.attoseconds) / 1e18
        timer.schedule(deadline: .now() + seconds, repeating: max(0.05, seconds))
        timer.setEventHandler { input.yield() }
        timer.activate()
        input.yield()
    }

    deinit {
        source?.cancel()
        timer.cancel()
        input.finish()
    }

    /// Also watches these folders. One that cannot be watched is looked at by the interval.
    func watch(_ folders: Set<String>) {
        guard descriptor >= 0 else { return }
        // A folder that is watched already stays so; one that was made anew begins to be, and what changed in it since it
        // was looked at was not told.
        for folder in folders {
            let number = inotify_add_watch(descriptor, folder, ChangeWatch.events)
            if number >= 0, watched.insert(number).inserted { input.yield() }
        }
    }

    /// Asks for another look at once.
    func ring() { input.yield() }
}
