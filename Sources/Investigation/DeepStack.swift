internal import Foundation

/// Runs work on a thread of its own with a large stack: deep queries need more than the cooperative threads have.
public enum DeepStack {
    static let bytes = 64 << 20

    public static func run<Result: Sendable>(_ body: @escaping @Sendable () -> Result) async -> Result {
        await withCheckedContinuation { continuation in
            let thread = Thread { continuation.resume(returning: body()) }
            thread.stackSize = bytes
            thread.start()
        }
    }
}
